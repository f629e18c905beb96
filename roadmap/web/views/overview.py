"""The overview of a roadmap, at ``/`` and at ``/roadmaps/<code>/``."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.models import ProgressUpdate, Roadmap
from roadmap.progress.attention import needing_attention
from roadmap.progress.series import progress_series
from roadmap.progress.summary import roadmap_summary
from roadmap.web.frame import frame_for
from roadmap.web.presenters.curves import curve_days
from roadmap.web.presenters.overview import SHOWN, overview_view
from roadmap.web.rows import indicators_of

LATEST_REPORTS = 6
INDICATORS = 8


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
        attention=needing_attention(roadmap, as_of=as_of, most=SHOWN),
        reports=_latest_reports(roadmap, as_of=as_of),
        frame=frame,
    )
    observed = [one for one in indicators_of(frame) if one.latest]
    return render(
        request,
        "roadmap/overview.html",
        {
            "frame": frame,
            "view": view,
            "indicators": observed[:INDICATORS],
            "indicators_total": len(observed),
        },
    )


def _latest_reports(roadmap: Roadmap, *, as_of: date) -> list[ProgressUpdate]:
    return list(
        ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap, reported_on__lte=as_of)
        .select_related("milestone", "reported_by")
        .order_by("-reported_on", "-id")[:LATEST_REPORTS]
    )
