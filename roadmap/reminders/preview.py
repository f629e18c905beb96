"""The reminder that a person would get on a day if nothing had been told yet. Nothing is planned by it."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import F

from roadmap.clock import instant_at
from roadmap.models import Milestone, OutboxMessage, Person, ReminderOccurrence, ReminderRule
from roadmap.outbox.rehearsal import NOBODYS_ADDRESS, rehearsed
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import MessageKind, MessageState, MilestoneStatus

MOST_MILESTONES = 500


def reminder_preview(person: Person, *, language: str, day: date, rule: ReminderRule | None = None) -> bytes | None:
    """The mail's bytes as at noon, of ``rule`` alone where one is given; None when there is nothing to tell them.

    Of a very large plan, the first ``MOST_MILESTONES`` by due date are looked at, what is open before what is done.
    """
    now = instant_at(day, time(12), zone=person.time_zone)
    return rehearsed(lambda: _planned(person, language, now, rule), now=now)


def _planned(person: Person, language: str, now: datetime, rule: ReminderRule | None) -> OutboxMessage | None:
    people = Person.objects.filter(pk=person.pk)
    people.update(language=language, is_active=True, optional_reminders=True)
    people.filter(email="").update(email=NOBODYS_ADDRESS)
    waiting = OutboxMessage.objects.filter(recipient=person, kind=MessageKind.REMINDER, state=MessageState.PENDING)
    ReminderOccurrence.objects.filter(recipient=person).delete()
    waiting.delete()
    if rule is not None:
        ReminderRule.objects.exclude(pk=rule.pk).update(is_active=False)
        ReminderRule.objects.filter(pk=rule.pk).update(is_active=True)
    for one in ReminderRule.objects.filter(is_active=True).select_related("roadmap"):  # noon is each rule's hour
        there = now.astimezone(ZoneInfo(one.roadmap.time_zone)).time()
        ReminderRule.objects.filter(pk=one.pk).update(send_at=there)
    Milestone.objects.filter(remind_at__isnull=False).update(remind_at=None)
    meant = Milestone.objects.exclude(status=MilestoneStatus.CANCELLED)
    nearest = meant.order_by(F("completed_on").desc(nulls_first=True), "due_on", "pk")
    looked_at = list(nearest.values_list("pk", flat=True)[:MOST_MILESTONES])
    Milestone.objects.filter(pk__in=looked_at).update(remind_at=now)
    plan_due_reminders(now=now, limit=MOST_MILESTONES)
    return waiting.select_related("recipient").order_by("-pk").first()
