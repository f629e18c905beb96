"""All indicators with their series and sources."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.web.frame import frame_for
from roadmap.web.rows import indicators_of


def indicator_list(request: HttpRequest) -> HttpResponse:
    """Each indicator with its observations up to the day shown."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    return render(request, "roadmap/indicators.html", {"frame": frame, "indicators": indicators_of(frame)})
