"""The S-curve's values and words, and the trend of the last weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from roadmap.progress.series import Point, month_ends
from roadmap.progress.summary import RoadmapSummary
from roadmap.web.charts.curve import Curve, CurvePoint, CurveSize, curve
from roadmap.web.presenters.values import signed

TREND_DAYS = 30
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class TrendView:
    """How much was earned and planned in the last weeks, in points of percent."""

    earned: str
    words: str


def curve_days(summary: RoadmapSummary) -> list[date]:
    """The days of the curve: ends of quarters to the last gate, of months in the year before the day shown; that day,
    and the one with which its trend is compared."""
    starts_on, as_of = summary.roadmap.starts_on, summary.as_of
    gates = [one.phase.gate_on for one in summary.phases]
    last = max([*gates, as_of])
    ends = [day for day in month_ends(starts_on, last) if day.month % 3 == 0 or timedelta(0) < as_of - day < YEAR]
    days = {starts_on, as_of, as_of - timedelta(days=TREND_DAYS), *gates, *(day for day in ends if day <= last)}
    return sorted(day for day in days if starts_on <= day)


def curve_view(points: Sequence[Point], summary: RoadmapSummary, *, size: CurveSize) -> Curve | None:
    """The drawing; None for fewer than two days."""
    return curve(
        [
            CurvePoint(day=point.day, planned=point.planned, earned=point.earned, verified=point.verified)
            for point in points
        ],
        gates=[(one.phase.gate_on, one.phase.title) for one in summary.phases],
        today=summary.as_of,
        size=size,
    )


def trend_view(points: Sequence[Point], *, as_of: date) -> TrendView | None:
    """What the last weeks brought; None while the roadmap is younger than that."""
    by_day = {point.day: point for point in points}
    now, then = by_day.get(as_of), by_day.get(as_of - timedelta(days=TREND_DAYS))
    if now is None or then is None or now.earned is None or then.earned is None:
        return None
    gain, planned = now.earned - then.earned, now.planned - then.planned
    return TrendView(
        earned=signed(gain),
        words=_("percentage points in %(count)s days; %(planned)s were planned")
        % {"count": TREND_DAYS, "planned": signed(planned)},
    )
