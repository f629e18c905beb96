"""The reminders of claimed mails with all that decides whether they may go, and what their words need beside that.

The first is asked of each mail right before it is made, in one query; the second is fetched once for all mails that are
claimed together, and used as long as the first says that the milestones are as they were.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery

from roadmap.clock import day_in
from roadmap.models import (
    Acknowledgement,
    Evidence,
    Leave,
    Milestone,
    OutboxMessage,
    ProgressUpdate,
    ReminderOccurrence,
    Snooze,
)
from roadmap.outbox.render import BatchMemory
from roadmap.progress.facts import MilestoneLine, milestone_lines
from roadmap.reminders.chain import Heard, heard_before
from roadmap.reminders.milestone_facts import LastReport, Reports
from roadmap.reminders.recipients import Recipients, recipients_for
from roadmap.rights import paths_led_by
from roadmap.vocabulary import Audience, MessageState

PEOPLE_AGE_SECONDS = 5  # for so long it is believed who leads, watches and contributes
_DAY = timedelta(days=1)  # no zone is further from UTC

# until when the reader of a reminder has snoozed those of its milestone, by its present due date
_SNOOZED = Subquery(
    Snooze.objects.filter(
        milestone=OuterRef("milestone"), person=OuterRef("recipient"), due_on=OuterRef("milestone__due_on")
    ).values("until")[:1]
)
# whether a mail that went again since the reminder was planned, or will, tells of its milestone as it is on that day
ON_ITS_WAY = Q(message__state__in=[MessageState.PENDING, MessageState.SENDING], message__repeats__gt=0)
_TOLD_AGAIN = Exists(
    ReminderOccurrence.objects.exclude(message=OuterRef("message")).filter(
        ON_ITS_WAY
        | Q(message__state=MessageState.SENT, message__repeats__gt=0, message__sent_at__gte=OuterRef("planned_at")),
        recipient=OuterRef("recipient"),
        milestone=OuterRef("milestone"),
        rule=OuterRef("rule"),
    )
)


def reminders_in(rows: Sequence[OutboxMessage], *, now: datetime) -> list[Any]:
    """The reminders that ``rows`` carry, each with rule, milestone, phase, and what decides whether it is still true:
    one query for any number."""
    reported = ProgressUpdate.objects.filter(milestone=OuterRef("milestone"))
    latest = reported.order_by("-reported_on", "-id")
    noted = Acknowledgement.objects.filter(milestone=OuterRef("milestone"), due_on=OuterRef("milestone__due_on"))
    away = Leave.objects.filter(
        person=OuterRef("recipient"), from_on__lte=(now + _DAY).date(), until_on__gte=(now - _DAY).date()
    )
    return list(
        ReminderOccurrence.objects.filter(message__in=rows)
        .annotate(
            snoozed=_SNOOZED,
            told_again=_TOLD_AGAIN,
            may_be_away=Exists(away),
            report_day=Subquery(latest.values("reported_on")[:1]),
            report_percent=Subquery(latest.values("percent_complete")[:1]),
            report_at=Subquery(latest.values("recorded_at")[:1]),
            last_report_at=Subquery(reported.order_by("-recorded_at").values("recorded_at")[:1]),
            last_noted_at=Subquery(noted.order_by("-at").values("at")[:1]),
            has_evidence=Exists(Evidence.objects.filter(milestone=OuterRef("milestone"))),
            zone=F("milestone__initiative__roadmap__time_zone"),
        )
        .select_related("rule", "milestone__phase", "instead_of")
        .order_by("pk")
    )


def checked(row: OutboxMessage, memory: BatchMemory) -> list[Any]:
    """The reminders of ``row`` as its check has left them; asked of the database where there was none."""
    kept = _kept(memory)
    if row.pk not in kept:
        kept[row.pk] = reminders_in([row], now=memory.now)
    return kept[row.pk]


def check_anew(row: OutboxMessage, memory: BatchMemory) -> list[Any]:
    """The reminders of ``row`` as they are now; one query."""
    _kept(memory).clear()  # mails are made one after the other
    return checked(row, memory)


def take_out(row: OutboxMessage, gone: Collection[int], memory: BatchMemory) -> None:
    """The mail tells those no longer that have the numbers ``gone``, and has to be made anew."""
    kept = _kept(memory)
    kept[row.pk] = [one for one in checked(row, memory) if one.pk not in gone]
    row.rendered = None


def _kept(memory: BatchMemory) -> dict[int, list[Any]]:
    kept: dict[int, list[Any]] = memory.once("reminders checked", dict)
    return kept


def reports_in(reminders: Sequence[Any]) -> Reports:
    """What was reported on their milestones. No query."""
    return Reports(
        last={
            one.milestone_id: LastReport(one.report_day, one.report_percent, one.report_at)
            for one in reminders
            if one.report_day is not None
        },
        with_evidence=frozenset(one.milestone_id for one in reminders if one.has_evidence),
    )


def last_answer(reminder: Any) -> datetime | None:
    """When its milestone was last reported on, or acknowledged for its present due date. No query."""
    return max((at for at in (reminder.last_report_at, reminder.last_noted_at) if at), default=None)


@dataclass(frozen=True)
class Beside:
    """What mails need beside their reminders, as it was when it was fetched."""

    lines: Mapping[int, MilestoneLine]  # by milestone, which has its frame and people at hand
    heard: Heard
    led: Mapping[int, Sequence[str]]  # by reader: the paths of the organisations that they lead
    now: datetime
    _people: list[tuple[float, Recipients]] = field(default_factory=list)  # and when they were fetched

    def people(self) -> Recipients:
        """Who can be meant for the milestones, as it was a few seconds ago at most."""
        if not self._people or monotonic() - self._people[0][0] > PEOPLE_AGE_SECONDS:
            milestones = [one.milestone for one in self.lines.values()]
            self._people[:] = [(monotonic(), recipients_for(milestones, audiences=list(Audience), now=self.now))]
        return self._people[0][1]

    def fits(self, reminders: Sequence[Any]) -> bool:
        """Whether the milestones, and the reports on them, are still as they were."""
        return all(self._fits(one) for one in reminders)

    def _fits(self, reminder: Any) -> bool:
        line = self.lines.get(reminder.milestone_id)
        if line is None or _values(line.milestone) != _values(reminder.milestone):
            return False
        update = line.latest_update
        told = (update.reported_on, update.percent_complete, update.recorded_at) if update else (None, None, None)
        return told == (reminder.report_day, reminder.report_percent, reminder.report_at)


def prepare_reminders(rows: Sequence[OutboxMessage], memory: BatchMemory) -> None:
    """Fetch for all of ``rows``, claimed together, what their words need, and whom their rules mean."""
    fetched = _fetched(memory)
    fetched[:] = [_beside(reminders_in(rows, now=memory.now), rows, memory)]


def beside(row: OutboxMessage, reminders: Sequence[Any], memory: BatchMemory) -> Beside:
    """What was fetched for the mails claimed together, where it fits; else for this one alone."""
    for known in _fetched(memory):
        if known.fits(reminders) and row.recipient_id in known.led:
            return known
    return _beside(reminders, [row], memory)


def people_meant(
    row: OutboxMessage, reminders: Sequence[Any], memory: BatchMemory
) -> tuple[Mapping[int, Milestone], Recipients]:
    """The milestones of ``reminders`` by number, and whom rules can mean for them."""
    known = beside(row, reminders, memory)
    return {pk: line.milestone for pk, line in known.lines.items()}, known.people()


def _fetched(memory: BatchMemory) -> list[Beside]:
    fetched: list[Beside] = memory.once("reminders prepared", list)
    return fetched


def _beside(reminders: Sequence[Any], rows: Sequence[OutboxMessage], memory: BatchMemory) -> Beside:
    """Queries for each day that it is in the roadmaps, and not for each milestone, reader or mail."""
    by_zone: defaultdict[str, set[int]] = defaultdict(set)
    for one in reminders:
        by_zone[one.zone].add(one.milestone_id)
    lines: dict[int, MilestoneLine] = {}
    frame = ("initiative__roadmap", "initiative__pillar", "phase", "organisation", "owner")
    for zone, numbers in by_zone.items():
        milestones = list(Milestone.objects.filter(pk__in=numbers).select_related(*frame))
        as_of = day_in(zone, at=memory.now)
        lines |= {line.milestone.pk: line for line in milestone_lines(milestones, as_of=as_of)}
    return Beside(
        lines=lines,
        heard=heard_before(reminders),
        led=paths_led_by({row.recipient_id for row in rows}),
        now=memory.now,
    )


def _values(milestone: Milestone) -> list[Any]:
    return [getattr(milestone, column.attname) for column in Milestone._meta.concrete_fields]
