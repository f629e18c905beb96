"""What stands around the milestones of ``bench.rows`` once a programme has run for years: mail, evidence, history."""

from datetime import datetime, timedelta
from itertools import pairwise

from roadmap.editing.baselines import set_baseline
from roadmap.models import (
    Deliverable,
    Dependency,
    Evidence,
    Milestone,
    OutboxMessage,
    Person,
    ReminderOccurrence,
    ReminderRule,
    Roadmap,
)
from roadmap.models.history import SYSTEM, note_change
from roadmap.vocabulary import MessageState

TOGETHER = 1000
CHANGES_OF_THE_LAST = 100


def fill_around(roadmap: Roadmap, *, now: datetime) -> None:
    """For each milestone a deliverable, evidence, a dependency and a mail that was sent; a baseline, six rules, and one
    milestone that was changed a hundred times. A seventh of the milestones is done."""
    milestones = list(Milestone.objects.order_by("pk"))
    people = list(Person.objects.order_by("pk"))
    Deliverable.objects.bulk_create(
        [Deliverable(milestone=one, title_zh="交付物", title_en="Deliverable") for one in milestones], TOGETHER
    )
    Evidence.objects.bulk_create(
        [Evidence(milestone=one, kind="note", title="Note", note="Seen.") for one in milestones], TOGETHER
    )
    Dependency.objects.bulk_create(
        [Dependency(predecessor=one, successor=other) for one, other in pairwise(milestones)], TOGETHER
    )
    rules = [
        ReminderRule.objects.create(
            roadmap=roadmap, code=f"r-{number}", name_zh="规则", name_en="Rule", offsets=[30, 7, 0]
        )
        for number in range(6)
    ]
    messages = OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                key=f"reminder/{one.pk}",
                kind="reminder",
                recipient=people[number % len(people)],
                address=f"owner-{number}@example.org",
                language="en",
                subject="Reminder",
                deliver_after=now - timedelta(days=number % 300),
                state=MessageState.SENT,
                sent_at=now - timedelta(days=number % 300),
            )
            for number, one in enumerate(milestones)
        ],
        TOGETHER,
    )
    ReminderOccurrence.objects.bulk_create(
        [
            ReminderOccurrence(
                rule=rules[number % 6],
                milestone=one,
                recipient=message.recipient,
                occurrence=f"due={one.due_on}/T-30",
                message=message,
            )
            for number, (one, message) in enumerate(zip(milestones, messages, strict=True))
        ],
        TOGETHER,
    )
    set_baseline(roadmap, by=SYSTEM, now=now, name="Approved", reason="", approved_on=roadmap.starts_on)
    past = [one for one in milestones if one.due_on < now.date()]
    for one in past[::3]:
        one.status, one.completed_on = "done", one.due_on
    Milestone.objects.bulk_update(past[::3], ["status", "completed_on"], TOGETHER)
    Milestone.history.bulk_history_create(milestones, batch_size=TOGETHER)
    for number in range(CHANGES_OF_THE_LAST):
        milestones[-1].weight += 1
        note_change(milestones[-1], by=SYSTEM, reason=f"Change {number}")
        milestones[-1].save()
