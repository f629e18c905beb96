"""Whom a text mentions: ``@`` and somebody's name or user name. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_AT = re.compile(r"(?<![A-Za-z0-9_.@+-])@(?=\w)")  # not the one within an address
_NAME_ENDS = re.compile(r"[\s,，.。;；:：!！?？、()（）]|$")


@dataclass(frozen=True)
class Named:
    """Somebody who can be mentioned."""

    pk: int
    username: str
    full_name: str


@dataclass(frozen=True)
class Mentions:
    """The people whom a text names, by their ids; what it names that is nobody's (``unknown``) or several people's."""

    people: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def mentions_in(text: str, people: Iterable[Named]) -> Mentions:
    """The longest name after each ``@`` counts; a user name before a name that is the same."""
    named = list(people)
    found: list[int] = []
    unknown: list[str] = []
    unclear: list[str] = []
    for match in _AT.finditer(text):
        rest = text[match.end() :]
        by_name = {length: pks for length in _lengths(rest, named) if (pks := _called(rest[:length], named))}
        if not by_name:
            unknown.append(_NAME_ENDS.split(rest, maxsplit=1)[0])
            continue
        longest = max(by_name)
        if len(by_name[longest]) > 1:
            unclear.append(rest[:longest])
        else:
            found += by_name[longest]
    return Mentions(tuple(dict.fromkeys(found)), tuple(unknown), tuple(unclear))


def _lengths(rest: str, named: list[Named]) -> set[int]:
    names = (name for one in named for name in (one.username, one.full_name))
    return {len(name) for name in names if name and rest[: len(name)].casefold() == name.casefold()}


def _called(name: str, named: list[Named]) -> list[int]:
    exactly = [one.pk for one in named if one.username.casefold() == name.casefold()]
    return exactly or [one.pk for one in named if one.full_name.casefold() == name.casefold()]
