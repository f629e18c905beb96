"""Breaks labels into lines for SVG, which doesn't wrap text itself. Widths are estimates in ems."""

import re
from unicodedata import east_asian_width

WIDE, BROAD, NARROW, CAPITAL = 1.0, 0.95, 0.53, 0.66
_BROAD = frozenset("mwMWQOG@%—…")
_PIECES = re.compile(r"[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯]+\s*|\s+")
_NOT_FIRST = "，。、；：？！）》」』”’%"


def width_of(text: str) -> float:
    """The estimated width of ``text`` in ems of its font size."""
    return sum(_width_of_one(character) for character in text)


def wrapped(text: str, *, width: float, lines: int) -> list[str]:
    """At most ``lines`` lines of at most ``width`` ems; breaks between words or Chinese characters, ends in ``…``.

    A single word wider than a line is broken where the line ends. Closing punctuation never opens a line.
    """
    rows = [""]
    for piece in (part for one in _PIECES.findall(text.strip()) for part in _broken(one, width)):
        fits = width_of((rows[-1] + piece).rstrip()) <= width
        if fits or not rows[-1] or piece in _NOT_FIRST:
            rows[-1] += piece
        else:
            rows.append(piece)
    rows = [row.strip() for row in rows]
    if len(rows) <= lines:
        return rows
    last = rows[lines - 1]
    while last and width_of(last) > width - 1:
        last = last[:-1].rstrip()
    return [*rows[: lines - 1], f"{last}…"]


def _broken(piece: str, width: float) -> list[str]:
    """The piece, or what of it fits on a line each."""
    if width_of(piece) <= width:
        return [piece]
    parts = [""]
    for character in piece:
        if parts[-1] and width_of((parts[-1] + character).rstrip()) > width:
            parts.append("")
        parts[-1] += character
    return parts


def _width_of_one(character: str) -> float:
    if east_asian_width(character) in "WF":
        return WIDE
    if character in _BROAD:
        return BROAD
    return CAPITAL if character.isupper() else NARROW
