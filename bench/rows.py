"""Fills an empty database with a roadmap of any size, quickly and always the same."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from roadmap.models import (
    Initiative,
    Milestone,
    Organisation,
    Person,
    Phase,
    Pillar,
    ProgressUpdate,
    Roadmap,
    Workstream,
)
from roadmap.vocabulary import Door, Provenance

FAR_AHEAD = datetime(2099, 1, 1, tzinfo=UTC)


def fill(milestones: int, *, updates_each: int = 3) -> Roadmap:
    """A roadmap with two phases, three pillars, three workstreams, 21 initiatives, 40 organisations, 40 owners, and the
    given number of milestones with their reports.

    Nothing in it is due for the reminder planner. All of it is marked as sample.
    """
    random = Random(2026)
    mark = {"provenance": Provenance.SAMPLE}
    roadmap = Roadmap.objects.create(
        code="bench", title_zh="测量", title_en="Bench", starts_on=date(2024, 1, 1), **mark
    )
    phases = [
        Phase.objects.create(
            roadmap=roadmap,
            code=f"phase-{year}",
            title_zh=f"阶段 {year}",
            title_en=f"Phase {year}",
            starts_on=date(start, 1, 1),
            gate_on=date(year, 12, 31),
            **mark,
        )
        for start, year in ((2024, 2026), (2027, 2029))
    ]
    initiatives = []
    for number in range(3):
        pillar = Pillar.objects.create(
            roadmap=roadmap, code=f"pillar-{number}", title_zh="支柱", title_en="Pillar", position=number, **mark
        )
        initiatives += [
            Initiative.objects.create(
                roadmap=roadmap,
                pillar=pillar,
                code=f"i-{number}-{each}",
                title_zh="举措",
                title_en="Initiative",
                **mark,
            )
            for each in range(7)
        ]
    workstreams = [
        Workstream.objects.create(
            roadmap=roadmap, code=f"stream-{number}", title_zh="工作线", title_en="Workstream", **mark
        )
        for number in range(3)
    ]
    units = _organisations(mark)
    people = [
        Person.objects.create(username=f"owner-{number}", full_name=f"Owner {number}", organisation=unit)
        for number, unit in enumerate(units)
    ]
    for start in range(0, milestones, 5000):
        made = []
        for number in range(start, min(start + 5000, milestones)):
            unit = random.randrange(len(units))
            due_on = date(2024, 6, 1) + timedelta(days=random.randrange(2000))
            made.append(
                Milestone(
                    code=f"m-{number}",
                    title_zh=f"里程碑 {number}",
                    title_en=f"Milestone {number}",
                    initiative=random.choice(initiatives),
                    phase=phases[due_on.year > 2026],
                    workstream=workstreams[number % 3],
                    organisation=units[unit],
                    owner=people[unit],
                    planned_start_on=due_on - timedelta(days=random.randrange(30, 300)),
                    due_on=due_on,
                    weight=Decimal(random.randrange(1, 9)),
                    remind_at=FAR_AHEAD,
                    **mark,
                )
            )
        made = Milestone.objects.bulk_create(made, batch_size=1000)
        ProgressUpdate.objects.bulk_create(
            [
                ProgressUpdate(
                    milestone=milestone,
                    reported_on=milestone.planned_start_on + timedelta(days=10 * each),
                    percent_complete=Decimal(min(100, 20 * each + random.randrange(20))),
                    door=Door.SYSTEM,
                    **mark,
                )
                for milestone in made
                for each in range(updates_each)
            ],
            batch_size=1000,
        )
    return roadmap


def _organisations(mark: dict[str, Provenance]) -> list[Organisation]:
    root = Organisation.objects.create(code="root", name_zh="总署", name_en="Head office", path="root/", **mark)
    return [
        Organisation.objects.create(
            code=f"unit-{number}",
            name_zh=f"单位 {number}",
            name_en=f"Unit {number}",
            parent=root,
            path=f"root/unit-{number}/",
            **mark,
        )
        for number in range(40)
    ]
