"""The matrices on a page of their own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.progress.summary import roadmap_summary
from roadmap.web.frame import frame_for
from roadmap.web.presenters.matrix import matrix_view


def matrix_page(request: HttpRequest) -> HttpResponse:
    """Pillars and workstreams by phase; every cell opens what is behind it."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    summary = roadmap_summary(frame.roadmap, as_of=frame.as_of)
    return render(request, "roadmap/matrix.html", {"frame": frame, "matrix": matrix_view(summary, frame=frame)})
