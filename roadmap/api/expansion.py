"""What ``?expand=`` puts in the place of a small reference: the entry as its own address shows it; and parts of
milestones that lists leave out. The number of queries depends on the names alone, never on the number of entries.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from roadmap import clock, models
from roadmap.api.serializers import frame, indicators, milestones
from roadmap.api.serializers.accounts import ServiceAccountEntry
from roadmap.api.serializers.external import ExternalReferenceEntry
from roadmap.api.serializers.people import InvitationEntry
from roadmap.api.serializers.subscriptions import SubscriptionEntry
from roadmap.api.serializers.webhooks import WebhookEntry
from roadmap.api.shapes import milestone_entries
from roadmap.progress.page import measured_rows

ZONE = "initiative__roadmap__time_zone"
WITH_SOURCE: Mapping[str, tuple[type, QuerySet[Any]]] = {
    "roadmap": (frame.RoadmapEntry, models.Roadmap.objects.select_related("source")),
    "phase": (frame.PhaseEntry, models.Phase.objects.select_related("roadmap", "source")),
    "pillar": (frame.PillarEntry, models.Pillar.objects.select_related("roadmap", "source")),
    "workstream": (frame.WorkstreamEntry, models.Workstream.objects.select_related("roadmap", "source")),
    "initiative": (frame.InitiativeEntry, models.Initiative.objects.select_related("roadmap", "pillar", "source")),
    "organisation": (
        frame.OrganisationEntry,
        models.Organisation.objects.select_related("parent", "lead", "source"),
    ),
    "indicator": (
        indicators.IndicatorEntry,
        models.Indicator.objects.select_related("roadmap", "pillar", "source"),
    ),
}
SAME_KIND = {"parent": "organisation"}
OFFERED: Mapping[type, tuple[str, ...]] = {
    frame.InitiativeEntry: ("pillar",),
    frame.OrganisationEntry: ("parent",),
    indicators.IndicatorEntry: ("pillar",),
    indicators.ObservationEntry: ("indicator",),
    milestones.MilestoneEntry: (
        *("phase", "pillar", "workstream", "initiative", "organisation"),
        *("deliverables", "predecessors"),
    ),
    milestones.MilestoneDetail: ("phase", "pillar", "workstream", "initiative", "organisation"),
    milestones.ProgressUpdateEntry: ("milestone",),
    ExternalReferenceEntry: ("milestone",),
    ServiceAccountEntry: ("organisation",),
    InvitationEntry: ("organisation",),
    SubscriptionEntry: ("roadmap", "phase", "pillar", "initiative", "organisation"),
    WebhookEntry: ("organisation",),
}


def expandable(shape: type) -> tuple[str, ...]:
    """The names that ``?expand=`` takes for entries of the shape."""
    return OFFERED.get(shape, ())


def expanded(entries: Iterable[Mapping[str, Any]], names: Iterable[str]) -> list[dict[str, Any]]:
    """The entries with each name's small reference (or nothing, for parts) exchanged for the whole."""
    found = [dict(one) for one in entries]
    for name in names:
        if name in PARTS:
            parts = PARTS[name]([one["id"] for one in found])
            for one in found:
                one[name] = parts[one["id"]]
        else:
            named = {one[name]["id"] for one in found if one[name] is not None}
            whole = _measured(named) if name == "milestone" else _whole(SAME_KIND.get(name, name), named)
            for one in found:
                one[name] = one[name] and whole.get(one[name]["id"], one[name])
    return found


def _whole(kind: str, pks: set[int]) -> dict[int, Any]:
    shape, rows = WITH_SOURCE[kind]
    return {entry["id"]: entry for entry in shape(rows.filter(pk__in=pks).order_by(), many=True).data}


def _measured(pks: set[int]) -> dict[int, Any]:
    """Milestones as their list shows them today: a query for their zones, one for each different day in these."""
    now = clock.now()
    zones = models.Milestone.objects.filter(pk__in=pks).order_by().values_list("pk", ZONE)
    days = [(pk, clock.day_in(zone, at=now)) for pk, zone in zones]
    return {entry["id"]: entry for entry in milestone_entries(measured_rows(days))}


def _deliverables(pks: list[int]) -> dict[int, list[Any]]:
    parts: dict[int, list[Any]] = defaultdict(list)
    shape = milestones.DeliverableEntry()
    for row in models.Deliverable.objects.filter(milestone__in=pks):
        parts[row.milestone_id].append(shape.to_representation(row))
    return parts


def _predecessors(pks: list[int]) -> dict[int, list[Any]]:
    parts: dict[int, list[Any]] = defaultdict(list)
    shape = milestones.MilestoneReference()
    for row in models.Dependency.objects.filter(successor__in=pks).select_related("predecessor"):
        parts[row.successor_id].append(shape.to_representation(row.predecessor))
    return parts


PARTS: Mapping[str, Callable[[list[int]], dict[int, list[Any]]]] = {
    "deliverables": _deliverables,
    "predecessors": _predecessors,
}
