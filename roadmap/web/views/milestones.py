"""The list of milestones, and the page of one."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from roadmap.forecast.kept import latest_of
from roadmap.forecast.words import milestone_sentence
from roadmap.models import Milestone, Person, ProgressUpdate
from roadmap.progress.facts import MilestoneLine, baseline_entries, milestone_lines
from roadmap.rights import may_answer, may_edit, may_report
from roadmap.vocabulary import OPEN_STATUSES
from roadmap.web.columns import Arrangement, arrangement_asked, row_of, table_of
from roadmap.web.filters import Filters, filters_from, matching, needs_measuring, passes
from roadmap.web.frame import Frame, frame_for, query_of
from roadmap.web.own.kept_views import kept_views, query_to_keep
from roadmap.web.presenters.changes import changes_view, names_in
from roadmap.web.presenters.comments import comments_view
from roadmap.web.presenters.milestone import Rows, milestone_view
from roadmap.web.takeaway.tables import file_addresses, table_file

PER_PAGE = 50


def milestone_list(request: HttpRequest) -> HttpResponse:
    """Milestones under the filters of the address, the open ones first or in the order asked for, fifty a page."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    if len(request.GET.getlist("columns")) > 1:  # as a form of boxes sends them
        return HttpResponseRedirect(request.path + query_of(_kept(request) | arrangement_asked(request).asked))
    filters, arranged = filters_from(request, frame=frame), arrangement_asked(request)
    found: Any = arranged.ordered(matching(filters, frame=frame), as_of=frame.as_of)
    is_measured = needs_measuring(filters) or arranged.needs_measuring
    page = Paginator(_measured(found, filters, arranged, frame) if is_measured else found, PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(page.object_list)
    lines = rows if is_measured else milestone_lines(rows, as_of=frame.as_of)
    here = filters.asked | arranged.asked | frame.kept
    number, last = page.number, page.paginator.num_pages
    return render(
        request,
        "roadmap/milestones.html",
        {
            "frame": frame,
            "filters": filters,
            "arranged": arranged,
            "headings": arranged.headings(filters.asked | frame.kept),
            "rows": [row_of(line, arranged.shown, as_of=frame.as_of) for line in lines],
            "total": page.paginator.count,
            "page": number,
            "pages": last,
            "files": file_addresses("milestones", here),
            "usual_order": query_of({name: value for name, value in here.items() if name != "sort"}),
            "views": kept_views(request),
            "query_to_keep": query_to_keep(request) if request.user.is_authenticated else "",
            "carried": filters.asked | arranged.asked,
            "earlier": query_of(here | {"page": str(number - 1)}) if number > 1 else "",
            "later": query_of(here | {"page": str(number + 1)}) if number < last else "",
        },
    )


def milestone_file(request: HttpRequest, *, kind: str) -> HttpResponse:
    """All that the list has under its filters, in its order, as a table file."""
    frame = frame_for(request)
    if frame is None:
        raise Http404
    filters, arranged = filters_from(request, frame=frame), arrangement_asked(request)
    found = arranged.ordered(matching(filters, frame=frame), as_of=frame.as_of)
    table = table_of(_measured(found, filters, arranged, frame), arranged.in_file)
    return table_file(table, kind=kind, name=f"{frame.roadmap.code}-milestones-{frame.as_of}")


def _measured(found: QuerySet[Milestone], filters: Filters, arranged: Arrangement, frame: Frame) -> list[MilestoneLine]:
    lines = milestone_lines(found, as_of=frame.as_of)
    if needs_measuring(filters):
        lines = [line for line in lines if passes(line, filters)]
    return arranged.sorted(lines)


def _kept(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.GET.items() if name not in {"columns", "page"}}


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
            "comments": comments_view(milestone, ends_at=frame.ends_at, reader=request.user),
            "changes": changes_view(history, names=names_in(history)),
        },
    )


@dataclass(frozen=True)
class Acts:
    """What whoever is signed in is offered to do with the milestone. ``edit`` is an address, empty for who may not."""

    may_answer: bool
    may_comment: bool
    edit: str
    is_watched: bool


def _acts(request: HttpRequest, milestone: Milestone, frame: Frame) -> Acts | None:
    """Nothing for readers who aren't signed in, and while a past day is shown. At most three queries."""
    person = request.user
    if frame.is_past or not isinstance(person, Person):
        return None
    may_enter = person.is_staff and may_edit(person, milestone)
    return Acts(
        may_comment=may_report(person, milestone),
        may_answer=milestone.status in OPEN_STATUSES and may_answer(person, milestone),
        edit=reverse("admin:roadmap_milestone_change", args=[milestone.pk]) if may_enter else "",
        is_watched=milestone.watches.filter(person=person).exists(),
    )
