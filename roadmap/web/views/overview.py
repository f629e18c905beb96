"""The overview of a roadmap, at ``/`` and at ``/roadmaps/<code>/``."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.forecast.kept import latest_gates
from roadmap.models import Milestone
from roadmap.progress.attention import who_must_act
from roadmap.progress.conditions import unowned_on
from roadmap.progress.latest import latest_changes
from roadmap.progress.series import progress_series
from roadmap.progress.summary import roadmap_summary
from roadmap.web.frame import frame_for
from roadmap.web.presenters.curves import curve_days
from roadmap.web.presenters.overview import overview_view

LATEST = 5
WHO = 6


def overview(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Where the roadmap stands; a page that says how to load one while there is none."""
    frame = frame_for(request, code=code)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    roadmap, as_of = frame.roadmap, frame.as_of
    summary = roadmap_summary(roadmap, as_of=as_of)
    view = overview_view(
        summary,
        points=progress_series(roadmap, days=curve_days(summary), today=as_of),
        to_act=who_must_act(roadmap, as_of=as_of, most=WHO),
        changes=latest_changes(roadmap, as_of=as_of, most=LATEST, milestones=summary.overall.total),
        unowned=Milestone.objects.filter(unowned_on(as_of), initiative__roadmap=roadmap).count(),
        forecasts=latest_gates(roadmap, up_to=as_of),
        frame=frame,
    )
    return render(request, "roadmap/overview.html", {"frame": frame, "view": view})
