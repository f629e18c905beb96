"""The links by which a reminder's reader answers without signing in: made for one person, one milestone, one due date.

A link carries numbers only, signed with the site's key. It holds for ``ANSWER_LINK_DAYS`` and as long as the account's
address, password and generation of links are those it was made with. The same mail made twice bears the same link.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import date, timedelta
from hmac import compare_digest

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import pgettext

from roadmap.models import Milestone, Person
from roadmap.outbox.wording import address_of
from roadmap.validity import FIRST_DAY
from roadmap.vocabulary import AnswerKind

PURPOSE = "roadmap.answer_links"
# milestone, person, due date, day of issue (both in days since FIRST_DAY), state of the account
ACCOUNT_BYTES = 9
SHAPE = struct.Struct(f">IIHH{ACCOUNT_BYTES}s")
LENGTH = 72  # what SHAPE makes in base 64, a dot, a signature of 43 characters


@dataclass(frozen=True)
class LinkClaim:
    """What an authentic link says; whether it still holds is asked by ``is_of_account`` and ``has_expired``."""

    milestone_id: int
    person_id: int
    due_on: date
    issued_on: date
    account: bytes

    def has_expired(self, *, today: date) -> bool:
        """Whether it is older than links may be."""
        return today > self.issued_on + timedelta(days=settings.ANSWER_LINK_DAYS)

    def is_of_account(self, person: Person) -> bool:
        """Whether the account is as it was: no new address, no new password, no links ended since."""
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return any(compare_digest(_account_state(person, key), self.account) for key in keys)


def answer_address(milestone: Milestone, person: Person, *, issued_on: date) -> str:
    """The full address of the page on which ``person`` answers; ``?act=`` and an AnswerKind may follow."""
    return address_of(reverse("web:answer", kwargs={"token": answer_token(milestone, person, issued_on=issued_on)}))


def answer_token(milestone: Milestone, person: Person, *, issued_on: date) -> str:
    """The link's secret part: always the same for the same milestone, due date, day and state of the account."""
    said = SHAPE.pack(
        milestone.pk,
        person.pk,
        (milestone.due_on - FIRST_DAY).days,
        (issued_on - FIRST_DAY).days,
        _account_state(person, settings.SECRET_KEY),
    )
    return _signer().sign(urlsafe_b64encode(said).decode())


def answer_label(kind: str, *, is_overdue: bool) -> str:
    """An answer's name, as mails and the page call it; what is overdue can't be on track any more."""
    if kind == AnswerKind.TRACK and is_overdue:
        return pgettext("answer", "In progress")
    return str(AnswerKind(kind).label)


def claim_of(token: str) -> LinkClaim | None:
    """What ``token`` says; None when it is not one of ours, incomplete or changed. Asks the database nothing."""
    if len(token) != LENGTH:
        return None
    try:
        said = _signer().unsign(token)
        milestone, person, due, issued, account = SHAPE.unpack(urlsafe_b64decode(said))
    except (BadSignature, Error, struct.error):
        return None
    return LinkClaim(milestone, person, FIRST_DAY + timedelta(days=due), FIRST_DAY + timedelta(days=issued), account)


def _signer() -> Signer:
    """Keys in ``SECRET_KEY_FALLBACKS`` are still believed."""
    return Signer(salt=PURPOSE, sep=".")


def _account_state(person: Person, key: str) -> bytes:
    """72 bits that change with whatever ends a person's links, and tell nothing without the key."""
    state = "\n".join([person.email, person.password, str(person.answer_links_generation)])
    return salted_hmac(f"{PURPOSE}.account", state, secret=key, algorithm="sha256").digest()[:ACCOUNT_BYTES]
