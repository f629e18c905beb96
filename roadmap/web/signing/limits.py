"""Limits on guessing passwords and codes: by account and address together, by account, and by address.

Kept in the database's cache, so that they hold while Redis is away and among several servers. An attempt takes a place
before it is judged, and gives it back when it was right. A place is taken by an insert, which succeeds for one alone:
many at once don't slip by. What is counted by address are different names, and a pair of name and address that signed
in of late is held by its own limit only: one colleague's mistakes lock no office out, and nobody is locked out of their
own desk by strangers.
"""

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address, ip_network
from math import ceil
from unicodedata import normalize

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext

from roadmap import clock
from roadmap.web.callers import client_address

KNOWN_SECONDS = 30 * 24 * 60 * 60
IPV6_BITS = 64


@dataclass(frozen=True)
class Limit:
    """So many wrong attempts within so many seconds."""

    of: str
    attempts: int
    seconds: int


OF_BOTH = Limit("both", 5, 15 * 60)
OF_ACCOUNT = Limit("account", 20, 60 * 60)
OF_ADDRESS = Limit("address", 10, 15 * 60)


@dataclass(frozen=True)
class Attempt:
    """A try under way. ``locked_seconds`` is above 0 where it isn't let through."""

    pair: str
    places: tuple[str, ...] = ()
    locked_seconds: int = 0

    def was_right(self) -> None:
        """It doesn't count, and the account is known at this address."""
        cache.delete_many(self.places)
        cache.set(_known(self.pair), True, KNOWN_SECONDS)


def begin_attempt(request: HttpRequest, account: str) -> Attempt:
    """Counts a try at ``account`` (a name as it was typed, or another mark of whose secret is guessed)."""
    name, address = _name(account), _address(request)
    pair = f"{name}\n{address}"
    asked = [(OF_BOTH, pair)]
    if not cache.get(_known(pair)):
        if seconds := _seconds_left(OF_ADDRESS, address):
            return Attempt(pair, locked_seconds=seconds)
        asked.append((OF_ACCOUNT, name))
        if not cache.get_many(_places(OF_BOTH, pair)):  # another name
            asked.append((OF_ADDRESS, address))
    taken: list[str] = []
    for limit, key in asked:
        place = _take_place(limit, key)
        if place is None:
            cache.delete_many(taken)
            return Attempt(pair, locked_seconds=_seconds_left(limit, key) or 1)
        taken.append(place)
    return Attempt(pair, tuple(taken))


def note_known(request: HttpRequest, account: str) -> None:
    """The account is known at this address, as after an invitation that was taken up there."""
    Attempt(f"{_name(account)}\n{_address(request)}").was_right()


def locked_text(seconds: int) -> str:
    """How long a lock lasts, in words."""
    minutes = max(ceil(seconds / 60), 1)
    return ngettext(
        "Too many attempts. Try again in a minute.", "Too many attempts. Try again in %(minutes)s minutes.", minutes
    ) % {"minutes": minutes}


def _name(account: str) -> str:
    return normalize("NFKC", account).casefold().strip()


def _address(request: HttpRequest) -> str:
    """IPv6 by its network, of which each customer has one."""
    address = client_address(request)
    if address is None:
        return ""
    one = ip_address(address)
    if one.version == 6 and one.ipv4_mapped is None:
        return str(ip_network(f"{one}/{IPV6_BITS}", strict=False))
    return str(getattr(one, "ipv4_mapped", None) or one)


def _known(pair: str) -> str:
    return f"sign-in-known:{_digest(pair)}"


def _places(limit: Limit, key: str) -> list[str]:
    return [f"sign-in:{limit.of}:{_digest(key)}:{number}" for number in range(limit.attempts)]


def _take_place(limit: Limit, key: str) -> str | None:
    """One that is free, until the limit's span is over; None where none is."""
    places = _places(limit, key)
    taken = cache.get_many(places)
    until = clock.now().timestamp() + limit.seconds
    return next((one for one in places if one not in taken and cache.add(one, until, limit.seconds)), None)


def _seconds_left(limit: Limit, key: str) -> int:
    """Until one more try is let through; 0 where it is now."""
    taken = cache.get_many(_places(limit, key))
    return max(ceil(min(taken.values()) - clock.now().timestamp()), 1) if len(taken) >= limit.attempts else 0


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
