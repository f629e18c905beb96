"""What the rules say of a whole roadmap, milestone by milestone: what every sum of the program is compared with."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from roadmap.models import Initiative, Organisation, Pillar, Roadmap, Workstream
from roadmap.progress.facts import MilestoneLine, roadmap_lines
from roadmap.progress.measure import Figures, measure_group
from roadmap.progress.summary import PhaseProgress

Key = TypeVar("Key", bound=Hashable)


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
    """Measure the whole roadmap as of a day, from the reports, completions and baseline up to that day."""
    phases = list(roadmap.phases.all())
    pillars = list(roadmap.pillars.all())
    workstreams = list(roadmap.workstreams.all())
    initiatives = list(roadmap.initiatives.select_related("pillar"))
    organisations = list(Organisation.objects.all())
    lines = roadmap_lines(roadmap, as_of=as_of)
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
