"""The curve's values as the rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from roadmap.progress.series import Point
from roadmap.progress.shown import shown_percent
from roadmap.progress.summary import RoadmapSummary
from roadmap.web.frame import Frame
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.values import Day, day_of, percent, signed


@dataclass(frozen=True)
class PointView:
    """One day: in words, and in ``cells`` as data. ``gate`` names the phase whose gate it is.

    ``why`` explains the figures; empty for days to come, of which only the plan is known.
    """

    day: Day
    gate: str
    is_now: bool
    planned: str
    earned: str
    verified: str
    variance: str
    cells: list[str]
    why: str


def point_views(points: Sequence[Point], summary: RoadmapSummary, *, frame: Frame) -> list[PointView]:
    """A row for each point."""
    gates = {one.phase.gate_on: one.phase.title for one in summary.phases}
    return [
        _point(
            point,
            gate=gates.get(point.day, ""),
            is_now=point.day == summary.as_of,
            why=_address(point, frame=frame, is_now=point.day == summary.as_of),
        )
        for point in points
    ]


def _address(point: Point, *, frame: Frame, is_now: bool) -> str:
    """Where the figure is explained; nowhere for days before one by what was known on that one only."""
    if frame.is_past and frame.is_known_then and not is_now:
        return ""
    return explain_address(replace(frame, kept=frame.kept | {"as_of": point.day.isoformat()}))


def _point(point: Point, *, gate: str, is_now: bool, why: str) -> PointView:
    known = point.earned is not None and point.verified is not None
    earned, verified = point.earned or 0 * point.planned, point.verified or 0 * point.planned
    shares = [point.planned, earned, verified] if known else [point.planned]
    behind = [f"{earned - point.planned:.6f}"] if known else []
    return PointView(
        day=day_of(point.day),
        gate=gate,
        is_now=is_now,
        planned=percent(point.planned, decimals=1),
        earned=percent(earned, decimals=1) if known else "",
        verified=percent(verified, decimals=1) if known else "",
        variance=signed(earned - point.planned) if known else "",
        why=why if known else "",
        cells=[point.day.isoformat(), *(f"{shown_percent(one, decimals=6):f}" for one in shares), *behind],
    )
