"""Rows for the website's tests."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.models import (
    Baseline,
    BaselineEntry,
    Deliverable,
    Dependency,
    Indicator,
    Initiative,
    Milestone,
    Observation,
    Organisation,
    Person,
    Phase,
    ProgressUpdate,
    Roadmap,
    Source,
    Workstream,
)
from roadmap.vocabulary import Door, Qualifier, Rag
from tests import factories as make


@dataclass(frozen=True)
class Frame:
    """One of everything that milestones hang on."""

    roadmap: Roadmap
    phase: Phase
    initiative: Initiative
    workstream: Workstream
    organisation: Organisation
    owner: Person


def make_frame() -> Frame:
    roadmap = make.make_roadmap(code="smart", title_zh="智慧海关", title_en="Smart Customs")
    phase = make.make_phase(roadmap, code="basic", title_zh="基本框架", title_en="Basic framework")
    pillar = make.make_pillar(roadmap, code="safe", title_zh="安全", title_en="Safe")
    organisation = make.make_organisation(code="gacc", name_zh="海关总署", name_en="General Administration")
    return Frame(
        roadmap=roadmap,
        phase=phase,
        initiative=make.make_initiative(pillar, code="review", title_zh="智能审图", title_en="Image review"),
        workstream=make.make_workstream(roadmap, code="process", title_zh="流程优化", title_en="Process optimisation"),
        organisation=organisation,
        owner=make.make_person(full_name="李文静", organisation=organisation),
    )


def make_milestone(frame: Frame, **fields: object) -> Milestone:
    """A milestone of the frame, owned."""
    return make.make_milestone(
        frame.initiative,
        frame.phase,
        **{"workstream": frame.workstream, "organisation": frame.organisation, "owner": frame.owner, **fields},
    )


def fill(frame: Frame, number: int) -> None:
    """``number`` milestones, each with reports, a deliverable and a place in the baseline; as many indicators."""
    Milestone.objects.bulk_create(
        Milestone(
            code=f"bulk-{index}",
            title_zh=f"里程碑 {index}",
            title_en=f"Milestone {index}",
            initiative=frame.initiative,
            phase=frame.phase,
            workstream=frame.workstream,
            organisation=frame.organisation,
            owner=frame.owner,
            planned_start_on=date(2025, 1, 1),
            due_on=date(2025 + index % 3, 1 + index % 12, 28),
        )
        for index in range(number)
    )
    rows = list(Milestone.objects.all())
    baseline = Baseline.objects.create(roadmap=frame.roadmap, name="first", approved_on=date(2025, 1, 1))
    BaselineEntry.objects.bulk_create(
        BaselineEntry(
            baseline=baseline, milestone=one, planned_start_on=date(2025, 1, 1), due_on=date(2025, 6, 1), weight=1
        )
        for one in rows
    )
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(
            milestone=one,
            percent_complete=Decimal(percent),
            reported_on=date(2025, 6, percent),
            confidence=Rag.GREEN,
            door=Door.API,
            reported_by=frame.owner,
        )
        for one in rows
        for percent in (10, 20)
    )
    Deliverable.objects.bulk_create(Deliverable(milestone=one, title_zh="交付", title_en="D") for one in rows)
    Dependency.objects.bulk_create(Dependency(predecessor=rows[0], successor=other) for other in rows[1:])
    source = Source.objects.create(
        code="s", title_zh="文", title_en="T", citation_zh="引", citation_en="C", published_on=date(2024, 7, 31)
    )
    indicators = Indicator.objects.bulk_create(
        Indicator(
            roadmap=frame.roadmap, code=f"i-{index}", title_zh="指标", title_en="I", unit_zh="件", unit_en="parcels"
        )
        for index in range(number)
    )
    Observation.objects.bulk_create(
        Observation(
            indicator=one,
            period="2024-H1",
            period_zh="2024年上半年",
            period_en="first half of 2024",
            ends_on=date(2024, 6, 30),
            value=Decimal(30000),
            qualifier=Qualifier.MORE_THAN,
            provenance="sourced",
            source=source,
        )
        for one in indicators
    )
