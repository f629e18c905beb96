"""How the secrets of second factors are written into the database: sealed, so that a copy of it opens no account.

The key is made from SECRET_KEY; what was written under a former one (SECRET_KEY_FALLBACKS) is still read.
"""

import logging
import secrets
from base64 import b32encode, urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

log = logging.getLogger(__name__)
SECRET_BYTES = 20


def seal(secret: str) -> str:
    """The secret as it is stored."""
    return _keys().encrypt(secret.encode()).decode()


def opened(sealed: str) -> str:
    """The secret again. In the place of one that can't be read any more stands chance, which no code fits."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        log.error("The secret of a second factor can't be read: SECRET_KEY was changed, and the former one isn't told.")
        return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sealed_anew(sealed: str) -> str:
    """The same under the present key; what can't be read stays as it is."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken:
        return sealed


def _keys() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(
                urlsafe_b64encode(salted_hmac("roadmap.factor_secrets", "", secret=key, algorithm="sha256").digest())
            )
            for key in keys
        ]
    )
