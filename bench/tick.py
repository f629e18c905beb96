"""A tick of the reminder planner with few and with many milestones, nothing due and a hundred due: milliseconds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter

from django.db import connection, transaction

from bench.rows import fill
from roadmap.models import Milestone, ReminderOccurrence, ReminderRule, Roadmap
from roadmap.reminders.calendars import notice_published_years
from roadmap.reminders.planner import plan_due_reminders
from tests.factories import make_person

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DUE_AT_ONCE, ROUNDS = 100, 9


def measure(sizes: list[int]) -> None:
    """Print, for each number of milestones, the median of a tick with nothing due and with a hundred due."""
    print("| milestones | nothing due (ms) | 100 due, each telling its owner (ms) |\n|---|---|---|")
    ticks = []
    for size in sizes or [10_000, 1_000_000]:
        with transaction.atomic():
            _fill(size)
            idle = median(_milliseconds(_tick) for _ in range(10 * ROUNDS))
            busy = median(_a_hundred_due(number) for number in range(ROUNDS))
            transaction.set_rollback(True)
        ticks.append((idle, busy))
        print(f"| {size} | {idle:.2f} | {busy:.0f} |", flush=True)
    if len(ticks) > 1:
        print(f"| last to first | {ticks[-1][0] / ticks[0][0]:.2f} | {ticks[-1][1] / ticks[0][1]:.2f} |")


def _fill(size: int) -> Roadmap:
    """A roadmap with one rule and so many milestones, all looked at long from now; made by the database itself."""
    notice_published_years(now=NOW)  # before there is anything that would be looked at for it
    roadmap = fill(1, updates_each=0)
    owner = make_person(username="bench-owner")
    ReminderRule.objects.create(roadmap=roadmap, code="bench", name_zh="测量", name_en="Bench", escalate_after_days=3)
    Milestone.objects.update(owner=owner, due_on=date(2027, 12, 31))
    columns = [field.column for field in Milestone._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{column}"' for column in columns)
    copied = ", ".join("'c-' || n" if column == "code" else f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # copies of a sound row need no triggers
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < %s)"  # noqa: S608 (own)
            f" INSERT INTO roadmap_milestone ({names}) SELECT {copied} FROM series, roadmap_milestone"
            " WHERE code = 'm-0'",
            [size - 1],
        )
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE roadmap_milestone")
    return roadmap


def _a_hundred_due(number: int) -> float:
    """One tick over a hundred milestones of which nothing was told yet."""
    first = Milestone.objects.order_by("pk")[number * DUE_AT_ONCE].pk
    ids = range(first, first + DUE_AT_ONCE)
    Milestone.objects.filter(pk__in=ids).update(remind_at=NOW, due_on=NOW.date() + timedelta(days=7))
    before = ReminderOccurrence.objects.filter(message__isnull=False).count()
    spent = _milliseconds(_tick)
    told = ReminderOccurrence.objects.filter(message__isnull=False).count() - before
    if told != DUE_AT_ONCE:
        raise AssertionError(f"{told} were told, not {DUE_AT_ONCE}")
    return spent


def _tick() -> None:
    notice_published_years(now=NOW)
    while plan_due_reminders(now=NOW):
        pass


def _milliseconds(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return 1000 * (perf_counter() - start)
