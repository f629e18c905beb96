"""Whom a reminder was told to before it was passed up for want of an answer, and since when nobody answers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from roadmap.clock import day_in
from roadmap.models import ReminderOccurrence
from roadmap.reminders.kinds.facts import Before, Told, read_occurrence
from roadmap.vocabulary import UNANSWERED
from roadmap.workdays import WorkCalendar

# Who heard of what when: by rule, milestone and occurrence, (number, name, instant) of each
Heard = Mapping[tuple[int, int, str], Sequence[tuple[int, str, datetime]]]


def with_those_told_before(
    told: Mapping[int, Sequence[Told]],
    heard: Heard,
    *,
    reader: int,
    zone: str,
    today: date,
    calendar: Callable[[], WorkCalendar],
) -> Mapping[int, Sequence[Told]]:
    """``told`` (by milestone), where what was passed up knows whom beside its ``reader`` it was told to before,
    earliest first, and for how many working days of ``calendar`` nobody has answered. No query but the calendar's."""
    return {
        milestone: [
            replace(one, before=before, waited_days=calendar().working_days_between(before[0].day, today))
            if one.occurrence.step and (before := _before(heard, milestone, one, reader=reader, zone=zone))
            else one
            for one in several
        ]
        for milestone, several in told.items()
    }


def names_before(occurrence: str) -> list[str]:
    """The occurrences that came before ``due=2026-12-31/unanswered-T-30-2``: ``…/T-30`` and ``…/unanswered-T-30-1``."""
    subject, _slash, asked = occurrence.partition("/")
    first, _dash, step = asked.removeprefix(UNANSWERED).rpartition("-")
    return [f"{subject}/{first}", *(f"{subject}/{UNANSWERED}{first}-{earlier}" for earlier in range(1, int(step)))]


def heard_before(reminders: Iterable[ReminderOccurrence]) -> Heard:
    """Who was told what came before those of ``reminders`` that were passed up; without those who were folded. One
    query where anything was passed up, none elsewhere."""
    found: defaultdict[tuple[int, int, str], list[tuple[int, str, datetime]]] = defaultdict(list)
    passed_up = [one for one in reminders if read_occurrence(one.occurrence).step]
    if not passed_up:
        return found
    earlier = (
        ReminderOccurrence.objects.filter(
            milestone__in={one.milestone_id for one in passed_up},
            occurrence__in={name for one in passed_up for name in names_before(one.occurrence)},
            message__isnull=False,
        )
        .select_related("recipient", "message")
        .order_by("pk")
    )
    for one in earlier:
        assert one.message is not None  # noqa: S101  # asked for above
        told_at = one.message.sent_at or one.planned_at
        found[one.rule_id, one.milestone_id, one.occurrence].append((one.recipient_id, str(one.recipient), told_at))
    return found


def _before(heard: Heard, milestone: int, told: Told, *, reader: int, zone: str) -> list[Before]:
    people = [
        Before(name, day_in(zone, at=at))
        for occurrence in names_before(told.name)
        for number, name, at in heard.get((told.rule, milestone, occurrence), ())
        if number != reader
    ]
    return sorted(people, key=lambda one: one.day)
