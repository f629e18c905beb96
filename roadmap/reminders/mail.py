"""What a reminder says: the values of the templates in ``templates/mail/reminder/``; of one milestone, ``items``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.clock import day_in
from roadmap.models import Milestone, OutboxMessage, Roadmap, WorkdayOverride
from roadmap.outbox.leaving import Leaving
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import COLOURS, address_of, day_text, mail_from, shortened
from roadmap.progress.facts import milestone_lines
from roadmap.reminders.answers import answers_to
from roadmap.reminders.chain import with_those_told_before
from roadmap.reminders.items import Item, item_of
from roadmap.reminders.news import Topic, news_by_milestone
from roadmap.reminders.optional import tells_optional
from roadmap.reminders.why import instead_of, why_told
from roadmap.vocabulary import OPEN_STATUSES, MessageKind
from roadmap.workdays import WorkCalendar

# A mail stays below 90 KB (some readers cut longer ones off): so many in full, so many as a line, the rest on the site
IN_FULL, AS_A_LINE = 6, 12
LINES_OF_EACH = 2  # topics further down have at least so many, however long those above


def reminder_mail(row: OutboxMessage, memory: BatchMemory) -> Mail | None:
    """The mail of all that ``row`` carries; None when none of it is so any more."""
    told = news_by_milestone(row)
    if not told:
        return None
    milestones = list(
        Milestone.objects.filter(pk__in=told)
        .select_related("initiative__roadmap", "initiative__pillar", "phase", "organisation", "owner")
        .order_by("due_on", "pk")
    )
    roadmaps = list(dict.fromkeys(milestone.initiative.roadmap for milestone in milestones))
    days = [(roadmap, day_in(roadmap.time_zone, at=memory.now)) for roadmap in roadmaps]
    found: dict[int, Item] = {}
    for roadmap, today in days:  # each milestone by the day, the zone and the working days of its own roadmap
        own = [milestone for milestone in milestones if milestone.initiative.roadmap_id == roadmap.pk]
        told = {
            **told,
            **with_those_told_before(
                {one.pk: told[one.pk] for one in own},
                row,
                zone=roadmap.time_zone,
                today=today,
                calendar=partial(_calendar, roadmap.calendar, memory),
            ),
        }
        are_open = [milestone for milestone in own if milestone.status in OPEN_STATUSES]
        answers = answers_to(are_open, row.recipient, issued_on=row.created_at.date(), today=today)
        for line in milestone_lines(own, as_of=today):
            pk = line.milestone.pk
            item = item_of(line, told[pk], answers.get(pk, ()), reader=row.recipient, today=today)
            found[pk] = item if len(roadmaps) == 1 else replace(item, place=f"{roadmap.title} · {item.place}")
    items = [found[milestone.pk] for milestone in milestones]
    by_topic = {topic: [item for item in items if item.topic == topic] for topic in Topic}
    ordered = [item for topic in Topic for item in by_topic[topic]]
    late, ahead = by_topic[Topic.LATE], by_topic[Topic.AHEAD]
    first = ordered[0] if len(ordered) > len(late) + len(ahead) else (ahead or late)[0]
    return mail_from(
        "reminder",
        {
            "language": row.language,
            "person": row.recipient,
            "heads": _heads(days),
            "late": late,
            "ahead": ahead,
            "others": len(ordered) - len(late) - len(ahead),
            "number": len(ordered),
            "first": first,
            "first_title": shortened(first.title, width=44),
            "opening": [*_opening(by_topic), *instead_of(milestones, row.recipient, memory)],
            "groups": _groups(by_topic),
            "unlisted": max(len(items) - IN_FULL - AS_A_LINE, 0),
            "list_address": address_of("/milestones/"),
            "is_provisional": any(news.is_provisional for several in told.values() for news in several),
            "why": why_told(told, milestones, row.recipient),
        },
        leaving=Leaving(MessageKind.REMINDER, row.recipient_id) if tells_optional(row) else None,
    )


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
    in_full: Sequence[Item]
    as_a_line: Sequence[Item]


def _groups(by_topic: dict[Topic, list[Item]]) -> list[Group]:
    headings = {
        Topic.UNANSWERED: (_("Nobody has answered"), "red", "late"),
        Topic.LATE: (_("Overdue"), "red", "late"),
        Topic.UNVERIFIED: (_("Reported as done, not confirmed"), "amber", "warn"),
        Topic.EVIDENCE: (_("Evidence missing"), "amber", "warn"),
        Topic.SILENT: (_("No report for a long time"), "amber", "warn"),
        Topic.AHEAD: (_("Coming up"), "green", "good"),
    }
    full, lines = IN_FULL, AS_A_LINE
    awaited = sum(min(len(items), LINES_OF_EACH) for items in by_topic.values())
    groups = []
    for topic, items in by_topic.items():
        awaited -= min(len(items), LINES_OF_EACH)
        in_full = items[:full]
        as_a_line = items[len(in_full) : len(in_full) + lines - awaited]
        full, lines = full - len(in_full), lines - len(as_a_line)
        if in_full or as_a_line:
            heading, colour, tone = headings[topic]
            groups.append(Group(heading, COLOURS[colour], tone, in_full, as_a_line))
    return groups


def _opening(by_topic: dict[Topic, list[Item]]) -> list[str]:
    """How many milestones of which topic, a sentence each."""
    late, ahead = len(by_topic[Topic.LATE]), len(by_topic[Topic.AHEAD])
    said = []
    if number := len(by_topic[Topic.UNANSWERED]):
        said.append(
            ngettext(
                "Reminders of %(count)d milestone have gone unanswered.",
                "Reminders of %(count)d milestones have gone unanswered.",
                number,
            )
            % {"count": number}
        )
    if late and ahead:
        said.append(
            ngettext(
                "%(count)d milestone is overdue and %(coming)d coming up.",
                "%(count)d milestones are overdue and %(coming)d coming up.",
                late,
            )
            % {"count": late, "coming": ahead}
        )
    elif late:
        said.append(
            ngettext("%(count)d milestone is overdue.", "%(count)d milestones are overdue.", late) % {"count": late}
        )
    elif ahead:
        said.append(
            ngettext("%(count)d milestone is coming up.", "%(count)d milestones are coming up.", ahead)
            % {"count": ahead}
        )
    if number := len(by_topic[Topic.UNVERIFIED]):
        said.append(
            ngettext(
                "%(count)d milestone is reported as done and awaits confirmation.",
                "%(count)d milestones are reported as done and await confirmation.",
                number,
            )
            % {"count": number}
        )
    if number := len(by_topic[Topic.EVIDENCE]):
        said.append(
            ngettext(
                "Evidence is missing for %(count)d milestone.", "Evidence is missing for %(count)d milestones.", number
            )
            % {"count": number}
        )
    if number := len(by_topic[Topic.SILENT]):
        said.append(
            ngettext(
                "%(count)d milestone has had no report for a long time.",
                "%(count)d milestones have had no report for a long time.",
                number,
            )
            % {"count": number}
        )
    return said
