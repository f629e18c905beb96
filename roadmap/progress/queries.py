"""The whole roadmap's progress on a day, rolled up along every dimension, in a bounded number of queries."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Model

from roadmap.models import Initiative, Milestone, Organisation, Person, Phase, Pillar, Roadmap, Workstream
from roadmap.progress.facts import MilestoneLine, milestone_lines
from roadmap.progress.measure import Figures, measure_group

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class PhaseProgress:
    """A phase with its figures; ``days_to_gate`` is negative once the gate has passed."""

    phase: Phase
    figures: Figures
    days_to_gate: int


@dataclass(frozen=True)
class RoadmapProgress:
    """Where a roadmap stands on ``as_of``. Mappings are keyed by primary key and hold every member, empty ones too.

    ``cells`` is keyed by (phase, pillar), ``workstream_cells`` by (phase, workstream). ``by_organisation`` counts each
    organisation with everything below it.
    """

    roadmap: Roadmap
    as_of: date
    overall: Figures
    phases: list[PhaseProgress]
    pillars: list[Pillar]
    workstreams: list[Workstream]
    initiatives: list[Initiative]
    organisations: list[Organisation]
    by_pillar: dict[int, Figures]
    by_workstream: dict[int, Figures]
    by_initiative: dict[int, Figures]
    by_organisation: dict[int, Figures]
    cells: dict[tuple[int, int], Figures]
    workstream_cells: dict[tuple[int, int], Figures]
    lines: list[MilestoneLine]


def roadmap_progress(roadmap: Roadmap, *, as_of: date) -> RoadmapProgress:
    """Measure the whole roadmap as of a day, from the reports, completions and baseline up to that day.

    Ten queries, however many milestones there are. Lines come by due date, with initiative (and its pillar), phase,
    workstream, organisation and owner at hand.
    """
    phases = list(roadmap.phases.all())
    pillars = list(roadmap.pillars.all())
    workstreams = list(roadmap.workstreams.all())
    initiatives = list(roadmap.initiatives.select_related("pillar"))
    organisations = list(Organisation.objects.all())
    lines = milestone_lines(Milestone.objects.filter(initiative__roadmap=roadmap), as_of=as_of)
    _hand_out(lines, "phase", phases)
    _hand_out(lines, "workstream", workstreams)
    _hand_out(lines, "initiative", initiatives)
    _hand_out(lines, "organisation", organisations)
    _hand_out(lines, "owner", Person.objects.filter(milestones__initiative__roadmap=roadmap).distinct())
    by_phase = _rolled_up(lines, lambda line: line.milestone.phase_id, (phase.pk for phase in phases))
    return RoadmapProgress(
        roadmap=roadmap,
        as_of=as_of,
        overall=measure_group((line.milestone.weight, line.figures) for line in lines),
        phases=[
            PhaseProgress(phase=phase, figures=by_phase[phase.pk], days_to_gate=(phase.gate_on - as_of).days)
            for phase in phases
        ],
        pillars=pillars,
        workstreams=workstreams,
        initiatives=initiatives,
        organisations=organisations,
        by_pillar=_rolled_up(
            lines, lambda line: line.milestone.initiative.pillar_id, (pillar.pk for pillar in pillars)
        ),
        by_workstream=_rolled_up(lines, lambda line: line.milestone.workstream_id, (one.pk for one in workstreams)),
        by_initiative=_rolled_up(lines, lambda line: line.milestone.initiative_id, (one.pk for one in initiatives)),
        by_organisation=_by_organisation(lines, organisations),
        cells=_rolled_up(
            lines,
            lambda line: (line.milestone.phase_id, line.milestone.initiative.pillar_id),
            ((phase.pk, pillar.pk) for phase in phases for pillar in pillars),
        ),
        workstream_cells=_rolled_up(
            lines,
            lambda line: (line.milestone.phase_id, line.milestone.workstream_id),
            ((phase.pk, one.pk) for phase in phases for one in workstreams),
        ),
        lines=lines,
    )


def _hand_out(lines: Iterable[MilestoneLine], name: str, owners: Iterable[Model]) -> None:
    """Set each milestone's ``name`` from rows already fetched: a join would make each of them anew for every line."""
    by_id = {owner.pk: owner for owner in owners}
    for line in lines:
        key = getattr(line.milestone, f"{name}_id")
        if key in by_id:  # else it came after ``owners`` was read, and is fetched when asked for
            setattr(line.milestone, name, by_id[key])


def _rolled_up(
    lines: Iterable[MilestoneLine], key_of: Callable[[MilestoneLine], object], keys: Iterable[Key]
) -> dict[Key, Figures]:
    """The figures of each of ``keys``, from the lines that have that key."""
    groups: defaultdict[object, list[MilestoneLine]] = defaultdict(list)
    for line in lines:
        groups[key_of(line)].append(line)
    return {key: measure_group((line.milestone.weight, line.figures) for line in groups[key]) for key in keys}


def _by_organisation(lines: Iterable[MilestoneLine], organisations: list[Organisation]) -> dict[int, Figures]:
    """Each organisation's figures with those of everything below it; each line is handed up its own branch once."""
    at_path = {organisation.path: organisation.pk for organisation in organisations}
    groups: defaultdict[int, list[MilestoneLine]] = defaultdict(list)
    for line in lines:
        if line.milestone.organisation is None:
            continue
        codes = line.milestone.organisation.path.rstrip("/").split("/")
        for depth in range(1, len(codes) + 1):
            groups[at_path["/".join(codes[:depth]) + "/"]].append(line)
    return {
        organisation.pk: measure_group((line.milestone.weight, line.figures) for line in groups[organisation.pk])
        for organisation in organisations
    }
