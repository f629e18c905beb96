"""Dependencies as arrows between the marks of a timeline: from what must be finished to what starts after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from roadmap.web.charts.lanes import PlacedMark

STANDOFF = 10.0  # where the tip ends, before the middle of its mark


@dataclass(frozen=True)
class Link:
    """Codes of a milestone and of one that waits for it; broken when the latter starts before the former is due."""

    before: str
    after: str
    is_broken: bool = False


@dataclass(frozen=True)
class Arrow:
    """SVG paths of the line and of its tip."""

    line: str
    tip: str
    is_broken: bool


def arrows(links: Sequence[Link], marks: Iterable[PlacedMark]) -> list[Arrow]:
    """Those of which both ends are shown: down or up from the first, then to the start of the second."""
    if not links:
        return []
    at = {placed.mark.code: placed for placed in marks if placed.x is not None}
    return [_arrow(at[link.before], at[link.after], link) for link in links if link.before in at and link.after in at]


def _arrow(before: PlacedMark, after: PlacedMark, link: Link) -> Arrow:
    x, y = before.x or 0.0, before.y
    has_span = after.span_x is not None and after.span_width > 0
    end = (after.span_x or 0.0) + STANDOFF - 3 if has_span else after.x or 0.0
    tip = round(end - STANDOFF, 1)
    if tip - x >= 4:
        line = f"M{x} {y}V{after.y}H{tip}"
    else:
        turn = round(after.y - 9 if after.y > y else after.y + 9, 1)
        line = f"M{x} {y}V{turn}H{round(tip - 8, 1)}V{after.y}H{tip}"
    point = f"M{round(tip - 1, 1)} {round(after.y - 3.5, 1)}l6 3.5-6 3.5z"
    return Arrow(line=line, tip=point, is_broken=link.is_broken)
