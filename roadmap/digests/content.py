"""What a digest holds: the subscription's part of the roadmap, measured and sorted into sections. Words included."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.digests.changes import Changes
from roadmap.models import DigestSubscription, Phase
from roadmap.outbox.wording import COLOURS, address_of, mark_of, shortened, text_bar
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.measure import Figures, measure_group
from roadmap.progress.queries import RoadmapProgress
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import days_left_text, shown_percent

# A mail stays below 90 KB (some readers cut longer ones off): so many lines of what presses, and of all else
URGENT_LINES, OTHER_LINES = 10, 5


@dataclass(frozen=True)
class Standing:
    """How far a whole is: whole percents, the difference in points with its sign, health in words and colour."""

    title: str
    when: str
    days: str
    days_left: int
    earned: int
    planned: int
    variance: str
    bar: str
    colour: str
    health: str
    done: int
    total: int


@dataclass(frozen=True)
class Line:
    """One milestone in a section; ``note`` says what is special about it there."""

    title: str
    address: str
    due: str
    days: str
    is_late: bool
    earned: int
    planned: int
    bar: str
    colour: str
    who: str
    note: str
    mark: str


@dataclass(frozen=True)
class Section:
    """A heading with the first lines below it and how many more there are."""

    code: str
    heading: str
    lines: Sequence[Line]
    total: int

    @property
    def more(self) -> int:
        """How many lines are left out."""
        return self.total - len(self.lines)


def lines_for(subscription: DigestSubscription, progress: RoadmapProgress) -> list[MilestoneLine]:
    """The lines that pass the subscription's filters, in the roadmap's order."""

    def passes(line: MilestoneLine) -> bool:
        milestone, organisation = line.milestone, subscription.organisation
        return (
            subscription.phase_id in (None, milestone.phase_id)
            and subscription.pillar_id in (None, milestone.initiative.pillar_id)
            and (not subscription.only_mine or milestone.owner_id == subscription.person_id)
            and (
                organisation is None
                or (milestone.organisation is not None and milestone.organisation.path.startswith(organisation.path))
            )
        )

    return [line for line in progress.lines if passes(line)]


def measured(lines: Iterable[MilestoneLine]) -> Figures:
    """The roll-up of the lines."""
    return measure_group((line.milestone.weight, line.figures) for line in lines)


def gates(progress: RoadmapProgress, lines: Sequence[MilestoneLine]) -> list[Standing]:
    """Each phase that has any of the lines, with its gate and how far its lines are."""
    found = []
    for phase in (item.phase for item in progress.phases):
        own = [line for line in lines if line.milestone.phase_id == phase.pk]
        if own:
            found.append(_gate(phase, measured(own), progress.as_of))
    return found


def sections(lines: Sequence[MilestoneLine], changes: Changes) -> list[Section]:
    """Everything worth reading, in the order of urgency; empty sections are left out."""
    moved = [line for line in lines if line.milestone.pk in changes.moved]
    done = [line for line in lines if line.milestone.pk in changes.done]
    reported = [line for line in lines if line.milestone.pk in changes.reported]
    done.sort(key=lambda line: line.milestone.completed_on or date.min, reverse=True)
    reported.sort(key=lambda line: changes.reported[line.milestone.pk].update.recorded_at, reverse=True)
    late = [line for line in lines if line.figures.is_late]
    soon = [line for line in lines if line.figures.is_due_soon]
    silent = [line for line in lines if line.figures.is_silent]
    found = [
        _section("overdue", _("Overdue"), late, _outlook, URGENT_LINES),
        _section("soon", _("Due in the next 30 days"), soon, _health, URGENT_LINES),
        _section("moved", _("Dates moved"), moved, partial(_move, changes), OTHER_LINES),
        _section("done", _("Done"), done, _done_on, OTHER_LINES),
        _section("reported", _("Progress reported"), reported, partial(_report, changes), OTHER_LINES),
        _section("silent", _("Silent for 30 days or longer"), silent, _last_report, OTHER_LINES),
    ]
    return [section for section in found if section.total]


def _section(
    code: str, heading: str, lines: Sequence[MilestoneLine], note: Callable[[MilestoneLine], str], most: int
) -> Section:
    return Section(code, heading, [_line(line, note(line)) for line in lines[:most]], len(lines))


def _health(line: MilestoneLine) -> str:
    return reason_text(line.figures.reason)


def _outlook(line: MilestoneLine) -> str:
    """When it is now expected, by the last report; else how old that is."""
    update = line.latest_update
    if update is not None and update.forecast_on is not None:
        return _("now expected on %(day)s") % {"day": date_format(update.forecast_on, "DATE_FORMAT")}
    return _last_report(line)


def _last_report(line: MilestoneLine) -> str:
    update = line.latest_update
    if update is None:
        return _("no report yet")
    return _("last report on %(day)s") % {"day": date_format(update.reported_on, "DATE_FORMAT")}


def _done_on(line: MilestoneLine) -> str:
    day = line.milestone.completed_on
    return _("done on %(day)s") % {"day": date_format(day, "DATE_FORMAT")} if day else ""


def _move(changes: Changes, line: MilestoneLine) -> str:
    move = changes.moved[line.milestone.pk]
    words = {
        "was": date_format(move.was, "DATE_FORMAT"),
        "days": (line.milestone.due_on - move.was).days,
        "reason": shortened(move.reason, width=120),
    }
    if move.reason:
        return _("was %(was)s, moved by %(days)+d days: %(reason)s") % words
    return _("was %(was)s, moved by %(days)+d days") % words


def _report(changes: Changes, line: MilestoneLine) -> str:
    report = changes.reported[line.milestone.pk]
    percents = [report.percent_before, report.update.percent_complete]
    steps = [f"{percent:.0f}%" for percent in percents if percent is not None]
    parts = [" → ".join(steps), str(report.update.reported_by or ""), shortened(report.update.narrative, width=120)]
    return " · ".join(part for part in parts if part)


def standing(title: str, when: str, days_left: int, figures: Figures) -> Standing:
    """The figures of a whole in words."""
    earned, planned = int(shown_percent(figures.earned)), int(shown_percent(figures.planned))
    return Standing(
        title=title,
        when=when,
        days=days_left_text(days_left),
        days_left=days_left,
        earned=earned,
        planned=planned,
        variance=points(figures.schedule_variance),
        bar=text_bar(earned),
        colour=COLOURS[figures.rag or ""],
        health=reason_text(figures.reason),
        done=figures.done,
        total=figures.total,
    )


def points(difference: Decimal) -> str:
    """A difference of percentages, signed, to one decimal: ``+2.3``, ``−11.0``, ``0.0``."""
    rounded = difference.quantize(Decimal("0.1"))
    if not rounded:
        return "0.0"
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}"


def _gate(phase: Phase, figures: Figures, today: date) -> Standing:
    return standing(phase.title, date_format(phase.gate_on, "DATE_FORMAT"), (phase.gate_on - today).days, figures)


def _line(line: MilestoneLine, note: str) -> Line:
    milestone, figures = line.milestone, line.figures
    earned = int(shown_percent(figures.earned_percent))
    who = [str(person_or_unit) for person_or_unit in (milestone.owner, milestone.organisation) if person_or_unit]
    return Line(
        title=milestone.title,
        address=address_of(f"/milestones/{milestone.code}/"),
        due=date_format(milestone.due_on, "DATE_FORMAT"),
        days=days_left_text(figures.days_left) if figures.days_left is not None else "",
        is_late=figures.is_late,
        earned=earned,
        planned=int(shown_percent(figures.planned_percent)),
        bar=text_bar(earned, width=10),
        colour=COLOURS[figures.rag or ""],
        who=" · ".join(who),
        note=note,
        mark=mark_of(milestone.provenance),
    )
