"""An app that shows codes, as RFC 6238 has it: written here anew, so that the program isn't compared with itself."""

import hmac
import time
from base64 import b32decode


def code_of(secret: str) -> str:
    """What it shows now for the key, as the page shows it."""
    key = b32decode(secret.replace(" ", ""))
    digest = hmac.digest(key, int(time.time() // 30).to_bytes(8), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"
