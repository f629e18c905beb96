"""The tick of the reminders: milestones whose time has come → occurrences and mails, in one transaction a batch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from roadmap.models import Milestone, OutboxMessage, Person, ReminderOccurrence, ReminderRule, WorkdayOverride
from roadmap.outbox.insert import NewMessage, insert_once
from roadmap.reminders.plan import RuleFacts, news_among, next_look, thresholds_crossed
from roadmap.reminders.recipients import Recipients, recipients_for
from roadmap.reminders.scope import speaks_of
from roadmap.vocabulary import OPEN_STATUSES, DayKind, MessageKind, MessageState
from roadmap.workdays import WorkCalendar

# When a threshold is crossed and nobody can be told (no owner, no lead, no office with an address): look again then
ASK_AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class News:
    """What one rule earns for one milestone and one person; ``told`` is None where all is folded."""

    rule: ReminderRule
    milestone: Milestone
    recipient: Person
    told: str | None
    folded: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    """What a batch is judged by, fetched once."""

    rules: Sequence[ReminderRule]
    recipients: Recipients
    calendar: WorkCalendar
    planned: dict[tuple[int, int, int], set[str]]  # by rule, milestone, recipient


def plan_due_reminders(*, now: datetime, limit: int = 500) -> int:
    """Plan what up to ``limit`` milestones have earned by ``now``; returns how many were looked at.

    Safe to run twice, late, or beside itself: what is locked by another run is left to it. The number of queries does
    not depend on the number of milestones (writes go in the database's own batches).
    """
    with transaction.atomic():
        milestones = _milestones_due(now, limit)
        if not milestones:
            return 0
        known = _known_about(milestones)
        news: list[News] = []
        for milestone in milestones:
            earned, milestone.remind_at = _look_at(milestone, known, now)
            news += earned
        _write(news, now)
        Milestone.objects.bulk_update(milestones, ["remind_at"])
    return len(milestones)


def _milestones_due(now: datetime, limit: int) -> list[Milestone]:
    due = Milestone.objects.filter(remind_at__lte=now).order_by("remind_at", "pk")
    with_frame = due.select_related("initiative__roadmap", "organisation", "owner")
    return list(with_frame.select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])


def _known_about(milestones: Sequence[Milestone]) -> _Known:
    """Rules are read after the milestones are locked: a rule changed meanwhile asks for another look at them."""
    roadmaps = {milestone.initiative.roadmap_id for milestone in milestones}
    rules = ReminderRule.objects.filter(roadmap__in=roadmaps, is_active=True).select_related("organisation")
    planned: defaultdict[tuple[int, int, int], set[str]] = defaultdict(set)
    earlier = ReminderOccurrence.objects.filter(milestone__in=milestones).order_by()
    for rule, milestone, recipient, name in earlier.values_list("rule", "milestone", "recipient", "occurrence"):
        planned[rule, milestone, recipient].add(name)
    return _Known(
        rules=list(rules),
        recipients=recipients_for(milestones),
        calendar=WorkCalendar(dict(WorkdayOverride.objects.filter(calendar="CN").values_list("day", "is_working"))),
        planned=planned,
    )


def _look_at(milestone: Milestone, known: _Known, now: datetime) -> tuple[list[News], datetime | None]:
    """What the milestone has earned, and when to look at it again (None: never, until somebody edits it)."""
    if milestone.status not in OPEN_STATUSES:
        return [], None
    news: list[News] = []
    looks: list[datetime] = []
    zone = milestone.initiative.roadmap.time_zone
    for rule in known.rules:
        if not speaks_of(rule, milestone):
            continue
        facts = _facts_of(rule)
        ahead = next_look(facts, due_on=milestone.due_on, zone=zone, calendar=known.calendar, now=now)
        looks += [ahead] if ahead else []
        crossed = thresholds_crossed(facts, due_on=milestone.due_on, zone=zone, calendar=known.calendar, now=now)
        if not crossed:
            continue
        people = known.recipients.of(rule.audience, milestone)
        looks += [] if people else [now + ASK_AGAIN_AFTER]
        for person in people:
            earned = news_among(crossed, planned=known.planned.get((rule.pk, milestone.pk, person.pk), frozenset()))
            news.append(News(rule, milestone, person, earned.told, earned.folded))
    return news, min(looks, default=None)


def _facts_of(rule: ReminderRule) -> RuleFacts:
    return RuleFacts(
        offsets=tuple(rule.offsets),
        in_working_days=rule.day_kind == DayKind.WORKING,
        overdue_every_days=rule.overdue_every_days,
        send_at=rule.send_at,
    )


def _write(news: Sequence[News], now: datetime) -> None:
    """One mail a person for all that is told, and an occurrence for each thing told or folded."""
    told: defaultdict[Person, list[News]] = defaultdict(list)
    for item in news:
        if item.told:
            told[item.recipient].append(item)
    mails = _mails_for(told, now)
    ReminderOccurrence.objects.bulk_create(
        ReminderOccurrence(
            rule=item.rule,
            milestone=item.milestone,
            recipient=item.recipient,
            occurrence=name,
            message=mails[item.recipient] if name == item.told else None,
        )
        for item in news
        for name in (*item.folded, *([item.told] if item.told else []))
    )


def _mails_for(told: dict[Person, list[News]], now: datetime) -> dict[Person, OutboxMessage]:
    """The mail that carries each person's news: one that still waits, if any, so that an outage ends in one mail."""
    if not told:
        return {}
    waiting = OutboxMessage.objects.select_for_update(of=("self",), no_key=True).filter(
        recipient__in=told, kind=MessageKind.REMINDER, state=MessageState.PENDING
    )
    mails: dict[Person, OutboxMessage] = {}
    for row in waiting.select_related("recipient").order_by("pk"):
        mails.setdefault(row.recipient, row)
    OutboxMessage.objects.filter(pk__in=[row.pk for row in mails.values()]).update(rendered=None)
    keys = {person: _key(person, items) for person, items in told.items() if person not in mails}
    rows = insert_once(
        [NewMessage(key=key, kind=MessageKind.REMINDER, recipient=person) for person, key in keys.items()],
        deliver_after=now,
    )
    return mails | {person: rows[key] for person, key in keys.items()}


def _key(person: Person, items: Iterable[News]) -> str:
    """The mail's name by business facts: whom, and which crossings of which rules."""
    names = sorted(f"{item.rule.code}/{item.milestone.code}/{item.told}" for item in items)
    return f"reminder/p{person.pk}/{sha256('|'.join(names).encode()).hexdigest()[:16]}"
