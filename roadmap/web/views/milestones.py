"""The list of milestones, and the page of one."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from roadmap.forecast.kept import latest_of
from roadmap.forecast.words import milestone_sentence
from roadmap.models import Milestone, Person, ProgressUpdate
from roadmap.progress.facts import MilestoneLine, baseline_entries, milestone_lines
from roadmap.rights import may_answer, may_edit
from roadmap.vocabulary import OPEN_STATUSES
from roadmap.web.filters import filters_from, matching, needs_measuring, passes
from roadmap.web.frame import Frame, frame_for, query_of
from roadmap.web.presenters.changes import changes_view, names_in
from roadmap.web.presenters.lines import line_view
from roadmap.web.presenters.milestone import Rows, milestone_view

PER_PAGE = 50


def milestone_list(request: HttpRequest) -> HttpResponse:
    """Milestones by due date, filtered by what the address asks for, fifty a page."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    filters = filters_from(request, frame=frame)
    found = matching(filters, frame=frame)
    asked_page = request.GET.get("page")
    if needs_measuring(filters):
        measured = [line for line in milestone_lines(found, as_of=frame.as_of) if passes(line, filters)]
        page = Paginator(measured, PER_PAGE).get_page(asked_page)
        lines: list[MilestoneLine] = list(page.object_list)
        total, last = page.paginator.count, page.paginator.num_pages
    else:
        rows = Paginator(found, PER_PAGE).get_page(asked_page)
        lines = milestone_lines(list(rows.object_list), as_of=frame.as_of)
        page, total, last = rows, rows.paginator.count, rows.paginator.num_pages  # type: ignore[assignment]
    number = page.number
    return render(
        request,
        "roadmap/milestones.html",
        {
            "frame": frame,
            "filters": filters,
            "lines": [line_view(line, as_of=frame.as_of) for line in lines],
            "total": total,
            "page": number,
            "pages": last,
            "earlier": query_of(filters.asked | frame.kept | {"page": str(number - 1)}) if number > 1 else "",
            "later": query_of(filters.asked | frame.kept | {"page": str(number + 1)}) if number < last else "",
        },
    )


def milestone_page(request: HttpRequest, code: str) -> HttpResponse:
    """One milestone with everything known of it up to the day shown."""
    found = Milestone.objects.filter(code=code).select_related(
        *("initiative__pillar", "initiative__roadmap", "phase", "workstream", "organisation", "owner", "source"),
        "verified_by",
    )
    milestone = found.first()
    frame = frame_for(request, roadmap=milestone.initiative.roadmap if milestone else None)
    if frame is not None and frame.is_past and frame.is_known_then:
        milestone = found.first()
    if frame is None or milestone is None:
        raise Http404
    waits = list(milestone.predecessor_links.select_related("predecessor"))
    awaited = list(milestone.successor_links.select_related("successor"))
    ends = [*(one.predecessor for one in waits), *(one.successor for one in awaited)]
    line, *others = milestone_lines([milestone, *ends], as_of=frame.as_of)
    reports = ProgressUpdate.every.filter(milestone=milestone, reported_on__lte=frame.as_of)
    rows = Rows(
        baseline=baseline_entries([milestone], as_of=frame.as_of).get(milestone.pk),
        deliverables=list(milestone.deliverables.all()),
        predecessors=waits,
        successors=awaited,
        updates=list(reports.select_related("reported_by", "withdrawn_by")),
        evidence=list(milestone.evidence.filter(added_at__lt=frame.ends_at).select_related("added_by")),
        others={one.milestone.pk: one for one in others},
    )
    history = list(
        milestone.history.filter(history_date__lt=frame.ends_at)
        .select_related("history_user")
        .order_by("history_date", "history_id")
    )
    forecast = latest_of(milestone, up_to=frame.as_of)
    forecast_text = milestone_sentence(forecast) if forecast and line.figures.is_open else ""
    return render(
        request,
        "roadmap/milestone.html",
        {
            "frame": frame,
            "view": milestone_view(line, rows, frame=frame),
            "forecast": forecast_text,
            "acts": _acts(request, milestone, frame),
            "changes": changes_view(history, names=names_in(history)),
        },
    )


@dataclass(frozen=True)
class Acts:
    """What whoever is signed in is offered to do with the milestone. ``edit`` is an address, empty for who may not."""

    may_answer: bool
    edit: str
    is_watched: bool


def _acts(request: HttpRequest, milestone: Milestone, frame: Frame) -> Acts | None:
    """Nothing for readers who aren't signed in, and while a past day is shown. At most three queries."""
    person = request.user
    if frame.is_past or not isinstance(person, Person):
        return None
    may_enter = person.is_staff and may_edit(person, milestone)
    return Acts(
        may_answer=milestone.status in OPEN_STATUSES and may_answer(person, milestone),
        edit=reverse("admin:roadmap_milestone_change", args=[milestone.pk]) if may_enter else "",
        is_watched=milestone.watches.filter(person=person).exists(),
    )
