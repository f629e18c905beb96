"""What changed between two days, in words: one section for each way in which milestones differ."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import ForeignKey, TextField
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.coded_reasons import in_words as reason_in_words
from roadmap.models import Milestone
from roadmap.models.in_words import in_words
from roadmap.progress.differences import COMPARED, Edit, MilestoneDifference, PlanDifferences
from roadmap.progress.known_sums import NewlyLate
from roadmap.tables import Table
from roadmap.vocabulary import Door, PlanDifference
from roadmap.web.presenters.values import NOTHING, Badge, badge_of, percent, public_title

MOST = 40
LOADS = {Door.IMPORT, Door.COMMAND}
FOLDED_FROM = 3  # of a load that changed fewer, each is told by itself
TITLES = ("title_zh", "title_en")


@dataclass(frozen=True)
class Step:
    """One thing that was, and what became of it; ``before`` is empty where there was nothing."""

    label: str
    before: str
    after: str
    note: str = ""


@dataclass(frozen=True)
class ChangedView:
    """One milestone in a section; ``code`` is empty where it has no page any more. ``folded`` are code and title of the
    milestones that a load changed alike, told as one."""

    code: str
    title: str
    sub: str
    badge: Badge | None
    steps: list[Step]
    why: str
    who: str
    at: datetime | None
    folded: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """One way of differing; ``more`` counts what isn't shown."""

    name: str
    title: str
    rows: list[ChangedView]
    total: int
    more: int


def sections_of(found: PlanDifferences, newly_late: NewlyLate) -> list[Section]:
    """The ways in which something differs, the weightiest first; ways without any are left out."""
    late = _section("late", _("Newly overdue"), [_late(one) for one in newly_late.first], total=newly_late.total)
    by_kind = [
        _section(kind.value, title, _rows(found.of(kind), kind), total=len(found.of(kind)))
        for kind, title in titles().items()
    ]
    return [one for one in (late, *by_kind) if one.total]


def titles() -> dict[PlanDifference, str]:
    """The heading of each section, in their order."""
    return {
        PlanDifference.MOVED: _("Dates moved"),
        PlanDifference.COMPLETED: _("Completed"),
        PlanDifference.CONFIRMED: _("Completion verified"),
        PlanDifference.ADDED: _("New milestones"),
        PlanDifference.REMOVED: _("Taken out of the plan"),
        PlanDifference.CANCELLED: _("Cancelled milestones"),
        PlanDifference.REOPENED: _("Reopened"),
        PlanDifference.REPORTED: _("Progress reported"),
        PlanDifference.REASSIGNED: _("Reassigned"),
        PlanDifference.REPLACED: _("Put elsewhere in the plan"),
        PlanDifference.REWEIGHTED: _("Weights changed"),
        PlanDifference.BUDGETED: _("Budgets changed"),
        PlanDifference.REWORDED: _("Reworded"),
    }


def table_of(found: PlanDifferences, newly_late: Sequence[Milestone]) -> Table:
    """Everything that differs as a table for files: a row for each thing that was and what became of it."""
    heads = [_("Change"), _("Code"), _("Milestone"), _("Initiative"), _("What"), _("Before"), _("After"), _("Note")]
    rows = [_cells(_("Newly overdue"), _late(one)) for one in newly_late]
    rows += [_cells(title, _changed(one, kind)) for kind, title in titles().items() for one in found.of(kind)]
    return Table(
        _("What changed"),
        [*heads, _("Why"), _("By whom"), _("At what time")],
        [cells for many in rows for cells in many],
    )


def _cells(title: str, view: ChangedView) -> list[list[Any]]:
    """A row for each step; one without any has a row all the same."""
    named = [title, view.code, view.title, view.sub]
    steps = [[step.label, step.before, step.after, step.note] for step in view.steps] or [[""] * 4]
    return [[*named, *step, view.why, view.who, view.at] for step in steps]


def _section(name: str, title: str, rows: list[ChangedView], *, total: int) -> Section:
    told = sum(len(row.folded) or 1 for row in rows)
    return Section(name=name, title=title, rows=rows, total=total, more=total - told)


def _rows(found: Sequence[MilestoneDifference], kind: PlanDifference) -> list[ChangedView]:
    """A row each, as far as they are shown; what a day's load of files changed alike comes first, in one."""
    loads: defaultdict[tuple[str, date], list[MilestoneDifference]] = defaultdict(list)
    for one in found:
        if one.edits and one.edits[-1].door in LOADS and kind is not PlanDifference.REPORTED:
            loads[one.edits[-1].door, one.edits[-1].at.date()].append(one)
    folds = [ones for ones in loads.values() if len(ones) >= FOLDED_FROM]
    inside = {one.shown.pk for ones in folds for one in ones}
    single = [one for one in found if one.shown.pk not in inside]
    return [*map(_folded, folds), *(_changed(one, kind) for one in single[:MOST])]


