"""The overview: the verdict, gates and the whole against plan, who must act, curve with pillars, latest changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.forecast.figures import GateForecast
from roadmap.forecast.words import short_sentence
from roadmap.models import Pillar
from roadmap.progress.attention import ToAct
from roadmap.progress.latest import LatestChange
from roadmap.progress.series import Point
from roadmap.progress.summary import PhaseProgress, RoadmapSummary
from roadmap.web.charts.curve import Curve, CurveSize
from roadmap.web.filters import state_labels
from roadmap.web.frame import Frame
from roadmap.web.presenters.curves import TrendView, curve_view, trend_view
from roadmap.web.presenters.latest import ChangeRow, latest_view
from roadmap.web.presenters.lines import LineView, line_view
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.values import Badge, Day, FiguresView, badge_of, day_of, figures_view
from roadmap.web.presenters.verdict import Verdict, verdict_on


@dataclass(frozen=True)
class Figure:
    """One figure of a card, with what it counts."""

    value: str
    label: str


@dataclass(frozen=True)
class Card:
    """A gate, or the whole: two figures (one without milestones), and the health with its reason. ``explained`` leads
    to how it is computed; ``forecast`` is the verdict on a gate ahead, if there is one."""

    title: str
    address: str
    when: str
    day: Day
    badge: Badge | None
    day_badge: Badge | None
    told: list[Figure]
    figures: FiguresView
    why: str
    explained: str
    forecast: str = ""


@dataclass(frozen=True)
class PartView:
    """A pillar with its figures."""

    title: str
    figures: FiguresView
    address: str
    why: str


@dataclass(frozen=True)
class ToActView:
    """An owner with the counts of theirs, and the one that was due first. ``unit`` is empty where ``who`` is one."""

    who: str
    unit: str
    late: int
    due_soon: int
    first: LineView


@dataclass(frozen=True)
class ListLink:
    """A list of milestones that need somebody, and how many they are."""

    label: str
    total: int
    address: str


@dataclass(frozen=True)
class OverviewView:
    """Everything on the overview page."""

    verdict: Verdict
    cards: list[Card]
    overall: FiguresView
    to_act: list[ToActView]
    lists: list[ListLink]
    unowned: ListLink
    trend: TrendView | None
    pillars: list[PartView]
    changes: list[ChangeRow]
    curve_wide: Curve | None
    curve_narrow: Curve | None


def overview_view(
    summary: RoadmapSummary,
    *,
    points: list[Point],
    to_act: Iterable[ToAct],
    changes: Iterable[LatestChange],
    unowned: int,
    forecasts: Mapping[int, GateForecast],
    frame: Frame,
) -> OverviewView:
    """The page's values; ``points`` are the curve's, ``changes`` the latest ones, newest first; ``unowned`` is how many
    open milestones nobody answers for; ``forecasts`` of gates are by phase."""
    overall = figures_view(summary.overall)
    counts = {"late": overall.late, "due_soon": overall.due_soon, "silent": overall.silent}
    labels = state_labels()
    return OverviewView(
        verdict=verdict_on(summary),
        cards=[*(_gate(one, forecasts.get(one.phase.pk), frame) for one in summary.phases), _whole(overall, frame)],
        overall=overall,
        to_act=[_to_act(one, frame) for one in to_act],
        lists=[
            ListLink(label=labels[state], total=total, address=frame.list_address(state=state))
            for state, total in counts.items()
            if total
        ],
        unowned=ListLink(label=labels["unowned"], total=unowned, address=frame.list_address(state="unowned")),
        trend=trend_view(points, as_of=summary.as_of),
        pillars=[_pillar(pillar, summary, frame) for pillar in summary.pillars],
        changes=latest_view(changes, frame=frame),
        curve_wide=curve_view(points, summary, size=CurveSize(width=620, height=250)),
        curve_narrow=curve_view(points, summary, size=CurveSize(width=343, height=200)),
    )


def _gate(one: PhaseProgress, forecast: GateForecast | None, frame: Frame) -> Card:
    figures = figures_view(one.figures)
    day = day_of(one.phase.gate_on)
    return Card(
        title=one.phase.title,
        address=frame.list_address(phase=one.phase.code),
        when=day.text,
        day=day,
        badge=badge_of(one.phase.provenance),
        day_badge=badge_of(one.phase.days_provenance),
        told=[Figure(str(abs(one.days_to_gate)), _days_to_gate(one.days_to_gate)), *_earned(figures)],
        figures=figures,
        why=figures.reason,
        explained=explain_address(frame, phase=one.phase.code),
        forecast=short_sentence(forecast) if forecast and forecast.open_milestones else "",
    )


def _whole(figures: FiguresView, frame: Frame) -> Card:
    day = day_of(frame.as_of)
    return Card(
        title=_("Whole roadmap"),
        address="",
        when=_("as of %(day)s") % {"day": date_format(frame.as_of, "DATE_FORMAT")},
        day=day,
        badge=None,
        day_badge=None,
        told=[Figure(figures.variance, _("percentage points of variance")), *_earned(figures)],
        figures=figures,
        why=figures.reason,
        explained=explain_address(frame),
    )


def _earned(figures: FiguresView) -> list[Figure]:
    if figures.is_empty:
        return []
    return [Figure(figures.earned_fine, _("actual, of %(planned)s planned") % {"planned": figures.planned_fine})]


def _days_to_gate(days: int) -> str:
    if days == 0:
        return _("the gate is today")
    if days < 0:
        return ngettext("day since the gate", "days since the gate", -days)
    return ngettext("day to the gate", "days to the gate", days)


def _to_act(one: ToAct, frame: Frame) -> ToActView:
    line = line_view(one.first, as_of=frame.as_of)
    owner = one.first.milestone.owner
    return ToActView(
        who=line.owner if owner else line.organisation,
        unit=line.organisation if owner and one.first.milestone.organisation else "",
        late=one.late,
        due_soon=one.due_soon,
        first=line,
    )


def _pillar(pillar: Pillar, summary: RoadmapSummary, frame: Frame) -> PartView:
    return PartView(
        title=pillar.title,
        figures=figures_view(summary.by_pillar[pillar.pk]),
        address=frame.list_address(pillar=pillar.code),
        why=explain_address(frame, pillar=pillar.code),
    )
