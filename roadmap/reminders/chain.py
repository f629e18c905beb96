"""Whom a reminder was told to before it was passed up for want of an answer, and since when nobody answers."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from roadmap.clock import day_in
from roadmap.models import OutboxMessage, ReminderOccurrence
from roadmap.reminders.kinds.facts import Before, Told
from roadmap.vocabulary import UNANSWERED
from roadmap.workdays import WorkCalendar


def with_those_told_before(
    told: Mapping[int, Sequence[Told]],
    row: OutboxMessage,
    *,
    zone: str,
    today: date,
    calendar: Callable[[], WorkCalendar],
) -> Mapping[int, Sequence[Told]]:
    """``told`` (by milestone), where what was passed up knows whom it was told to before, earliest first, and for how
    many working days of ``calendar`` nobody has answered. One query where anything was passed up, none elsewhere."""
    passed_up = [one for several in told.values() for one in several if one.occurrence.step]
    names = {name for one in passed_up for name in names_before(one.name)}
    if not names:
        return told
    heard = _heard(row, milestones=list(told), names=names)
    return {
        milestone: [
            replace(one, before=before, waited_days=calendar().working_days_between(before[0].day, today))
            if one.occurrence.step and (before := _before(heard, milestone, one, zone))
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


def _heard(
    row: OutboxMessage, *, milestones: Sequence[int], names: set[str]
) -> Mapping[tuple[int, int, str], Sequence[tuple[str, datetime]]]:
    """Who heard of what when, by rule, milestone and occurrence; without those who were folded, and its reader."""
    found: defaultdict[tuple[int, int, str], list[tuple[str, datetime]]] = defaultdict(list)
    earlier = (
        ReminderOccurrence.objects.filter(milestone__in=milestones, occurrence__in=names, message__isnull=False)
        .exclude(recipient=row.recipient_id)
        .select_related("recipient", "message")
        .order_by("pk")
    )
    for one in earlier:
        assert one.message is not None  # noqa: S101  # asked for above
        told_at = one.message.sent_at or one.planned_at
        found[one.rule_id, one.milestone_id, one.occurrence].append((str(one.recipient), told_at))
    return found


def _before(
    heard: Mapping[tuple[int, int, str], Sequence[tuple[str, datetime]]], milestone: int, told: Told, zone: str
) -> list[Before]:
    people = [
        Before(name, day_in(zone, at=at))
        for occurrence in names_before(told.name)
        for name, at in heard.get((told.rule, milestone, occurrence), ())
    ]
    return sorted(people, key=lambda one: one.day)
