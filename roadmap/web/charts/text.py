"""Breaks labels into lines for SVG, which doesn't wrap text itself. Widths are estimates in ems."""

import re
from unicodedata import east_asian_width

WIDE, NARROW, CAPITAL = 1.0, 0.53, 0.66
_PIECES = re.compile(r"[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯]+\s*|\s+")
_NOT_FIRST = "，。、；：？！）》」』”’%"


def width_of(text: str) -> float:
    """The estimated width of ``text`` in ems of its font size."""
    return sum(_width_of_one(character) for character in text)


def wrapped(text: str, *, width: float, lines: int) -> list[str]:
    """At most ``lines`` lines of at most ``width`` ems; breaks between words or Chinese characters, ends in ``…``.

    A single word wider than a line stands alone and overflows. Closing punctuation never opens a line.
    """
    rows = [""]
    for piece in _PIECES.findall(text.strip()):
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


def _width_of_one(character: str) -> float:
    if east_asian_width(character) in "WF":
        return WIDE
    return CAPITAL if character.isupper() else NARROW
