"""The overview: gates, the whole against plan, pillars, what needs attention, latest changes, curve, matrix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roadmap.forecast.figures import GateForecast
from roadmap.forecast.words import short_sentence
from roadmap.models import Pillar
from roadmap.progress.attention import Attention
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.latest import LatestChange
from roadmap.progress.series import Point
from roadmap.progress.summary import PhaseProgress, RoadmapSummary
from roadmap.web.charts.curve import Curve, CurveSize
from roadmap.web.frame import Frame
from roadmap.web.presenters.curves import TrendView, curve_view, trend_view
from roadmap.web.presenters.latest import ChangeRow, latest_view
from roadmap.web.presenters.lines import LineView, line_view
from roadmap.web.presenters.matrix import MatrixView, explain_address, matrix_view
from roadmap.web.presenters.values import (
    Badge,
    Day,
    FiguresView,
    badge_of,
    day_of,
    figures_view,
)

SHOWN = 6


@dataclass(frozen=True)
class GateView:
    """A phase with its gate; ``days`` counts to it, or since it once it has passed. ``why`` explains its figures;
    ``forecast`` is the verdict on a gate ahead, if there is one."""

    title: str
    day: Day
    days: int
    has_passed: bool
    figures: FiguresView
    address: str
    why: str
    forecast: str
    badge: Badge | None
    day_badge: Badge | None


@dataclass(frozen=True)
class PartView:
    """A pillar with its figures; ``names`` lists the initiatives that it holds."""

    title: str
    figures: FiguresView
    address: str
    why: str
    names: list[tuple[str, str]]


@dataclass(frozen=True)
class AttentionList:
    """The first few of the milestones that need somebody, and how many there are in all."""

    rows: list[LineView]
    total: int
    address: str


@dataclass(frozen=True)
class OverviewView:
    """Everything on the overview page."""

    gates: list[GateView]
    overall: FiguresView
    why: str
    trend: TrendView | None
    pillars: list[PartView]
    matrix: MatrixView
    late: AttentionList
    due_soon: AttentionList
    silent: AttentionList
    unowned: AttentionList
    changes: list[ChangeRow]
    curve_wide: Curve | None
    curve_narrow: Curve | None


def overview_view(
    summary: RoadmapSummary,
    *,
    points: list[Point],
    attention: Attention,
    changes: Iterable[LatestChange],
    unowned: int,
    forecasts: Mapping[int, GateForecast],
    frame: Frame,
) -> OverviewView:
    """The page's values; ``points`` are the curve's, ``changes`` the latest ones, newest first; ``unowned`` is how many
    open milestones nobody answers for; ``forecasts`` of gates are by phase."""

    def listed(lines: list[MilestoneLine], total: int, state: str) -> AttentionList:
        rows = [line_view(line, as_of=frame.as_of) for line in lines]
        return AttentionList(rows=rows, total=total, address=frame.list_address(state=state))

    return OverviewView(
        gates=[_gate(one, forecasts.get(one.phase.pk), frame) for one in summary.phases],
        overall=figures_view(summary.overall),
        why=explain_address(frame),
        trend=trend_view(points, as_of=summary.as_of),
        pillars=[_pillar(pillar, summary, frame) for pillar in summary.pillars],
        matrix=matrix_view(summary, frame=frame),
        late=listed(attention.late, summary.overall.late, "late"),
        due_soon=listed(attention.due_soon, summary.overall.due_soon, "due_soon"),
        silent=listed(attention.silent, summary.overall.silent, "silent"),
        unowned=listed([], unowned, "unowned"),
        changes=latest_view(changes, frame=frame),
        curve_wide=curve_view(points, summary, size=CurveSize(width=620, height=290)),
        curve_narrow=curve_view(points, summary, size=CurveSize(width=343, height=240)),
    )


def _gate(one: PhaseProgress, forecast: GateForecast | None, frame: Frame) -> GateView:
    return GateView(
        title=one.phase.title,
        day=day_of(one.phase.gate_on),
        days=abs(one.days_to_gate),
        has_passed=one.days_to_gate < 0,
        figures=figures_view(one.figures),
        address=frame.list_address(phase=one.phase.code),
        why=explain_address(frame, phase=one.phase.code),
        forecast=short_sentence(forecast) if forecast and forecast.open_milestones else "",
        badge=badge_of(one.phase.provenance),
        day_badge=badge_of(one.phase.days_provenance),
    )


def _pillar(pillar: Pillar, summary: RoadmapSummary, frame: Frame) -> PartView:
    return PartView(
        title=pillar.title,
        figures=figures_view(summary.by_pillar[pillar.pk]),
        address=frame.list_address(pillar=pillar.code),
        why=explain_address(frame, pillar=pillar.code),
        names=[(one.code, one.title) for one in summary.initiatives if one.pillar_id == pillar.pk],
    )
