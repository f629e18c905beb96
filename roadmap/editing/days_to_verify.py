"""The days by which completions are to be verified, worked out anew when other days are worked than before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import models

from roadmap.models import Milestone, Roadmap, WorkdayOverride
from roadmap.models.history import SYSTEM, Actor, note_changes
from roadmap.vocabulary import CalendarCode
from roadmap.workdays import WorkCalendar


@contextmanager
def days_to_verify_move_along(instance: models.Model, *, by: Actor, reason: str) -> Iterator[None]:
    """Around a change of ``instance``, in the act's transaction: where it changes which days a roadmap works, each of
    its days to verify stays as many working days after the completion as it was."""
    if not isinstance(instance, WorkdayOverride | Roadmap):
        yield
        return
    before = _calendars()
    yield
    after = _calendars()
    for pk, calendar in before.items():
        new = after.get(pk, calendar)
        if new != calendar:
            done = Milestone.objects.filter(initiative__roadmap=pk, completed_on__isnull=False)
            if new.code == calendar.code:
                days = {day for day, _is_working in {*calendar.overrides.items()} ^ {*new.overrides.items()}}
                done = done.filter(completed_on__lt=max(days), verify_by__gte=min(days)) if days else done.none()
            _move(done, pk, was=calendar, now=new, by=by, reason=reason)


def work_out_days_to_verify(calendar: CalendarCode, year: int) -> None:
    """Those in the year, of which the schedule has become known, or later; by the days that each roadmap gives now."""
    for roadmap in Roadmap.objects.filter(calendar=calendar):
        worked = WorkdayOverride.objects.calendar(calendar)
        done = Milestone.objects.filter(initiative__roadmap=roadmap, verify_by__gte=date(year, 1, 1))
        _write(
            {
                row: worked.shift(row.completed_on, roadmap.verify_within_days)
                for row in _locked(done)
                if row.completed_on is not None
            },
            by=SYSTEM,
            reason="",
        )


def _calendars() -> dict[int, WorkCalendar]:
    """The working days of each roadmap, by its primary key."""
    by_code = {code: WorkdayOverride.objects.calendar(code) for code in CalendarCode}
    return {pk: by_code[CalendarCode(code)] for pk, code in Roadmap.objects.order_by().values_list("pk", "calendar")}


def _move(
    done: models.QuerySet[Milestone], roadmap: int, *, was: WorkCalendar, now: WorkCalendar, by: Actor, reason: str
) -> None:
    moved = {}
    for row in _locked(done):
        if row.completed_on is not None and row.verify_by is not None:
            moved[row] = now.shift(row.completed_on, was.working_days_between(row.completed_on, row.verify_by))
    _write(moved, by=by, reason=reason)


def _locked(done: models.QuerySet[Milestone]) -> models.QuerySet[Milestone]:
    return done.filter(verify_by__isnull=False).order_by("pk").select_for_update(of=("self",), no_key=True)


def _write(days: dict[Milestone, date], *, by: Actor, reason: str) -> None:
    """Of the rows, those whose day is another. Two statements."""
    others = [row for row, day in days.items() if row.verify_by != day]
    for row in others:
        row.verify_by = days[row]
    Milestone.objects.bulk_update(others, ["verify_by"])
    note_changes(others, by=by, reason=reason)
