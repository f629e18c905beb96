"""The timeline's marks, lanes, axis and words, from measured milestones; the geometry is in ``charts``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models import Initiative, Phase, Pillar
from roadmap.progress.facts import MilestoneLine
from roadmap.web.charts.arrows import Link
from roadmap.web.charts.lanes import Group, Lane, Mark, TimelineSize
from roadmap.web.charts.timeline import Axis, Band, Timeline, timeline
from roadmap.web.charts.windows import Window, divisions
from roadmap.web.presenters.lines import LineView
from roadmap.web.presenters.values import percent, sign_word, state_of

WIDE = TimelineSize(width=1120, label_width=300)
NARROW = TimelineSize(width=343, label_width=0)
CODE = "the-code"  # stands in an address for that of a milestone


@dataclass(frozen=True)
class Plan:
    """What is drawn: the parts of the roadmap, its milestones measured (few in words too), and pairs that depend."""

    phases: Sequence[Phase]
    pillars: Sequence[Pillar]
    initiatives: Sequence[Initiative]
    lines: Sequence[MilestoneLine]
    views: Sequence[LineView]
    dependencies: Sequence[tuple[int, int]]


def timeline_view(
    plan: Plan,
    *,
    window: Window,
    today: date,
    opened: set[str],
    toggle: Callable[[str], str],
    nearer: Callable[[date, date], str],
    move: Callable[[MilestoneLine], str] = lambda _line: "",
    size: TimelineSize,
) -> Timeline:
    """The drawing of the window; initiatives of the codes ``opened`` have a row for each milestone, ``toggle`` gives
    the address that opens or closes one, ``nearer`` that of a span around two days, ``move`` that where one gets
    another due date. Initiatives without a milestone to draw are left out."""
    marks: dict[int, list[Mark]] = {}
    words = _Words()
    for line in plan.lines:
        marks.setdefault(line.milestone.initiative_id, []).append(_mark(line, words, move=move(line)))
    groups = [
        Group(
            label=pillar.title,
            lanes=[
                Lane(
                    label=one.title,
                    code=one.code,
                    marks=marks[one.pk],
                    is_open=one.code in opened,
                    toggle=toggle(one.code),
                    nearer=nearer,
                )
                for one in plan.initiatives
                if one.pillar_id == pillar.pk and one.pk in marks
            ],
        )
        for pillar in plan.pillars
    ]
    return timeline(
        bands=[Band(label=one.title, starts_on=one.starts_on, gate_on=one.gate_on) for one in plan.phases],
        groups=[group for group in groups if group.lanes],
        links=_links(plan),
        axis=axis_of(window, narrow=not size.label_width),
        today=today,
        size=size,
    )


def axis_of(window: Window, *, narrow: bool) -> Axis:
    """The window's parts with their labels; on narrow drawings only as many labels as there is room for."""
    parts = divisions(window)
    step = {"near": 3, "quarter": 3, "month": 5, "year": 2, "all": 1}.get(window.zoom, 1) if narrow else 1
    return Axis(
        first=window.first,
        last=window.last,
        parts=[
            (start, parts[min(number + step, len(parts)) - 1][1], _part_label(window, start))
            for number, (start, _end) in enumerate(parts)
            if number % step == 0
        ],
    )


def window_title(window: Window) -> str:
    """What the window is called: ``2026``, ``first half of 2026``, ``Q4 2026``, ``October 2026``."""
    year = {"year": str(window.first.year)}
    match window.zoom:
        case "year":
            return date_format(window.first, "Y")
        case "half":
            words = _("first half of %(year)s") if window.first.month == 1 else _("second half of %(year)s")
            return words % year
        case "quarter":
            return _("Q%(quarter)s %(year)s") % (year | {"quarter": str((window.first.month + 2) // 3)})
        case "month":
            return date_format(window.first, "YEAR_MONTH_FORMAT")
        case "near":
            ends = (date_format(day, "YEAR_MONTH_FORMAT") for day in (window.first, window.last))
            return _("%(first)s to %(last)s") % dict(zip(("first", "last"), ends, strict=True))
    return _("%(first)s to %(last)s") % {"first": str(window.first.year), "last": str(window.last.year)}


def _part_label(window: Window, start: date) -> str:
    match window.zoom:
        case "all":
            return str(start.year)
        case "quarter":
            return _("%(day)s %(month)s") % {"day": str(start.day), "month": date_format(start, "M")}
        case "month":
            return str(start.day)
        case "near" if start.month == 1 or start == window.first:
            month = {"month": date_format(start, "M"), "year": str(start.year)}
            return _("%(month)s %(year)s") % month
    return date_format(start, "M")


class _Words:
    """What the marks of one drawing say, looked up once and not a thousand times."""

    def __init__(self) -> None:
        self.day = cache(date_format)
        self.state = cache(lambda state, is_verified: sign_word(state, is_verified=is_verified))
        self.due, self.done = _("due %(day)s"), _("done on %(day)s")
        self.baseline, self.forecast = _("baseline %(day)s"), _("forecast %(day)s")
        self.address = reverse("web:milestone", args=[CODE])

    def tip(self, line: MilestoneLine, *, planned: date | None, day: date, forecast: date | None) -> str:
        """The milestone in one line."""
        milestone, is_done = line.milestone, line.figures.is_done
        parts = [milestone.title, self.due % {"day": self.day(milestone.due_on)}]
        if planned and planned != milestone.due_on:
            parts.append(self.baseline % {"day": self.day(planned)})
        if forecast:
            parts.append(self.forecast % {"day": self.day(forecast)})
        if is_done:
            parts.append(self.done % {"day": self.day(day)})
        word = self.state("done" if is_done else state_of(line.figures), line.figures.is_verified)
        return " · ".join([*parts, word, percent(line.figures.earned_percent)])


def _mark(line: MilestoneLine, words: _Words, *, move: str) -> Mark:
    """Done milestones stand on the day they were done, others on their due date."""
    milestone, figures, latest = line.milestone, line.figures, line.latest_update
    day = milestone.completed_on if figures.is_done and milestone.completed_on else milestone.due_on
    planned = milestone.due_on - timedelta(days=figures.slip_days) if figures.slip_days is not None else None
    forecast = latest.forecast_on if latest and figures.is_open else None
    return Mark(
        day=day,
        state=state_of(figures),
        tip=words.tip(line, planned=planned, day=day, forecast=forecast),
        code=milestone.code,
        address=words.address.replace(CODE, milestone.code),
        move=move,
        name=milestone.title,
        starts_on=milestone.planned_start_on,
        due_on=milestone.due_on,
        baseline_day=planned if planned != day else None,
        forecast_day=forecast if forecast != day else None,
    )


def _links(plan: Plan) -> list[Link]:
    """The dependencies between what is drawn; broken when something is to start before what it waits for is due."""
    at = {line.milestone.pk: line for line in plan.lines}
    return [_link(at[before], at[after]) for before, after in _known(plan.dependencies, at)]


def _known(pairs: Iterable[tuple[int, int]], at: dict[int, MilestoneLine]) -> Iterable[tuple[int, int]]:
    return ((before, after) for before, after in pairs if before in at and after in at)


def _link(before: MilestoneLine, after: MilestoneLine) -> Link:
    waits = before.figures.is_open and after.figures.is_open
    is_broken = waits and after.milestone.planned_start_on <= before.milestone.due_on
    return Link(before=before.milestone.code, after=after.milestone.code, is_broken=is_broken)
