"""Typed readers of settings that name a place: a site, a host, a mailbox. All other readers are in ``env``.

Names in other scripts are taken and written in ASCII; whatever would make links or mails fail later is refused at once.
"""

import re
from email.utils import quote
from ipaddress import IPv6Address
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from roadmap.addresses import ascii_address, ascii_host
from tracker import env

USUAL_PORTS = {"http": 80, "https": 443}
NAMED_MAILBOX = re.compile(r"(?:\"((?:[^\"\\]|\\.)*)\"|([^\"<>]*?))\s*<([^<>]*)>")


def origin(name: str, default: str | None = None) -> str:
    """The address of a site, as ``https://roadmap.example.org:8443``: scheme, host in ASCII, port if unusual.

    There is no path, query, fragment or user, since the pages stand at the root. Raises ImproperlyConfigured.
    """
    return _origin(name, env.text(name, default))


def origins(name: str, default: str | None = None, *, everywhere: bool = False) -> list[str]:
    """Addresses of sites with commas, each as ``origin``; ``https://*.example.org`` for all of a domain, and ``*`` for
    all there are where ``everywhere`` may be said. Raises ImproperlyConfigured."""
    return [word if everywhere and word == "*" else _of_a_domain(name, word) for word in env.words(name, default)]


def hosts(name: str, default: str | None = None) -> list[str]:
    """Host names with commas; ``.example.org`` for all of a domain, ``*`` for all. Raises ImproperlyConfigured."""
    return [word if word == "*" else _host(name, word) for word in env.words(name, default)]


def host(name: str, default: str | None = None) -> str:
    """The name or number of a machine. Raises ImproperlyConfigured."""
    word = env.text(name, default)
    if word.startswith("."):
        _refuse(name, word, "a host name alone")
    return _host(name, word).strip("[]")


def mailbox(name: str, default: str | None = None) -> str:
    """A mail address alone, in ASCII; nothing where nothing is set. Raises ImproperlyConfigured."""
    word = env.text(name, default)
    return _mailbox(name, word, word) if word else ""


def sender(name: str, default: str | None = None) -> str:
    """``Name <address>`` or an address alone, the address in ASCII. Raises ImproperlyConfigured."""
    word = env.text(name, default)
    named = NAMED_MAILBOX.fullmatch(word)
    if named is None:
        return _mailbox(name, word, word)
    called = re.sub(r"\\(.)", r"\1", named[1]) if named[1] else (named[2] or "").strip()
    address = _mailbox(name, word, named[3])
    return f'"{quote(called)}" <{address}>' if called else address


def _origin(name: str, word: str) -> str:
    url, port, named = _parts(word)
    if url is None or url.scheme not in USUAL_PORTS or url.path not in ("", "/") or re.search(r"[?#@]", word):
        _refuse(name, word, "scheme and host alone, as https://roadmap.example.org")
    shown = _host(name, f"[{named}]" if ":" in named else named)
    return f"{url.scheme}://{shown}{'' if port in (None, USUAL_PORTS[url.scheme]) else f':{port}'}"


def _of_a_domain(name: str, word: str) -> str:
    all_of_it = "://*."
    if all_of_it not in word:
        return _origin(name, word)
    return _origin(name, word.replace(all_of_it, "://", 1)).replace("://", all_of_it, 1)


def _parts(word: str) -> tuple[SplitResult | None, int | None, str]:
    """The address, its port and its host; None for what isn't one. (The library drops tabs and ends of lines.)"""
    try:
        url = urlsplit(word)
        port, named = url.port, url.hostname or ""
    except ValueError:
        return None, None, ""
    is_one = named and port != 0 and not re.search(r"[\s\x00-\x1f\x7f\\]", word) and not url.netloc.endswith(":")
    return (url if is_one else None), port, named


def _host(name: str, word: str) -> str:
    try:
        if word.count(":") > 1:
            return f"[{IPv6Address(word.strip('[]'))}]"
        dot = "." if word.startswith(".") else ""
        return dot + ascii_host(word.removeprefix(dot))
    except ValueError:
        _refuse(name, word, "a host name alone, as roadmap.example.org")


def _mailbox(name: str, word: str, address: str) -> str:
    try:
        return ascii_address(address.strip())
    except ValueError:
        _refuse(name, word, "an address with its local part in ASCII, as roadmap@example.org")


def _refuse(name: str, word: str, instead: str) -> NoReturn:
    raise ImproperlyConfigured(f"{name} is {word!r}; write {instead}.")
