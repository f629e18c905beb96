"""A given number of everything that lists show, written in bulk."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from roadmap.editing.baselines import set_baseline
from roadmap.models import (
    ApiToken,
    Change,
    Deliverable,
    Dependency,
    DigestSubscription,
    Evidence,
    ExternalReference,
    FeedAddress,
    Indicator,
    Invitation,
    Leave,
    Milestone,
    Observation,
    Person,
    ProgressUpdate,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
)
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import PersonKind
from tests import factories as make
from tests.api.test_reminders import make_told
from tests.forecast.rows import make_kept_forecast
from tests.servers.databases import as_if_committed

DUE, NOW = date(2026, 6, 30), datetime(2026, 11, 23, tzinfo=UTC)


def fill(milestone: Milestone, reader: Person, number: int) -> dict[str, Any]:
    """As many of everything as ``number``; the ids of one of each, by the names of the routes."""
    _frame(milestone, number)
    cursor = _milestones(milestone, number)
    return {
        "roadmap": milestone.initiative.roadmap.code,
        "phase": milestone.phase_id,
        "pillar": milestone.initiative.pillar_id,
        "workstream": milestone.workstream_id,
        "initiative": milestone.initiative_id,
        "organisation": milestone.organisation_id,
        "milestone": milestone.pk,
        "change": cursor,
        **_below(milestone, number),
        **_indicators(milestone, number),
        **_personal(milestone, reader, number),
    }


def _frame(milestone: Milestone, number: int) -> None:
    """Its size shows at three already."""
    roadmap, organisation = milestone.initiative.roadmap, milestone.organisation
    for _ in range(min(number, 3) - 1):
        make.make_phase(make.make_roadmap())
        make.make_pillar(roadmap)
        make.make_workstream(roadmap)
        make.make_initiative(milestone.initiative.pillar)
        make.make_organisation(organisation)
    milestone.workstream = make.make_workstream(roadmap)
    make.make_organisation(organisation)


def _milestones(milestone: Milestone, number: int) -> str:
    """And as many changes of the one; where a reader of the feed stands before these."""
    same = ("initiative", "phase", "organisation", "workstream")
    Milestone.objects.bulk_create(
        Milestone(
            **{name: getattr(milestone, name) for name in same},
            code=f"bulk-{index}",
            title_zh="里",
            title_en="M",
            planned_start_on=date(2026, 1, 1),
            due_on=DUE,
        )
        for index in range(number)
    )
    milestone.due_on = DUE
    milestone.save()
    as_if_committed()
    last = Change.objects.latest("revision", "id")
    for _ in range(number):
        milestone.save()
    return f"{last.revision}.{last.pk}"


def _below(milestone: Milestone, number: int) -> dict[str, Any]:
    made = list(Milestone.objects.all())
    others = [one for one in made if one.pk != milestone.pk]
    report = {"percent_complete": 10, "reported_on": date(2026, 3, 1), "door": "api"}
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(milestone=one, **report) for one in [*others, *[milestone] * number]
    )
    Deliverable.objects.bulk_create(Deliverable(milestone=one, title_zh="交", title_en="D") for one in made)
    Dependency.objects.bulk_create(Dependency(predecessor=one, successor=milestone) for one in others)
    note = {"milestone": milestone, "kind": "note", "title": "N", "note": "N"}
    Evidence.objects.bulk_create(Evidence(**note) for _ in range(number))
    paper = Evidence(**{**note, "kind": "file"}, file_name="a.txt")
    paper.file.save("a.txt", ContentFile(b"a"))
    baseline = set_baseline(milestone.initiative.roadmap, by=SYSTEM, now=NOW, name="B", reason="r")
    make_kept_forecast(milestone, *others[:100], day=NOW.date())
    names = ExternalReference.objects.bulk_create(
        ExternalReference(system="s", reference=str(index), milestone=one) for index, one in enumerate(made)
    )
    make_told(milestone, number)
    return {
        "progress-update": milestone.progress_updates.latest("id").pk,
        "external-reference": names[0].pk,
        "evidence": paper.pk,
        "dependency": Dependency.objects.latest("id").pk if others else None,
        "baseline": baseline.pk,
    }


def _indicators(milestone: Milestone, number: int) -> dict[str, Any]:
    frame = {"roadmap": milestone.initiative.roadmap, "pillar": milestone.initiative.pillar}
    indicators = Indicator.objects.bulk_create(
        Indicator(**frame, code=f"i-{index}", title_zh="指", title_en="I") for index in range(number)
    )
    value = {"period_zh": "期", "period_en": "P", "ends_on": DUE, "value": 1}
    observations = Observation.objects.bulk_create(
        Observation(indicator=indicators[0], period=str(index), **value) for index in range(number)
    )
    return {"indicator": indicators[0].pk, "observation": observations[0].pk}


def _personal(milestone: Milestone, reader: Person, number: int) -> dict[str, Any]:
    place = milestone.organisation
    parts = {"phase": milestone.phase, "pillar": milestone.initiative.pillar, "initiative": milestone.initiative}
    when = {"covered_until": NOW, "next_issue_at": NOW}
    makers: dict[str, Callable[[int], Any]] = {
        "token": lambda index: ApiToken(person=reader, name="t", prefix="rmt_", digest=f"{index:064}"),
        "feed": lambda index: FeedAddress(person=reader, name="f", digest=f"{index:064}"),
        "service-account": lambda index: Person(
            username=f"service-{index}", full_name="S", password="!", kind=PersonKind.SERVICE, organisation=place
        ),
        "leave": lambda index: Leave(
            person=reader, deputy=milestone.owner, from_on=DUE + timedelta(index), until_on=DUE + timedelta(index)
        ),
        "digest-subscription": lambda _index: DigestSubscription(
            person=reader, roadmap=milestone.initiative.roadmap, organisation=place, **parts, **when
        ),
        "webhook": lambda index: Webhook(
            person=reader, url=f"https://e.org/{index}", events="progress.recorded", organisation=place
        ),
    }
    made = {}
    for name, maker in makers.items():
        rows = [maker(index) for index in range(number)]
        made[name] = type(rows[0])._default_manager.bulk_create(rows)[0].pk
    guests = Person.objects.bulk_create(
        Person(username=f"guest-{index}", full_name="G", password="!", organisation=place) for index in range(number)
    )
    times = {"made_at": NOW, "expires_at": NOW}
    links = Invitation.objects.bulk_create(Invitation(person=one, invited_by=reader, **times) for one in guests)
    made["invitation"] = links[0].pk
    deliveries = WebhookDelivery.objects.bulk_create(
        WebhookDelivery(webhook_id=made["webhook"], number=uuid4(), event="ping", body="{}", deliver_after=NOW)
        for _ in range(number)
    )
    WebhookAttempt.objects.bulk_create(
        WebhookAttempt(delivery=one, tried_at=NOW, milliseconds=1, status=204) for one in deliveries
    )
    return made
