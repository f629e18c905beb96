"""The page of an initiative."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.models import Milestone
from roadmap.progress.facts import milestone_lines
from roadmap.progress.measure import measure_group
from roadmap.web.frame import frame_for
from roadmap.web.presenters.lines import line_view
from roadmap.web.presenters.values import badge_of, figures_view


def initiative_page(request: HttpRequest, code: str) -> HttpResponse:
    """An initiative of the roadmap with its figures and its milestones by due date."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    initiative = frame.roadmap.initiatives.select_related("pillar", "source").filter(code=code).first()
    if initiative is None:
        raise Http404
    lines = milestone_lines(
        Milestone.objects.filter(initiative=initiative).select_related(
            "initiative__pillar", "phase", "organisation", "owner"
        ),
        as_of=frame.as_of,
    )
    return render(
        request,
        "roadmap/initiative.html",
        {
            "frame": frame,
            "initiative": initiative,
            "badge": badge_of(initiative.provenance),
            "pillar_address": frame.list_address(pillar=initiative.pillar.code),
            "figures": figures_view(measure_group((line.milestone.weight, line.figures) for line in lines)),
            "lines": [line_view(line, as_of=frame.as_of) for line in lines],
        },
    )
