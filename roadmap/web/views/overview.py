"""The overview of a roadmap, at ``/`` and at ``/roadmaps/<code>/``."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.models import ProgressUpdate, Roadmap
from roadmap.progress.queries import RoadmapProgress, roadmap_progress
from roadmap.progress.series import month_ends, progress_series
from roadmap.web.frame import frame_for
from roadmap.web.presenters.overview import overview_view
from roadmap.web.rows import indicators_of

LATEST_REPORTS = 6
INDICATORS = 8


def overview(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Where the roadmap stands; a page that says how to load one while there is none."""
    frame = frame_for(request, code=code)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    progress = roadmap_progress(frame.roadmap, as_of=frame.as_of)
    view = overview_view(
        progress,
        points=progress_series(frame.roadmap, days=_curve_days(progress), today=frame.as_of),
        reports=_latest_reports(frame.roadmap, as_of=frame.as_of),
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


def _curve_days(progress: RoadmapProgress) -> list[date]:
    """The ends of all quarters up to the last day of anything, of each month in the year before the day shown."""
    ends = [one.phase.gate_on for one in progress.phases] + [line.milestone.due_on for line in progress.lines]
    if not ends:
        return []
    first, last = progress.roadmap.starts_on, max(ends)
    ends = [day for day in month_ends(first, last) if day.month % 3 == 0 or 0 < (progress.as_of - day).days < 366]
    return sorted({first, *ends, *([progress.as_of] if first <= progress.as_of <= last else [])})
