"""What new dates mean: gates, days off, and whoever waits for the milestones that move."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.admin.act_forms import WORKING_DAYS
from roadmap.admin.foretold import Row
from roadmap.admin.marks import day_text
from roadmap.clock import day_in
from roadmap.forecast.plan import GateMove, gates_moved, plan_of
from roadmap.models import Milestone
from roadmap.progress.due_dates import heed_of_due_date, told_of_due_date
from roadmap.progress.knock_on import TooEarly, Wait, made_worse, starting_too_early, waits_of
from roadmap.workdays import WorkCalendar

TOLD_OF_EACH = 5


def warn_of_due_date(request: HttpRequest, milestone: Milestone) -> None:
    """Say so once it is saved, wherever a due date is given without a look ahead."""
    calendar, gate_on = milestone.initiative.roadmap.calendar, milestone.phase.gate_on
    for told in told_of_due_date(title=milestone.title, due=milestone.due_on, gate_on=gate_on, calendar=calendar):
        messages.warning(request, told.text)


def heed_dates(rows: list[Row], form: Any, *, now: datetime) -> None:
    """Write on each row what to heed of its new dates."""
    for row in rows:
        milestone, calendar = row.milestone, form.calendars[row.milestone.initiative.roadmap.calendar]
        _start, due = form.new_dates(milestone)
        row.heed += [one.text for one in heed_of_due_date(due, gate_on=milestone.phase.gate_on, calendar=calendar)]
        is_counted = form.cleaned_data["how"] == WORKING_DAYS
        if is_counted and calendar.is_provisional_between(milestone.due_on, due):
            row.heed.append(_("in a year whose working days are not published yet"))
    _tell_who_waits(rows, form.calendars)
    _tell_which_gates_move(rows, now)


def _tell_which_gates_move(rows: list[Row], now: datetime) -> None:
    """On the first row of each roadmap, what all of the rows together mean for its gates. Five queries a roadmap."""
    by_roadmap: dict[int, list[Row]] = {}
    for row in rows:
        by_roadmap.setdefault(row.milestone.initiative.roadmap_id, []).append(row)
    for first, *others in by_roadmap.values():
        roadmap = first.milestone.initiative.roadmap
        plan = plan_of(roadmap, today=day_in(roadmap.time_zone, at=now))
        states = [row.would_be for row in (first, *others) if row.would_be is not None]
        moves = gates_moved(plan, {one.pk: (one.planned_start_on, one.due_on) for one in states})
        titles = {phase.pk: phase.title for phase in roadmap.phases.all()} if moves else {}
        first.heed += [_gate_in_words(one, titles[one.phase]) for one in moves]


def _gate_in_words(one: GateMove, title: str) -> str:
    later = ngettext("%(count)d working day later", "%(count)d working days later", one.working_days)
    earlier = ngettext("%(count)d working day earlier", "%(count)d working days earlier", -one.working_days)
    return _("by the plan all of “%(phase)s” is done on %(day)s at the earliest, not on %(was)s: %(change)s") % {
        "phase": title,
        "day": day_text(one.would_be),
        "was": day_text(one.was),
        "change": (later if one.working_days > 0 else earlier) % {"count": abs(one.working_days)},
    }


def _tell_who_waits(rows: list[Row], calendars: dict[str, WorkCalendar]) -> None:
    """Two queries for any number of rows, one where nobody waits."""
    waits = waits_of({row.milestone.initiative.roadmap_id for row in rows})
    moved = {row.milestone.pk: row.would_be for row in rows if row.would_be is not None}
    then = [_as_moved(wait, moved.get(wait.successor)) for wait in waits]
    found: dict[int, list[TooEarly]] = {}
    for code, calendar in calendars.items():
        there = [row for row in rows if row.milestone.initiative.roadmap.calendar == code]
        before = {row.milestone.pk: row.milestone.due_on for row in there}
        after = {row.would_be.pk: row.would_be.due_on for row in there if row.would_be is not None}
        for one in made_worse(
            starting_too_early(before, waits, calendar=calendar), starting_too_early(after, then, calendar=calendar)
        ):
            found.setdefault(one.root, []).append(one)
    shown = [one.milestone for each in found.values() for one in each[:TOLD_OF_EACH]]
    titles = {one.pk: one.title for one in Milestone.objects.filter(pk__in=shown)} if shown else {}
    for row in rows:
        told = found.get(row.milestone.pk, [])
        row.heed += [in_words_of(one, titles.get(one.milestone, "")) for one in told[:TOLD_OF_EACH]]
        if more := len(told[TOLD_OF_EACH:]):
            row.heed.append(
                ngettext(
                    "%(count)d more milestone has to start later", "%(count)d more milestones have to start later", more
                )
                % {"count": more}
            )


def in_words_of(one: TooEarly, title: str) -> str:
    """Who would start too early, and how much later it has to."""
    text = (
        _("“%(title)s” waits for it and starts on %(day)s, but may start on %(first)s at the earliest: %(later)s")
        if one.is_direct
        else _("“%(title)s” further behind starts on %(day)s, but may start on %(first)s at the earliest: %(later)s")
    )
    later = ngettext("%(count)d working day later", "%(count)d working days later", one.working_days)
    return text % {
        "title": title,
        "day": day_text(one.starts_on),
        "first": day_text(one.may_start_on),
        "later": later % {"count": one.working_days},
    }


def _as_moved(wait: Wait, moved: Milestone | None) -> Wait:
    if moved is None:
        return wait
    starts_on: date = moved.planned_start_on
    return Wait(wait.predecessor, wait.successor, wait.lag_working_days, starts_on, moved.due_on)
