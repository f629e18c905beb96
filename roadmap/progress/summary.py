"""Where a roadmap stands in sums alone, whatever its size: the whole, each part, each cell, from one roll-up.

The milestones themselves are in ``facts``; a test compares these figures with what the rules say of each of them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from roadmap.models import Initiative, Organisation, Phase, Pillar, Roadmap, Workstream
from roadmap.progress.measure import Figures, Sums, figures_of
from roadmap.progress.rollup import roll_up, summed

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class PhaseProgress:
    """A phase with its figures; ``days_to_gate`` is negative once the gate has passed."""

    phase: Phase
    figures: Figures
    days_to_gate: int


@dataclass(frozen=True)
class RoadmapSummary:
    """Where a roadmap stands on ``as_of``. Mappings are keyed by primary key and hold every member, empty ones too.

    ``cells`` is keyed by (phase, pillar), ``workstream_cells`` by (phase, workstream).
    """

    roadmap: Roadmap
    as_of: date
    overall: Figures
    phases: list[PhaseProgress]
    pillars: list[Pillar]
    workstreams: list[Workstream]
    initiatives: list[Initiative]
    by_pillar: dict[int, Figures]
    by_workstream: dict[int, Figures]
    by_initiative: dict[int, Figures]
    cells: dict[tuple[int, int], Figures]
    workstream_cells: dict[tuple[int, int], Figures]


def roadmap_summary(roadmap: Roadmap, *, as_of: date) -> RoadmapSummary:
    """Measure the whole roadmap as of a day. Five queries; outside a transaction, a sixth for the kept sums."""
    phases, pillars = list(roadmap.phases.all()), list(roadmap.pillars.all())
    workstreams, initiatives = list(roadmap.workstreams.all()), list(roadmap.initiatives.all())
    sums = summed(roadmap, by=("phase", "initiative", "workstream"), as_of=as_of)
    pillar_of = {one.pk: one.pillar_id for one in initiatives}
    # a part that came after its list was read is left out everywhere but in the whole
    parts = [
        (phase, pillar_of.get(initiative or 0), stream, initiative, one) for (phase, initiative, stream), one in sums
    ]
    by_phase = _figures(((phase, one) for phase, _p, _s, _i, one in parts), (one.pk for one in phases))
    return RoadmapSummary(
        roadmap=roadmap,
        as_of=as_of,
        overall=figures_of(sum((one for *_key, one in parts), Sums())),
        phases=[
            PhaseProgress(phase=phase, figures=by_phase[phase.pk], days_to_gate=(phase.gate_on - as_of).days)
            for phase in phases
        ],
        pillars=pillars,
        workstreams=workstreams,
        initiatives=initiatives,
        by_pillar=_figures(((pillar, one) for _f, pillar, _s, _i, one in parts), (one.pk for one in pillars)),
        by_workstream=_figures(((stream, one) for _f, _p, stream, _i, one in parts), (one.pk for one in workstreams)),
        by_initiative=_figures(((each, one) for _f, _p, _s, each, one in parts), (one.pk for one in initiatives)),
        cells=_figures(
            (((phase, pillar), one) for phase, pillar, _s, _i, one in parts),
            ((phase.pk, one.pk) for phase in phases for one in pillars),
        ),
        workstream_cells=_figures(
            (((phase, stream), one) for phase, _p, stream, _i, one in parts),
            ((phase.pk, one.pk) for phase in phases for one in workstreams),
        ),
    )


def organisation_figures(roadmap: Roadmap, *, as_of: date) -> list[tuple[Organisation, Figures]]:
    """Every organisation in the order of the tree, with the figures of its milestones and of all below it.

    Three queries; outside a transaction, a fourth for the kept sums.
    """
    figures = roll_up(roadmap, by=("organisation",), as_of=as_of)
    nothing = figures_of(Sums())
    return [(one, figures.get((one.pk,), nothing)) for one in Organisation.objects.all()]


def _figures(parts: Iterable[tuple[object, Sums]], keys: Iterable[Key]) -> dict[Key, Figures]:
    """The figures of each of ``keys``, from the parts that have that key."""
    groups: defaultdict[object, Sums] = defaultdict(Sums)
    for key, one in parts:
        groups[key] += one
    return {key: figures_of(groups[key]) for key in keys}
