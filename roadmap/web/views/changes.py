"""What changed between two days: figures at both ends, and what became of the milestones."""

from dataclasses import replace
from datetime import date
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from roadmap.progress.differences import GateMove, differences_between
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.known import lines_known_at
from roadmap.progress.queries import RoadmapProgress, roadmap_progress
from roadmap.progress.replay import end_of
from roadmap.web.frame import Frame, frame_for
from roadmap.web.presenters.differences import sections_of
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.then_and_now import then_and_now
from roadmap.web.presenters.values import NOTHING, day_of
from roadmap.web.spans import presets, span_asked


def changes_page(request: HttpRequest) -> HttpResponse:
    """From the end of the first day to the end of the second, as the plan was known at each."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    span = span_asked(request, frame=frame)
    zone = frame.roadmap.time_zone
    found = differences_between(frame.roadmap, start=end_of(span.first, zone=zone), end=end_of(span.last, zone=zone))
    progress = roadmap_progress(frame.roadmap, as_of=frame.today)
    then, now = (_known_on(day, progress, frame) for day in (span.first, span.last))
    newly_late = [
        line for pk, line in now.items() if line.figures.is_late and not (pk in then and then[pk].figures.is_late)
    ]
    day = {"as_of": span.last.isoformat()} if span.last != frame.today else {}
    why = partial(explain_address, replace(frame, kept=frame.kept | day))
    newly_late.sort(key=lambda line: (line.milestone.due_on, line.milestone.pk))
    phases = [one.phase for one in progress.phases]
    return render(
        request,
        "roadmap/changes.html",
        {
            "frame": frame,
            "span": span,
            "first": day_of(span.first),
            "last": day_of(span.last),
            "presets": presets(span, phases, frame=frame),
            "figures": then_and_now(
                phases, progress.pillars, then=list(then.values()), now=list(now.values()), why=why
            ),
            "nothing_then": not then,
            "sections": sections_of(found, newly_late),
            "gates": [_gate(one) for one in found.gates],
            "baselines": found.baselines,
        },
    )


def _known_on(day: date, progress: RoadmapProgress, frame: Frame) -> dict[int, MilestoneLine]:
    """The milestones as they were known at the end of the day, by primary key; today's are at hand."""
    if day == frame.today:
        return {line.milestone.pk: line for line in progress.lines}
    instant = end_of(day, zone=frame.roadmap.time_zone)
    return lines_known_at(frame.roadmap, instant=instant, today=day, present=progress.lines)


def _gate(move: GateMove) -> tuple[str, str, str]:
    """A phase's title, and its gate before and after."""
    phase = move.now or move.was
    before, after = (date_format(one.gate_on) if one else NOTHING for one in (move.was, move.now))
    return (phase.title if phase else NOTHING, before, after)
