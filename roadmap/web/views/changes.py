"""What changed between two days: figures at both ends, and what became of the milestones."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from roadmap.progress.differences import GateMove, PlanDifferences, differences_between
from roadmap.progress.known_sums import NewlyLate, Part, newly_late, sums_known_at, sums_known_now
from roadmap.progress.measure import Sums, figures_of
from roadmap.progress.replay import end_of
from roadmap.progress.turns import Judgement, judged
from roadmap.vocabulary import PlanDifference
from roadmap.web.frame import frame_for
from roadmap.web.presenters.differences import MOST, sections_of, table_of
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.then_and_now import then_and_now
from roadmap.web.presenters.turns import turn_views
from roadmap.web.presenters.values import NOTHING, day_of
from roadmap.web.spans import presets, span_asked
from roadmap.web.takeaway.tables import file_addresses, table_file

MOST_IN_FILE = 100_000


def changes_page(request: HttpRequest) -> HttpResponse:
    """From the end of the first day to the end of the second, as the plan was known at each."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    roadmap, span = frame.roadmap, span_asked(request, frame=frame)
    start, end = (end_of(day, zone=roadmap.time_zone) for day in (span.first, span.last))
    found = differences_between(roadmap, start=start, end=end)
    phases, pillars = list(roadmap.phases.all()), list(roadmap.pillars.all())
    initiatives = {one.pk: one for one in roadmap.initiatives.all()}
    then = sums_known_at(roadmap, instant=start, day=span.first)
    if span.last == frame.today:
        now = sums_known_now(roadmap, day=span.last)
    else:
        now = sums_known_at(roadmap, instant=end, day=span.last)
    late = newly_late(found, roadmap, first=span.first, last=span.last, most=MOST)
    day = {"as_of": span.last.isoformat()} if span.last != frame.today else {}
    why = partial(explain_address, replace(frame, kept=frame.kept | day))
    return render(
        request,
        "roadmap/changes.html",
        {
            "frame": frame,
            "span": span,
            "first": day_of(span.first),
            "last": day_of(span.last),
            "presets": presets(span, phases, frame=frame),
            "figures": then_and_now(phases, pillars, initiatives, then=then, now=now, why=why),
            "nothing_then": not then,
            "sections": sections_of(found, late),
            "turns": turn_views(_judged(found, late, then=then, now=now)) if then else [],
            "gates": [_gate(one) for one in found.gates],
            "baselines": found.baselines,
            "files": file_addresses(
                "changes", frame.kept | {"from": span.first.isoformat(), "to": span.last.isoformat()}
            ),
        },
    )


def changes_file(request: HttpRequest, *, kind: str) -> HttpResponse:
    """All that differs between the two days, as a file."""
    frame = frame_for(request)
    if frame is None:
        raise Http404
    roadmap, span = frame.roadmap, span_asked(request, frame=frame)
    start, end = (end_of(day, zone=roadmap.time_zone) for day in (span.first, span.last))
    found = differences_between(roadmap, start=start, end=end)
    late = newly_late(found, roadmap, first=span.first, last=span.last, most=MOST_IN_FILE)
    name = f"{roadmap.code}-changes-{span.first}-{span.last}"
    return table_file(table_of(found, late.first), kind=kind, name=name)


def _judged(
    found: PlanDifferences, late: NewlyLate, *, then: Mapping[Part, Sums], now: Mapping[Part, Sums]
) -> list[Judgement]:
    before, after = (figures_of(sum(one.values(), Sums())) for one in (then, now))
    return judged(
        before,
        after,
        newly_overdue=late.total,
        completed=len(found.of(PlanDifference.COMPLETED)),
        reopened=len(found.of(PlanDifference.REOPENED)),
        slips=[one.slip_days for one in found.of(PlanDifference.MOVED)],
    )


def _gate(move: GateMove) -> tuple[str, str, str]:
    """A phase's title, and its gate before and after."""
    phase = move.now or move.was
    before, after = (date_format(one.gate_on) if one else NOTHING for one in (move.was, move.now))
    return (phase.title if phase else NOTHING, before, after)
