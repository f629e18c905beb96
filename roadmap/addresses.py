"""Hosts and e-mail addresses in the form in which machines know them: ASCII alone. Pure.

Names in other scripts are turned into that form (RFC 3490); what has no such form is refused.
"""

import re
from contextlib import suppress
from unicodedata import normalize

LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*")
LITERAL = re.compile(r"\[(?:IPv6:)?[0-9A-Fa-f.:]+\]")  # an address of a machine in place of its name
LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}|\"[^\"\\\x00-\x1f\x7f]{1,62}\"", re.ASCII)
LONGEST_HOST, LONGEST_ADDRESS = 253, 254


def ascii_host(name: str) -> str:
    """The host's name in lower case, such as ``xn--d6qv69d.xn--fiqs8s`` for ``海关.中国``. Raises ValueError."""
    try:
        host = name.encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if len(host) > LONGEST_HOST or not HOST.fullmatch(host):
        raise ValueError(f"{name!r} is no host name.")
    return host


def ascii_address(address: str) -> str:
    """The address as every mail server takes it; its local part, which is the other side's matter, is left as it is.

    Raises ValueError for what isn't an address, and for one that only servers with SMTPUTF8 (RFC 6531) know.
    """
    local_part, _at, domain = address.rpartition("@")
    try:
        host = domain if LITERAL.fullmatch(domain) else ascii_host(domain)
    except ValueError:
        host = ""
    if not host or not LOCAL_PART.fullmatch(local_part) or len(local_part) + 1 + len(host) > LONGEST_ADDRESS:
        raise ValueError(f"{address!r} is no address that can be mailed to.")
    return f"{local_part}@{host}"


def mailbox_key(address: str) -> str:
    """The same for two ways of writing one mailbox: in capitals, in letters of another width, or with a domain in
    another script. What follows a plus, and dots, are the other side's matter. Never fails."""
    local_part, _at, domain = normalize("NFKC", address).casefold().strip().rpartition("@")
    with suppress(ValueError):
        domain = ascii_host(domain)
    return f"{local_part}@{domain}"