def _folded(ones: Sequence[MilestoneDifference]) -> ChangedView:
    last = max((one.edits[-1] for one in ones), key=lambda edit: edit.at)
    people = {edit.by for one in ones for edit in one.edits[-1:]}
    return ChangedView(
        code="",
        title=ngettext("%(count)d milestone", "%(count)d milestones", len(ones)) % {"count": len(ones)},
        sub=_("Loaded together"),
        badge=None,
        steps=[],
        why="",
        who=did_by(last) if len(people) == 1 else str(Door(last.door).label),
        at=last.at,
        folded=[(one.now.code if one.now else "", one.shown.title) for one in ones],
    )


def _changed(one: MilestoneDifference, kind: PlanDifference) -> ChangedView:
    last = one.edits[-1] if one.edits else None
    is_report = kind == PlanDifference.REPORTED
    return ChangedView(
        code=one.now.code if one.now else "",
        title=one.shown.title,
        sub=one.shown.initiative.title,
        badge=badge_of(one.shown.provenance),
        steps=steps_of(one, kind),
        why="" if is_report else reason_in_words(one.reason),
        who="" if is_report or last is None else did_by(last),
        at=None if is_report or last is None else last.at,
    )


def _late(milestone: Milestone) -> ChangedView:
    return ChangedView(
        code=milestone.code,
        title=milestone.title,
        sub=milestone.initiative.title,
        badge=badge_of(milestone.provenance),
        steps=[Step(_("Due"), "", date_format(milestone.due_on))],
        why="",
        who="",
        at=None,
    )


def did_by(edit: Edit) -> str:
    """Who made the edit, and through which door."""
    who = edit.by.public_name if edit.by else _("the program")
    return f"{who} · {Door(edit.door).label}"


def steps_of(one: MilestoneDifference, kind: PlanDifference) -> list[Step]:
    """What was and what is, of one kind of difference."""
    was, now = one.was, one.now
    if was is None or now is None:
        return [Step(_("Due"), "", date_format(one.shown.due_on))]
    special: dict[PlanDifference, Callable[[], list[Step]]] = {
        PlanDifference.MOVED: lambda: _moved(was, now),
        PlanDifference.REWORDED: lambda: _reworded(was, now),
        PlanDifference.REPORTED: lambda: [Step(_("Reported"), _share(one.percent_was), _share(one.percent_now))],
        PlanDifference.COMPLETED: lambda: [_ended(now.completed_on, due_on=now.due_on)],
        PlanDifference.CANCELLED: lambda: [Step(_("Cancelled"), "", _day(now.cancelled_on))],
        PlanDifference.CONFIRMED: lambda: [Step(_("Verified"), "", _day(now.verified_on))],
        PlanDifference.REOPENED: lambda: [
            Step(_("State"), str(was.get_status_display()), str(now.get_status_display()))
        ],
    }
    if kind in special:
        return special[kind]()
    return [
        Step(_name_of(name), _value(was, name), _value(now, name))
        for name in COMPARED[kind]
        if getattr(was, name) != getattr(now, name)
    ]


def _moved(was: Milestone, now: Milestone) -> list[Step]:
    steps = []
    if was.due_on != now.due_on:
        days = (now.due_on - was.due_on).days
        note = (
            ngettext("%(count)d day later", "%(count)d days later", days) % {"count": days}
            if days > 0
            else ngettext("%(count)d day earlier", "%(count)d days earlier", -days) % {"count": -days}
        )
        steps.append(Step(_("Due"), _day(was.due_on), _day(now.due_on), note))
    if was.planned_start_on != now.planned_start_on:
        steps.append(Step(_("Planned start"), _day(was.planned_start_on), _day(now.planned_start_on)))
    return steps


def _reworded(was: Milestone, now: Milestone) -> list[Step]:
    """What is short from and to; of longer texts, and of what is known by a name of its own, only which of them."""
    columns = [name for name in COMPARED[PlanDifference.REWORDED] if getattr(was, name) != getattr(now, name)]
    steps = []
    if was.title != now.title:
        steps.append(Step(_("Title"), was.title, now.title))
        columns = [name for name in columns if name not in TITLES]
    whole = [name for name in columns if not _is_long(name)]
    steps += [Step(_name_of(name), _value(was, name), _value(now, name)) for name in whole]
    return steps + [Step(_name_of(name), "", _("changed")) for name in columns if name not in whole]


def _ended(day: date | None, *, due_on: date) -> Step:
    late = (day - due_on).days if day else 0
    note = (
        ngettext("%(count)d day after its due date", "%(count)d days after its due date", late) % {"count": late}
        if late > 0
        else ""
    )
    return Step(_("Completed"), "", _day(day), note)


def _day(day: date | None) -> str:
    return date_format(day) if day else NOTHING


def _share(value: Any) -> str:
    return NOTHING if value is None else percent(value)


def _column(name: str) -> Any:
    return Milestone._meta.get_field(name)


def _name_of(column: str) -> str:
    return str(_column(column).verbose_name)


def _is_long(column: str) -> bool:
    return isinstance(_column(column), TextField | ForeignKey)


def _value(row: Milestone, name: str) -> str:
    column, value = _column(name), getattr(row, name)
    names = {(column.name, value): public_title(getattr(row, column.name))} if column.is_relation and value else {}
    return in_words(column, value, names, empty=NOTHING)
