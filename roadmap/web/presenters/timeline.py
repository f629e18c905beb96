"""The timeline's marks and words, from measured milestones; the geometry is in ``charts.timeline``."""

from roadmap.progress.queries import RoadmapProgress
from roadmap.web.charts.timeline import Band, Group, Lane, Mark, Timeline, TimelineSize, timeline
from roadmap.web.presenters.lines import LineView
from roadmap.web.presenters.values import state_of

WIDE = TimelineSize(width=1120, label_width=210)
NARROW = TimelineSize(width=343, label_width=0)


def timeline_view(progress: RoadmapProgress, lines: list[LineView], *, size: TimelineSize) -> Timeline:
    """The drawing of the whole roadmap; ``lines`` are those of ``progress``, in the same order."""
    marks: dict[int, list[Mark]] = {initiative.pk: [] for initiative in progress.initiatives}
    for line, view in zip(progress.lines, lines, strict=True):
        milestone, slip = line.milestone, line.figures.slip_days
        marks[milestone.initiative_id].append(
            Mark(
                day=milestone.due_on,
                state=state_of(line.figures),
                tip=f"{view.title} · {view.due.text} · {view.sign.word} · {view.earned}",
                code=milestone.code,
                baseline_day=type(milestone.due_on).fromordinal(milestone.due_on.toordinal() - slip) if slip else None,
            )
        )
    groups = [
        Group(
            label=pillar.title,
            lanes=[
                Lane(label=initiative.title, code=initiative.code, marks=marks[initiative.pk])
                for initiative in progress.initiatives
                if initiative.pillar_id == pillar.pk
            ],
        )
        for pillar in progress.pillars
    ]
    return timeline(
        bands=[
            Band(label=one.phase.title, starts_on=one.phase.starts_on, gate_on=one.phase.gate_on)
            for one in progress.phases
        ],
        groups=[group for group in groups if group.lanes],
        starts_on=progress.roadmap.starts_on,
        today=progress.as_of,
        size=size,
    )
