"""Acts on a person's second factor: a code from an app on their phone, or one of the recovery codes kept on paper.

Codes are checked by django-otp, which takes each only once and makes whoever guesses wait ever longer. Of recovery
codes it is given digests, so that a copy of the database tells none.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp import match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from roadmap.coded_reasons import coded
from roadmap.editing.account_notices import Changed, tell_of_change
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Person
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_administer

RECOVERY_CODES = 10
APP_DIGITS, DIGEST_LENGTH = 6, 16  # recovery codes have eight characters; so much has room in django-otp's column
WRONG = _("This code isn't right, or was used already. After several wrong ones, wait a little.")


def begin_second_factor(person: Person) -> TOTPDevice:
    """A new secret for the person's app, which counts once ``confirm_second_factor`` got a code of it. Raises
    InvalidChange while one is on."""
    if person.second_factor_since is not None:
        raise InvalidChange({"code": _("It is on already; switch it off first.")})
    with transaction.atomic():
        TOTPDevice.objects.filter(user=person).delete()
        device: TOTPDevice = TOTPDevice.objects.create(user=person, name="app", confirmed=False)
    return device


def waiting_device(person: Person) -> TOTPDevice | None:
    """The secret that waits for its first code; None where none does."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=person, confirmed=False).first()
    return found


def confirm_second_factor(person: Person, code: str, *, by: Actor, now: datetime) -> list[str]:
    """Switch it on by the first code of the app; the recovery codes, which can't be had again. Raises InvalidChange."""
    device = waiting_device(person)
    if device is None or not device.verify_token(code.replace(" ", "")):
        raise InvalidChange({"code": WRONG})
    with transaction.atomic():
        device.confirmed = True
        device.save()
        _write(person, now, by=by, reason=coded("second-factor-on"))
        tell_of_change(person, Changed.FACTOR_ADDED, now=now)
        return _new_codes(person)


def is_right_code(person: Person, code: str) -> bool:
    """Whether the code is the app's present one or an unused recovery code; it is used up by asking."""
    code = code.replace(" ", "").lower()
    return match_token(person, code if len(code) == APP_DIGITS else _kept(person, code)) is not None


def renew_recovery_codes(person: Person, code: str, *, now: datetime) -> list[str]:
    """New recovery codes in the place of the old ones. Raises InvalidChange unless the code is right."""
    if person.second_factor_since is None or not is_right_code(person, code):
        raise InvalidChange({"code": WRONG})
    with transaction.atomic():
        tell_of_change(person, Changed.RECOVERY_CODES, now=now)
        return _new_codes(person)


def switch_off_second_factor(person: Person, code: str, *, by: Actor, now: datetime, is_required: bool) -> None:
    """The person switches their own off. Raises InvalidChange unless the code is right; NotAllowed where it is
    required of them."""
    if is_required:
        raise NotAllowed(_("It is required here, so it can't be switched off."))
    if not is_right_code(person, code):
        raise InvalidChange({"code": WRONG})
    with transaction.atomic():
        _take_away(person, by=by, now=now, reason=coded("second-factor-off"))


def reset_second_factor(person: Person, *, by: Actor, now: datetime, reason: str) -> None:
    """Take it away from somebody who lost their phone; they sign in by password and switch it on anew.

    Raises NotAllowed for all but the programme office, of a superuser's for all but superusers.
    """
    require_administer(by)
    if person.is_superuser and by.person is not None and not by.person.is_superuser:
        raise NotAllowed(_("Only superusers change a superuser's account."))
    with transaction.atomic():
        _take_away(person, by=by, now=now, reason=reason)


def _take_away(person: Person, *, by: Actor, now: datetime, reason: str) -> None:
    TOTPDevice.objects.filter(user=person).delete()
    StaticDevice.objects.filter(user=person).delete()
    _write(person, None, by=by, reason=reason)
    tell_of_change(person, Changed.FACTOR_REMOVED, now=now)


def _write(person: Person, since: datetime | None, *, by: Actor, reason: str) -> None:
    current = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    current.second_factor_since = since
    note_change(current, by=by, reason=reason)
    current.save(update_fields=["second_factor_since"])
    person.second_factor_since = since


def _new_codes(person: Person) -> list[str]:
    StaticDevice.objects.filter(user=person).delete()
    device = StaticDevice.objects.create(user=person, name="paper")
    codes = [StaticToken.random_token() for _each in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    return codes


def _digest(code: str, *, key: str | None = None) -> str:
    """Keyed, since codes are short enough to be tried out."""
    return salted_hmac("roadmap.recovery_codes", code, secret=key, algorithm="sha256").hexdigest()[:DIGEST_LENGTH]


def _kept(person: Person, code: str) -> str:
    """The digest of a recovery code as it is stored, perhaps under a former key; for any other code one that isn't."""
    digests = [_digest(code), *(_digest(code, key=key) for key in settings.SECRET_KEY_FALLBACKS)]
    known = StaticToken.objects.filter(device__user=person, token__in=digests).values_list("token", flat=True)
    return known.first() or digests[0]
