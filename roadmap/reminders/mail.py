"""What a reminder says: the values of the templates in ``templates/mail/reminder/``; of one milestone, ``items``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from roadmap.clock import day_in
from roadmap.models import OutboxMessage, ReminderOccurrence, Roadmap, WorkdayOverride
from roadmap.outbox.leaving import Leaving
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import COLOURS, address_of, day_text, mail_from
from roadmap.reminders.answers import answers_to
from roadmap.reminders.chain import with_those_told_before
from roadmap.reminders.claimed import beside, checked
from roadmap.reminders.items import Item, item_of
from roadmap.reminders.kinds.kind import Subject, Topic
from roadmap.reminders.news import TOPICS, news_by_milestone
from roadmap.reminders.optional import is_optional
from roadmap.reminders.why import instead_of, why_told
from roadmap.vocabulary import OPEN_STATUSES, MessageKind
from roadmap.workdays import WorkCalendar

# A mail stays below 90 KB (some readers cut longer ones off): so many in full, so many as a line, the rest on the site
IN_FULL, AS_A_LINE = 6, 12
LINES_OF_EACH = 2  # topics further down have at least so many, however long those above


def reminder_mail(row: OutboxMessage, memory: BatchMemory) -> Mail | None:
    """The mail of all that ``row`` carries; None when none of it is so any more."""
    reminders = checked(row, memory)
    told = news_by_milestone(reminders)
    if not told:
        return None
    known = beside(row, reminders, memory)
    lines = sorted((known.lines[pk] for pk in told), key=lambda line: (line.milestone.due_on, line.milestone.pk))
    milestones = [line.milestone for line in lines]
    roadmaps = list({one.initiative.roadmap_id: one.initiative.roadmap for one in milestones}.values())
    days = [(roadmap, day_in(roadmap.time_zone, at=memory.now)) for roadmap in roadmaps]
    found: dict[int, Item] = {}
    for roadmap, today in days:  # each milestone by the day, the zone and the working days of its own roadmap
        own = [line for line in lines if line.milestone.initiative.roadmap_id == roadmap.pk]
        own_told = with_those_told_before(
            {line.milestone.pk: told[line.milestone.pk] for line in own},
            known.heard,
            reader=row.recipient_id,
            zone=roadmap.time_zone,
            today=today,
            calendar=partial(_calendar, roadmap.calendar, memory),
        )
        are_open = [line.milestone for line in own if line.milestone.status in OPEN_STATUSES]
        led, issued_on = known.led[row.recipient_id], row.created_at.date()
        answers = answers_to(are_open, row.recipient, led=led, issued_on=issued_on, today=today)
        for line in own:
            pk = line.milestone.pk
            item = item_of(line, own_told[pk], answers.get(pk, ()), reader=row.recipient, today=today)
            found[pk] = item if len(roadmaps) == 1 else replace(item, place=f"{roadmap.title} · {item.place}")
    items = [found[milestone.pk] for milestone in milestones]
    by_topic = {topic: several for topic in TOPICS if (several := [item for item in items if item.topic is topic])}
    numbers = {topic: len(several) for topic, several in by_topic.items()}
    openings = [words for topic in TOPICS if (words := topic.opening(numbers))]
    subject = _subject(by_topic)
    asks_nothing = all(item.is_for_information for item in items)
    words = _("For information: %(subject)s") % {"subject": subject.words} if asks_nothing else subject.words
    return mail_from(
        "reminder",
        {
            "language": row.language,
            "person": row.recipient,
            "heads": _heads(days),
            "subject": words,
            "first": next(item for item in items if item.situation is subject.named),
            "opening": [*openings, *instead_of(milestones, row.recipient, memory)],
            "groups": _groups(by_topic),
            "unlisted": max(len(items) - IN_FULL - AS_A_LINE, 0),
            "list_address": address_of("/milestones/"),
            "is_provisional": any(news.is_provisional for several in told.values() for news in several),
            "why": why_told(told, milestones, row.recipient),
        },
        leaving=Leaving(MessageKind.REMINDER, row.recipient_id) if _may_be_left(reminders) else None,
    )


def _may_be_left(reminders: Sequence[ReminderOccurrence]) -> bool:
    """Whether any of them is optional."""
    return any(is_optional(one.occurrence, audience=one.audience) for one in reminders)


def _subject(by_topic: Mapping[Topic, Sequence[Item]]) -> Subject:
    """The most pressing topic's own; else words that fit all, on its first milestone."""
    listed = {topic: [item.situation for item in several] for topic, several in by_topic.items()}
    first_topic, first_items = next(iter(by_topic.items()))
    if own := first_topic.subject(listed):
        return own
    first, number = first_items[0], sum(len(several) for several in by_topic.values())
    values = {"more": number - 1, "title": first.situation.title, "headline": first.headline}
    words = _("%(headline)s: “%(title)s”") if number == 1 else _("%(headline)s: “%(title)s”, and %(more)d more")
    return Subject(words % values, first.situation)


@dataclass(frozen=True)
class Head:
    """The titles of roadmaps that are told of, and the day that it is in them."""

    roadmaps: str
    today: str


def _heads(days: Sequence[tuple[Roadmap, date]]) -> list[Head]:
    """One for each day that it is anywhere."""
    titles: dict[date, list[str]] = {}
    for roadmap, day in days:
        titles.setdefault(day, []).append(roadmap.title)
    return [Head(_(", ").join(several), day_text(day)) for day, several in titles.items()]


def _calendar(code: str, memory: BatchMemory) -> WorkCalendar:
    return memory.once_a_plan(("working days", code), lambda: WorkdayOverride.objects.calendar(code))


@dataclass(frozen=True)
class Group:
    """The milestones of one topic: some in full, some as a line."""

    heading: str
    colour: str
    tone: str  # the class of its heading, for readers in the dark
    lines: Sequence[str]  # what is said once of all of them
    in_full: Sequence[Item]
    as_a_line: Sequence[Item]


def _groups(by_topic: Mapping[Topic, list[Item]]) -> list[Group]:
    full, lines = IN_FULL, AS_A_LINE
    awaited = sum(min(len(items), LINES_OF_EACH) for items in by_topic.values())
    groups = []
    for topic, items in by_topic.items():
        awaited -= min(len(items), LINES_OF_EACH)
        in_full = items[:full]
        as_a_line = items[len(in_full) : len(in_full) + lines - awaited]
        full, lines = full - len(in_full), lines - len(as_a_line)
        if in_full or as_a_line:
            said = topic.lines([item.situation for item in items])
            groups.append(Group(str(topic.heading), COLOURS[topic.colour], topic.tone, said, in_full, as_a_line))
    return groups
