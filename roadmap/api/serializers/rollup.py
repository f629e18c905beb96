"""A roadmap's progress as it goes out: the roll-up along every dimension."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rest_framework import serializers

from roadmap.api.serializers.figures import GroupFigures
from roadmap.api.serializers.outgoing import Outgoing
from roadmap.api.serializers.references import EntryReference, OrganisationReference
from roadmap.models import Organisation
from roadmap.progress.measure import Figures
from roadmap.progress.summary import RoadmapSummary


@dataclass(frozen=True)
class Group:
    """One member of one or two dimensions, with its figures."""

    figures: Figures
    phase: Any = None
    pillar: Any = None
    workstream: Any = None
    initiative: Any = None
    organisation: Any = None
    gate_on: date | None = None
    days_to_gate: int | None = None


class PhaseGroup(Outgoing):
    """A phase, and how far its gate is."""

    phase = EntryReference()
    gate_on = serializers.DateField()
    days_to_gate = serializers.IntegerField(help_text="Negative once the gate has passed.")
    figures = GroupFigures()


class PillarGroup(Outgoing):
    """A pillar over all phases."""

    pillar = EntryReference()
    figures = GroupFigures()


class WorkstreamGroup(Outgoing):
    """A workstream over all phases."""

    workstream = EntryReference()
    figures = GroupFigures()


class InitiativeGroup(Outgoing):
    """An initiative over all phases."""

    initiative = EntryReference()
    figures = GroupFigures()


class OrganisationGroup(Outgoing):
    """An organisation with everything below it."""

    organisation = OrganisationReference()
    figures = GroupFigures()


class PhasePillarGroup(Outgoing):
    """One cell of the phase × pillar matrix."""

    phase = EntryReference()
    pillar = EntryReference()
    figures = GroupFigures()


class PhaseWorkstreamGroup(Outgoing):
    """One cell of the phase × workstream matrix."""

    phase = EntryReference()
    workstream = EntryReference()
    figures = GroupFigures()


class RoadmapProgressEntry(Outgoing):
    """Where a roadmap stands on a day. Every member of every dimension is there, empty ones too."""

    roadmap = EntryReference()
    as_of = serializers.DateField()
    overall = GroupFigures()
    phases = PhaseGroup(many=True)
    pillars = PillarGroup(many=True)
    workstreams = WorkstreamGroup(many=True)
    initiatives = InitiativeGroup(many=True)
    organisations = OrganisationGroup(many=True)
    phase_pillars = PhasePillarGroup(many=True)
    phase_workstreams = PhaseWorkstreamGroup(many=True)


def grouped(found: RoadmapSummary, organisations: Sequence[tuple[Organisation, Figures]]) -> dict[str, Any]:
    """What ``RoadmapProgressEntry`` shows, of a roadmap's summary and the figures of each organisation."""
    phases = {one.phase.pk: one.phase for one in found.phases}
    pillars = {one.pk: one for one in found.pillars}
    workstreams = {one.pk: one for one in found.workstreams}
    return {
        "roadmap": found.roadmap,
        "as_of": found.as_of,
        "overall": found.overall,
        "phases": [
            Group(one.figures, phase=one.phase, gate_on=one.phase.gate_on, days_to_gate=one.days_to_gate)
            for one in found.phases
        ],
        "pillars": [Group(found.by_pillar[one.pk], pillar=one) for one in found.pillars],
        "workstreams": [Group(found.by_workstream[one.pk], workstream=one) for one in found.workstreams],
        "initiatives": [Group(found.by_initiative[one.pk], initiative=one) for one in found.initiatives],
        "organisations": [Group(figures, organisation=one) for one, figures in organisations],
        "phase_pillars": [
            Group(figures, phase=phases[phase], pillar=pillars[pillar])
            for (phase, pillar), figures in found.cells.items()
        ],
        "phase_workstreams": [
            Group(figures, phase=phases[phase], workstream=workstreams[workstream])
            for (phase, workstream), figures in found.workstream_cells.items()
        ],
    }
