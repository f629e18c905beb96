"""The people, milestones and subscriptions of a run, made from its seed, and the first facts about them.

Rows are written directly; every change after that goes through the program's acts (``script.py``).
"""

from datetime import date, datetime, time, timedelta
from random import Random

from chaos.facts import FactLog, MilestoneState, SubscriptionState
from roadmap.digests.subscriptions import subscribe
from roadmap.models import DigestSubscription, Initiative, Milestone, Person, Phase, Pillar, ReminderRule, Roadmap
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Audience, DayKind, Role

# zone, time of day: an episode begins shortly before ten past a full hour, and most falls into its first half minute
ROADMAPS = (
    ("Asia/Shanghai", time(8, 10, 2)),
    ("Asia/Shanghai", time(8, 10, 24)),
    ("Europe/Berlin", time(2, 10, 8)),
    ("Africa/Cairo", time(3, 10, 28)),
    ("America/New_York", time(20, 10, 14)),
)
READERS = (
    ("Asia/Shanghai", time(8, 10, 5)),
    ("Asia/Shanghai", time(8, 10, 20)),
    ("Europe/Berlin", time(2, 10, 12)),
    ("Africa/Cairo", time(0, 0)),
    ("America/New_York", time(20, 10, 17)),
)
OFFSETS = (30, 14, 7, 3, 1, 0)
OVERDUE_EVERY = 2
MILESTONES_EACH = 3
NEAR, LATER = date(2026, 10, 20), date(2027, 3, 20)
OFFICE = "office"  # who acts; without an address, so that no mail falls to it


def build(*, people: int, seed: int, facts: FactLog, now: datetime) -> None:
    """Write the world of ``people`` readers, who all own milestones and have a digest, and its facts."""
    random = Random(f"world/{seed}")
    Person.objects.create(username=OFFICE, role=Role.OFFICE)
    initiatives = [_roadmap(number, zone, send_at) for number, (zone, send_at) in enumerate(ROADMAPS)]
    for number in range(people):
        zone, send_at = random.choice(READERS)
        person = Person.objects.create(
            username=f"p{number}",
            full_name=f"Person {number}",
            email=f"p{number}@chaos.example",
            language=random.choice(("en", "zh-hans")),
            time_zone=zone,
        )
        home = random.choice(initiatives)
        for which in range(MILESTONES_EACH):
            first, days = (LATER, 40) if which == 0 else (NEAR, 34)
            milestone = Milestone.objects.create(
                initiative=home,
                phase=home.roadmap.phases.get(),
                code=f"m{number}-{which}",
                title_zh=f"里程碑 {number}-{which}",
                title_en=f"Milestone {number}-{which}",
                planned_start_on=date(2026, 1, 1),
                due_on=first + timedelta(days=random.randrange(days)),
                owner=person,
                remind_at=now,
            )
            facts.add(state_of(milestone, began=now, ended=now))
        subscription = subscribe(
            person,
            home.roadmap,
            by=SYSTEM,
            now=now,
            frequency=random.choices(("daily", "weekly", "monthly"), (8, 1, 1))[0],
            weekday=random.randrange(1, 8),
            month_day=random.choice((1, 25, 29, 31)),
            send_at=send_at,
            skip_when_empty=False,
        )
        facts.add(subscription_state(subscription, began=now, ended=now))


def state_of(milestone: Milestone, *, began: datetime, ended: datetime) -> MilestoneState:
    """The fact that the milestone now is as its row says."""
    roadmap = milestone.initiative.roadmap
    rule = roadmap.reminder_rules.get()
    return MilestoneState(
        code=milestone.code,
        due_on=milestone.due_on,
        is_open=milestone.status in ("planned", "active"),
        owner=milestone.owner.email if milestone.owner else "",
        zone=roadmap.time_zone,
        send_at=rule.send_at,
        offsets=tuple(rule.offsets),
        overdue_every_days=rule.repeat_every_days or 0,
        began=began,
        ended=ended,
    )


def subscription_state(subscription: DigestSubscription, *, began: datetime, ended: datetime) -> SubscriptionState:
    """The fact that the subscription now is as its row says."""
    return SubscriptionState(
        reader=subscription.person.email,
        is_active=subscription.is_active,
        frequency=subscription.frequency,
        weekday=subscription.weekday,
        month_day=subscription.month_day,
        send_at=subscription.send_at,
        zone=subscription.person.time_zone,
        began=began,
        ended=ended,
    )


def _roadmap(number: int, zone: str, send_at: time) -> Initiative:
    roadmap = Roadmap.objects.create(
        code=f"r{number}", title_zh=f"路线图 {number}", title_en=f"Roadmap {number}", starts_on=date(2026, 1, 1),
        time_zone=zone,
    )  # fmt: skip
    Phase.objects.create(
        roadmap=roadmap, code=f"f{number}", title_zh="阶段", title_en="Phase", starts_on=date(2026, 1, 1),
        gate_on=date(2027, 12, 31),
    )  # fmt: skip
    pillar = Pillar.objects.create(roadmap=roadmap, code=f"q{number}", title_zh="支柱", title_en="Pillar")
    ReminderRule.objects.create(
        roadmap=roadmap, code=f"rule{number}", name_zh="提前", name_en="Ahead", audiences=[Audience.OWNER],
        offsets=list(OFFSETS), day_kind=DayKind.CALENDAR, repeat_every_days=OVERDUE_EVERY, send_at=send_at,
    )  # fmt: skip
    return Initiative.objects.create(
        roadmap=roadmap, pillar=pillar, code=f"i{number}", title_zh="举措", title_en="Initiative"
    )
