"""What happens to stored second factors when the program is brought up to date (after ``migrate``).

Those of django-otp, which kept them before, come along: its tables are read as they stand and then dropped, since it is
no part of the program any more. And what is sealed under a former SECRET_KEY is sealed under the present one, so that
the former one can be forgotten.
"""

import re
from base64 import b32encode
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connections, transaction
from django.utils.crypto import salted_hmac

from roadmap import clock
from roadmap.factor_secrets import opened, seal, sealed_anew

TABLES = ("otp_static_statictoken", "otp_static_staticdevice", "otp_totp_totpdevice")
FORMER_CODE = re.compile(r"[a-z2-7]{8}")
DIGEST_LENGTH = 16


def bring_factors_along(using: str) -> None:
    """Both of it, in the database of that name. Safe to run again."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if Authenticator._meta.db_table not in tables:
        return
    if tables.issuperset(TABLES):
        with transaction.atomic(using=using), connection.cursor() as cursor:
            _take_over(cursor)
            for table in TABLES:
                cursor.execute(f"DROP TABLE {table}")
    if settings.SECRET_KEY_FALLBACKS:
        for one in Authenticator.objects.using(using).exclude(type=Authenticator.Type.WEBAUTHN):
            one.data = {name: _under_present_key(name, value) for name, value in one.data.items()}
            one.save(update_fields=["data"])


def as_it_was_kept(person: Any, code: str) -> str:
    """The digest of a recovery code of before, where it is one that the person still has; otherwise the code itself."""
    written = code.replace(" ", "").lower()
    codes = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is None or not FORMER_CODE.fullmatch(written):
        return code
    kept = {opened(one) for one in codes.data.get("migrated_codes", [])}
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return next((digest for key in keys if (digest := _digest(written, key)) in kept), code)


def _take_over(cursor: Any) -> None:
    """Confirmed apps by their keys; recovery codes by the digests that were kept of them, so that paper still holds."""
    cursor.execute("SELECT user_id, key FROM otp_totp_totpdevice WHERE confirmed ORDER BY id")
    apps = dict(cursor.fetchall())
    cursor.execute(
        "SELECT user_id, token FROM otp_static_statictoken t JOIN otp_static_staticdevice d ON d.id = t.device_id"
    )
    codes: dict[int, list[str]] = {number: [] for number in apps}
    for number, digest in cursor.fetchall():
        if number in codes:
            codes[number].append(seal(digest))
    made = [
        Authenticator(user_id=number, type=Authenticator.Type.TOTP, data={"secret": seal(_base32(key))})
        for number, key in apps.items()
    ]
    seen = {"used_mask": 0, "viewed_at": clock.now().timestamp()}  # they were shown when they were made
    made += [
        Authenticator(user_id=number, type=Authenticator.Type.RECOVERY_CODES, data={"migrated_codes": kept, **seen})
        for number, kept in codes.items()
    ]
    Authenticator.objects.bulk_create(made)
    for session in UserSession.objects.filter(user_id__in=apps):  # one that waited for its code would be let in
        session.end()


def _base32(key: str) -> str:
    return b32encode(bytes.fromhex(key)).decode()


def _digest(code: str, key: str) -> str:
    return salted_hmac("roadmap.recovery_codes", code, secret=key, algorithm="sha256").hexdigest()[:DIGEST_LENGTH]


def _under_present_key(name: str, value: Any) -> Any:
    if name in {"secret", "seed"}:
        return sealed_anew(value)
    return [sealed_anew(one) for one in value] if name == "migrated_codes" else value
