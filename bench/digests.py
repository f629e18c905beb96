"""Digests for many people: planned, made, and composed to bytes; how fast, in how many queries, and where time goes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter, process_time
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.rows import fill
from roadmap.digests.mail import digest_mail
from roadmap.digests.planner import plan_due_digests
from roadmap.editing.milestones import complete_milestone, reschedule_milestone
from roadmap.models import DigestSubscription, Milestone, Organisation, OutboxMessage, Person, Roadmap
from roadmap.models.history import SYSTEM
from roadmap.outbox.render import BatchMemory, composed, prepare_all, render

MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
MILESTONES, CLAIMED_TOGETHER = 1200, 50


def measure(sizes: list[int]) -> None:
    """Print, for each number of people, how fast digests are planned and made, and what a mail costs in processor time:
    the very first (the roadmap is measured for all), the first of those that read the same, every further one, and of
    that, putting it into bytes."""
    print(
        "| people | different mails | planned/s | queries | made/s | queries | made/s of processor"
        " | ms, very first | ms, first of its kind | ms, further | ms of it in bytes | mean KB |"
        "\n|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for size in sizes or [100, 1000, 10_000]:
        with transaction.atomic():
            _subscribe(_roadmap(), size)
            print(_row(size))
            transaction.set_rollback(True)


def _row(size: int) -> str:
    start = perf_counter()
    with CaptureQueriesContext(connection) as planned:
        while plan_due_digests(now=MONDAY):
            pass
    planning = perf_counter() - start
    rows = list(OutboxMessage.objects.select_related("recipient").order_by("pk"))
    memory = BatchMemory(now=MONDAY)
    alone = set(DigestSubscription.objects.filter(only_mine=True).values_list("pk", flat=True))
    firsts: list[float] = []
    further: list[float] = []
    start, busy_from, known = perf_counter(), process_time(), 0
    with CaptureQueriesContext(connection) as queries:
        for first in range(0, len(rows), CLAIMED_TOGETHER):
            batch = rows[first : first + CLAIMED_TOGETHER]
            prepare_all(batch, memory)
            for row in batch:
                spent = _milliseconds(lambda: render(row, memory))  # noqa: B023 (called at once)
                is_first = len(memory.of_plan.known) > known or row.facts["subscription"] in alone
                (firsts if is_first else further).append(spent)
                known = len(memory.of_plan.known)
    making, busy = perf_counter() - start, process_time() - busy_from
    cells = [
        f"{size}",
        f"{len(firsts)}",
        f"{size / planning:.0f}",
        f"{len(planned)}",
        f"{size / making:.0f}",
        f"{len(queries)}",
        f"{size / busy:.0f}",
        f"{firsts[0]:.0f}",
        f"{sum(firsts[1:]) / max(len(firsts) - 1, 1):.1f}",
        f"{sum(further) / max(len(further), 1):.2f}",
        f"{_milliseconds_in_bytes(rows, memory):.2f}",
        f"{sum(len(row.rendered or b'') for row in rows) / len(rows) / 1000:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _milliseconds_in_bytes(rows: list[OutboxMessage], memory: BatchMemory) -> float:
    sample = rows[:: max(len(rows) // 200, 1)]
    mails = [(mail, row) for row in sample if (mail := digest_mail(row, memory)) is not None]
    return sum(_milliseconds(lambda: composed(mail, row=row, at=MONDAY)) for mail, row in mails) / len(mails)  # noqa: B023


def _milliseconds(act: Callable[[], object]) -> float:
    start = process_time()
    act()
    return 1000 * (process_time() - start)


def _roadmap() -> Roadmap:
    """With a week in which some milestones were done, and some moved."""
    roadmap = fill(MILESTONES)
    for number, milestone in enumerate(Milestone.objects.filter(due_on__gt=date(2026, 12, 1)).order_by("pk")):
        if number % 40 == 0:
            complete_milestone(milestone, by=SYSTEM, now=MONDAY - timedelta(days=1))
        elif number % 40 == 1:
            due_on = milestone.due_on + timedelta(days=30)
            reschedule_milestone(milestone, by=SYSTEM, now=MONDAY, due_on=due_on, reason="设备到货延后")
    Milestone.history.update(history_date=MONDAY - timedelta(days=1))  # type: ignore[attr-defined]
    return roadmap


def _subscribe(roadmap: Roadmap, size: int) -> None:
    """Half of all read Chinese. Of ten people four read everything, five read one part (a pillar, a phase, an
    initiative, an organisation, an organisation's part of a pillar), and one reads what is their own."""
    people = Person.objects.bulk_create(
        [
            Person(
                username=f"reader-{number}",
                full_name=f"读者{number}",
                email=f"reader-{number}@example.org",
                language=("zh-hans", "en")[number // 10 % 2],
            )
            for number in range(size)
        ],
        batch_size=1000,
    )
    owners, rows = people[9::10], list(Milestone.objects.order_by("pk"))
    for number, milestone in enumerate(rows):
        milestone.owner = owners[number % len(owners)]
    Milestone.objects.bulk_update(rows, ["owner"], batch_size=200)
    phases, pillars, initiatives = (list(getattr(roadmap, name).all()) for name in ("phases", "pillars", "initiatives"))
    units = list(Organisation.objects.filter(parent__isnull=False))
    parts: list[dict[str, list[Any]]] = [
        {},
        {},
        {},
        {},
        {"pillar": pillars},
        {"phase": phases},
        {"initiative": initiatives},
        {"organisation": units},
        {"organisation": units, "pillar": pillars},
        {"only_mine": [True]},
    ]
    DigestSubscription.objects.bulk_create(
        [
            DigestSubscription(
                person=person,
                roadmap=roadmap,
                covered_until=MONDAY - timedelta(days=7),
                next_issue_at=MONDAY,
                skip_when_empty=False,
                **{name: choices[number // 10 % len(choices)] for name, choices in parts[number % 10].items()},
            )
            for number, person in enumerate(people)
        ],
        batch_size=1000,
    )
