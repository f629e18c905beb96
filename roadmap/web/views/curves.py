"""Progress over time: the S-curve, the same values as a table, and both to take away."""

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from roadmap.progress.series import progress_series
from roadmap.progress.summary import roadmap_summary
from roadmap.web.charts.curve import CurveSize
from roadmap.web.frame import Frame, frame_for
from roadmap.web.presenters.curves import curve_days, curve_view, trend_view
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.points import PointView, point_views
from roadmap.web.presenters.values import figures_view
from roadmap.web.takeaway.dress import Sheet, as_svg_file

COLUMNS = ("date", "planned_percent", "earned_percent", "verified_percent", "schedule_variance")
WIDE, NARROW = CurveSize(width=1120, height=420), CurveSize(width=343, height=280)


def progress_page(request: HttpRequest) -> HttpResponse:
    """Planned, earned and verified percent over the whole of the roadmap."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    return render(request, "roadmap/progress.html", _values(frame))


def progress_table(request: HttpRequest) -> HttpResponse:
    """The table as CSV; ISO dates and exact decimals, whatever the language."""
    frame = _frame(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{frame.roadmap.code}-progress-{frame.as_of}.csv"'
    rows = csv.writer(response)
    rows.writerow(COLUMNS)
    points: list[PointView] = _values(frame)["points"]
    rows.writerows(point.cells for point in points)
    return response


def progress_drawing(request: HttpRequest) -> HttpResponse:
    """The curve as a file that stands by itself."""
    frame = _frame(request)
    sheet = Sheet(
        name=f"{frame.roadmap.code}-progress-{frame.as_of}",
        title=f"{frame.roadmap.title} · {_('Progress over time')}",
        day=frame.as_of,
        width=WIDE.width,
        height=WIDE.height,
        has_sample=frame.has_sample,
        lines=("planned", "earned", "verified"),
    )
    return as_svg_file("roadmap/charts/curve.html", _values(frame), sheet=sheet)


def _frame(request: HttpRequest) -> Frame:
    frame = frame_for(request)
    if frame is None:
        raise Http404
    return frame


def _values(frame: Frame) -> dict[str, Any]:
    summary = roadmap_summary(frame.roadmap, as_of=frame.as_of)
    points = progress_series(frame.roadmap, days=curve_days(summary), today=frame.as_of)
    wide = curve_view(points, summary, size=WIDE)
    return {
        "frame": frame,
        "overall": figures_view(summary.overall),
        "trend": trend_view(points, as_of=frame.as_of),
        "chart": wide,
        "narrow": curve_view(points, summary, size=NARROW),
        "points": point_views(points, summary, frame=frame),
        "why": explain_address(frame),
        "name": "file",
    }
