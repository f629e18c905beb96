"""All indicators with their series and sources."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap.web.frame import frame_for
from roadmap.web.presenters.indicators import table_of
from roadmap.web.rows import indicators_of
from roadmap.web.takeaway.tables import file_addresses, table_file


def indicator_list(request: HttpRequest) -> HttpResponse:
    """Each indicator with its observations up to the day shown."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    values = {"frame": frame, "indicators": indicators_of(frame), "files": file_addresses("indicators", frame.kept)}
    return render(request, "roadmap/indicators.html", values)


def indicator_file(request: HttpRequest, *, kind: str) -> HttpResponse:
    """Each observation up to the day shown as a row of a file."""
    frame = frame_for(request)
    if frame is None:
        raise Http404
    table = table_of(indicators_of(frame))
    return table_file(table, kind=kind, name=f"{frame.roadmap.code}-indicators-{frame.as_of}")
