"""Sums of what was known are those of all lines that were known, whatever was done and told since."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.editing.baselines import set_baseline
from roadmap.editing.deliverables import change_deliverable
from roadmap.editing.entries import remove_entry
from roadmap.editing.milestones import (
    cancel_milestone,
    change_milestone,
    complete_milestone,
    reopen_milestone,
    reschedule_milestone,
)
from roadmap.editing.progress import record_progress
from roadmap.models import Milestone, Roadmap
from roadmap.models.history import Actor
from roadmap.progress import kept
from roadmap.progress.differences import differences_between
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.known import lines_known_at
from roadmap.progress.known_sums import Part, newly_late, sums_known_at
from roadmap.progress.measure import Sums, sums_of_group
from roadmap.progress.replay import end_of
from roadmap.vocabulary import Door
from tests.factories import (
    make_deliverable,
    make_initiative,
    make_milestone,
    make_office_person,
    make_phase,
    make_pillar,
    make_roadmap,
)
from tests.progress.by_rule import roadmap_progress

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

ZONE = "Asia/Shanghai"
FIRST, LAST, TODAY = date(2026, 11, 2), date(2026, 11, 12), date(2026, 11, 16)


def all_lines(roadmap: Roadmap, day: date) -> dict[int, MilestoneLine]:
    """Each milestone as it was known at the end of the day, by fetching them all."""
    present = roadmap_progress(roadmap, as_of=TODAY).lines
    return lines_known_at(roadmap, instant=end_of(day, zone=ZONE), today=day, present=present)


def in_sums(lines: dict[int, MilestoneLine]) -> dict[Part, Sums]:
    groups: defaultdict[Part, Sums] = defaultdict(Sums)
    for line in lines.values():
        groups[line.milestone.phase_id, line.milestone.initiative_id] += sums_of_group(
            [(line.milestone.weight, line.figures)]
        )
    return {part: one for part, one in groups.items() if one != Sums()}


def known_sums(roadmap: Roadmap, day: date) -> dict[Part, Sums]:
    return sums_known_at(roadmap, instant=end_of(day, zone=ZONE), day=day)


def live(roadmap: Roadmap, random: Random) -> None:
    """Half a year of plan, with a fortnight of edits and reports in which the days asked about lie."""
    with time_machine.travel(datetime(2026, 5, 1, 4, tzinfo=UTC), tick=False):
        office = Actor(make_office_person(), Door.API)
        phases = [make_phase(roadmap), make_phase(roadmap, gate_on=date(2029, 12, 31))]
        initiatives = [make_initiative(make_pillar(roadmap)) for _ in range(3)]
        rows = [
            make_milestone(
                random.choice(initiatives),
                random.choice(phases),
                weight=random.randrange(1, 9),
                planned_start_on=date(2026, 1, 1),
                due_on=date(2026, 10, 20) + timedelta(days=random.randrange(40)),
            )
            for _ in range(20)
        ]
        items = [make_deliverable(row, weight=random.randrange(1, 4)) for row in rows for _ in range(2)]
    if random.random() < 0.7:
        at = datetime(2026, 10, 1, 4, tzinfo=UTC)
        with time_machine.travel(at, tick=False):
            set_baseline(roadmap, by=office, now=at, name="first", reason="plan")
    for day in range(16):
        at = datetime(2026, 11, 1, 4, tzinfo=UTC) + timedelta(days=day)
        with time_machine.travel(at, tick=False):
            for _ in range(3):
                row = Milestone.objects.filter(pk=random.choice(rows).pk).first()
                if row is not None:
                    _act(row, office, at, random, initiatives, items)
    if random.random() < 0.5:  # approved for an earlier day than it was entered on
        with time_machine.travel(at, tick=False):
            set_baseline(roadmap, by=office, now=at, name="late", reason="plan", approved_on=date(2026, 11, 1))


def _act(row: Milestone, office: Actor, now: datetime, random: Random, initiatives: list, items: list) -> None:  # type: ignore[type-arg]
    by = {"by": office, "now": now}
    match random.randrange(8):
        case 0 | 1 if row.status in ("planned", "active"):
            record_progress(row, **by, percent_complete=random.randrange(0, 100), narrative_en="Counted anew.")
        case 2 if row.status in ("planned", "active"):
            due_on = date(2026, 10, 25) + timedelta(days=random.randrange(40))
            reschedule_milestone(row, **by, due_on=due_on, reason="moved")
        case 3 if row.status in ("planned", "active"):
            complete_milestone(row, **by)
        case 4 if row.status in ("planned", "active"):
            cancel_milestone(row, **by, reason="given up")
        case 5:
            change_milestone(row, **by, weight=random.randrange(1, 9), initiative=random.choice(initiatives))
        case 6 if row.status in ("done", "cancelled"):
            reopen_milestone(row, **by, reason="again")
        case 7 if random.random() < 0.3:
            remove_entry(row, by=office, reason="entered twice")
        case _:
            item = next((one for one in items if one.milestone_id == row.pk), None)
            if item is not None and item.done_on is None and row.status in ("planned", "active"):
                items[items.index(item)] = change_deliverable(item, **by, done_on=now.date())


@pytest.mark.parametrize(
    "seed", [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.everything) for seed in range(3, 12))]
)
def test_sums_and_newly_late_ones_are_those_of_all_lines(seed: int) -> None:
    roadmap = make_roadmap(time_zone=ZONE)
    live(roadmap, Random(seed))
    with time_machine.travel(datetime(2026, 11, 16, 8, tzinfo=UTC), tick=False):
        then, now = all_lines(roadmap, FIRST), all_lines(roadmap, LAST)
        assert known_sums(roadmap, FIRST) == in_sums(then)
        assert known_sums(roadmap, LAST) == in_sums(now)
        late = {pk for pk, one in now.items() if one.figures.is_late and not (pk in then and then[pk].figures.is_late)}
        differences = differences_between(roadmap, start=end_of(FIRST, zone=ZONE), end=end_of(LAST, zone=ZONE))
        found = newly_late(differences, roadmap, first=FIRST, last=LAST, most=100)
        assert ({row.pk for row in found.first}, found.total) == (late, len(late))
        few = newly_late(differences, roadmap, first=FIRST, last=LAST, most=2)
        assert few == (found.first[:2], found.total)


def test_quiet_times_cost_few_queries_and_no_rows() -> None:
    roadmap = make_roadmap(time_zone=ZONE)
    with time_machine.travel(datetime(2026, 5, 1, 4, tzinfo=UTC), tick=False):
        initiative, phase = make_initiative(make_pillar(roadmap)), make_phase(roadmap)
        for _ in range(3):
            make_milestone(initiative, phase)
    with CaptureQueriesContext(connection) as queries:
        sums = known_sums(roadmap, LAST)
    assert sums[phase.pk, initiative.pk].total == 3
    assert len(queries) == 5


@pytest.mark.django_db(transaction=True)
def test_sums_are_kept_while_the_plan_is_unchanged_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FROM_MILESTONES", 1)
    roadmap = make_roadmap(time_zone=ZONE)
    live(roadmap, Random(3))
    with time_machine.travel(datetime(2026, 11, 16, 8, tzinfo=UTC), tick=False):
        first = known_sums(roadmap, FIRST)
        with CaptureQueriesContext(connection) as queries:
            again = known_sums(roadmap, FIRST)
        assert (again, len(queries)) == (first, 1)
        for row in Milestone.objects.filter(status="active")[:2]:
            reschedule_milestone(
                row, by=Actor(None, Door.SYSTEM), now=datetime(2026, 11, 16, 8, tzinfo=UTC),
                due_on=date(2027, 1, 1), reason="later",
            )  # fmt: skip
        assert known_sums(roadmap, FIRST) == first == in_sums(all_lines(roadmap, FIRST))
