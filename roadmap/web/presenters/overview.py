"""The overview: gates, the whole against plan, pillars, what needs attention, matrix, curve, latest reports."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap.models import Phase, Pillar, ProgressUpdate, Workstream
from roadmap.progress.measure import Figures, MilestoneFigures
from roadmap.progress.queries import PhaseProgress, RoadmapProgress
from roadmap.progress.series import Point
from roadmap.vocabulary import Rag
from roadmap.web.charts.curve import Curve, CurvePoint, CurveSize, curve
from roadmap.web.charts.timeline import Timeline
from roadmap.web.frame import Frame
from roadmap.web.presenters.lines import LineView, line_view, owner_of
from roadmap.web.presenters.timeline import NARROW, WIDE, timeline_view
from roadmap.web.presenters.values import (
    Badge,
    Day,
    FiguresView,
    Sign,
    badge_of,
    day_of,
    figures_view,
    group_sign,
    percent,
    state_words,
)

SHOWN = 6


@dataclass(frozen=True)
class GateView:
    """A phase with its gate; ``days`` counts to it, or since it once it has passed."""

    title: str
    day: Day
    days: int
    has_passed: bool
    figures: FiguresView
    address: str
    badge: Badge | None


@dataclass(frozen=True)
class PartView:
    """A pillar or workstream with its figures; ``names`` lists what it holds."""

    title: str
    figures: FiguresView
    address: str
    names: list[tuple[str, str]]


@dataclass(frozen=True)
class CellView:
    figures: FiguresView
    address: str


@dataclass(frozen=True)
class MatrixRow:
    """A pillar or workstream: a cell a phase, and its whole."""

    title: str
    cells: list[CellView]
    whole: CellView


@dataclass(frozen=True)
class MatrixBlock:
    title: str
    rows: list[MatrixRow]


@dataclass(frozen=True)
class Attention:
    """The first few of the milestones that need somebody, and how many there are in all."""

    rows: list[LineView]
    total: int
    address: str


@dataclass(frozen=True)
class ReportView:
    """One report in the list of the latest."""

    code: str
    title: str
    day: Day
    percent: str
    sign: Sign
    narrative: str
    reporter: str
    badge: Badge | None


@dataclass(frozen=True)
class OverviewView:
    """Everything on the overview page."""

    gates: list[GateView]
    overall: FiguresView
    pillars: list[PartView]
    matrix: list[MatrixBlock]
    phases: list[Phase]
    late: Attention
    due_soon: Attention
    silent: Attention
    reports: list[ReportView]
    curve_wide: Curve | None
    curve_narrow: Curve | None
    timeline_wide: Timeline
    timeline_narrow: Timeline
    lines: list[LineView]
    legend: list[Sign]


def overview_view(
    progress: RoadmapProgress, *, points: list[Point], reports: Iterable[ProgressUpdate], frame: Frame
) -> OverviewView:
    """The page's values; ``points`` are the curve's, ``reports`` the latest ones, newest first."""
    lines = [line_view(line, as_of=frame.as_of) for line in progress.lines]

    def those(holds: Callable[[MilestoneFigures], bool]) -> list[LineView]:
        return [view for line, view in zip(progress.lines, lines, strict=True) if holds(line.figures)]

    def attention(rows: list[LineView], state: str) -> Attention:
        return Attention(rows=rows[:SHOWN], total=len(rows), address=frame.list_address(state=state))

    quiet = those(lambda figures: figures.is_silent and not figures.is_late)
    return OverviewView(
        gates=[_gate(one, frame) for one in progress.phases],
        overall=figures_view(progress.overall),
        pillars=[_pillar(pillar, progress, frame) for pillar in progress.pillars],
        matrix=_matrix(progress, frame),
        phases=[one.phase for one in progress.phases],
        late=attention(those(lambda figures: figures.is_late), "late"),
        due_soon=attention(those(lambda figures: figures.is_due_soon), "due_soon"),
        silent=attention(sorted(quiet, key=lambda view: -view.quiet_days), "silent"),
        reports=[_report(update) for update in reports],
        curve_wide=_curve(points, progress, size=CurveSize(width=620, height=290)),
        curve_narrow=_curve(points, progress, size=CurveSize(width=343, height=240)),
        timeline_wide=timeline_view(progress, lines, size=WIDE),
        timeline_narrow=timeline_view(progress, lines, size=NARROW),
        lines=lines,
        legend=[Sign(shape, word) for shape, word in state_words().items()],
    )


def _gate(one: PhaseProgress, frame: Frame) -> GateView:
    return GateView(
        title=one.phase.title,
        day=day_of(one.phase.gate_on),
        days=abs(one.days_to_gate),
        has_passed=one.days_to_gate < 0,
        figures=figures_view(one.figures),
        address=frame.list_address(phase=one.phase.code),
        badge=badge_of(one.phase.provenance),
    )


def _pillar(pillar: Pillar, progress: RoadmapProgress, frame: Frame) -> PartView:
    return PartView(
        title=pillar.title,
        figures=figures_view(progress.by_pillar[pillar.pk]),
        address=frame.list_address(pillar=pillar.code),
        names=[(one.code, one.title) for one in progress.initiatives if one.pillar_id == pillar.pk],
    )


def _matrix(progress: RoadmapProgress, frame: Frame) -> list[MatrixBlock]:
    """Two blocks of rows over the same columns: pillar × phase, workstream × phase."""
    phases = [one.phase for one in progress.phases]

    def block(
        title: str,
        name: str,
        parts: list[Pillar] | list[Workstream],
        cells: dict[tuple[int, int], Figures],
        wholes: dict[int, Figures],
    ) -> MatrixBlock:
        rows = [
            MatrixRow(
                title=part.title,
                cells=[
                    CellView(
                        figures=figures_view(cells[phase.pk, part.pk]),
                        address=frame.list_address(phase=phase.code, **{name: part.code}),
                    )
                    for phase in phases
                ],
                whole=CellView(figures=figures_view(wholes[part.pk]), address=frame.list_address(**{name: part.code})),
            )
            for part in parts
        ]
        return MatrixBlock(title=title, rows=rows)

    blocks = [
        block(_("Pillars"), "pillar", progress.pillars, progress.cells, progress.by_pillar),
        block(_("Workstreams"), "workstream", progress.workstreams, progress.workstream_cells, progress.by_workstream),
    ]
    return [one for one in blocks if one.rows]


def _report(update: ProgressUpdate) -> ReportView:
    return ReportView(
        code=update.milestone.code,
        title=update.milestone.title,
        day=day_of(update.reported_on),
        percent=percent(update.percent_complete),
        sign=group_sign(Rag(update.confidence)),
        narrative=update.narrative,
        reporter=owner_of(update.reported_by),
        badge=badge_of(update.provenance),
    )


def _curve(points: list[Point], progress: RoadmapProgress, *, size: CurveSize) -> Curve | None:
    return curve(
        [CurvePoint(day=point.day, planned=point.planned, earned=point.earned) for point in points],
        gates=[(one.phase.gate_on, one.phase.title) for one in progress.phases],
        today=progress.as_of,
        size=size,
    )
