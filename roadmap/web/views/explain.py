"""How a figure is computed: the formulas with their numbers, and each milestone's share, a page at a time."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.models import Milestone
from roadmap.progress.explain import contribution
from roadmap.progress.measure import figures_of
from roadmap.progress.page import measured_rows
from roadmap.progress.rollup import sums_of
from roadmap.web.chosen import part_asked_for
from roadmap.web.frame import frame_for, query_of
from roadmap.web.presenters.contributions import formulas, share_views
from roadmap.web.presenters.values import figures_view

PER_PAGE = 50


def explain_page(request: HttpRequest) -> HttpResponse:
    """The part of the roadmap that the address names, explained."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    part = part_asked_for(request, frame=frame)
    sums = sums_of(frame.roadmap, only=part.only, as_of=frame.as_of)
    ids = Milestone.objects.filter(part.condition).order_by("due_on", "id").values_list("pk", flat=True)
    page = Paginator(ids, PER_PAGE).get_page(request.GET.get("page"))
    rows = measured_rows([(pk, frame.as_of) for pk in page.object_list])

    def at(number: int) -> str:
        return query_of(part.codes | frame.kept | {"page": str(number)})

    return render(
        request,
        "roadmap/explain.html",
        {
            "frame": frame,
            "titles": list(part.titles.values()),
            "figures": figures_view(figures_of(sums)),
            "formulas": formulas(sums),
            "shares": share_views([contribution(row) for row in rows], weight=sums.weight),
            "total": page.paginator.count,
            "list_address": frame.list_address(**part.codes),
            "page": page.number,
            "pages": page.paginator.num_pages,
            "earlier": at(page.number - 1) if page.has_previous() else "",
            "later": at(page.number + 1) if page.has_next() else "",
        },
    )
