"""The monthly report, at ``/reports/2026-11/``: a page to print, and as PDF and workbook."""

import re
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from roadmap import clock
from roadmap.exchange.monthly.content import NoSuchReport, monthly_report
from roadmap.exchange.monthly.document import Report
from roadmap.exchange.monthly.files import as_pdf, as_workbook
from roadmap.tables import XLSX_TYPE
from roadmap.web.frame import Frame, frame_for

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def report_page(request: HttpRequest, month: str) -> HttpResponse:
    """The report as a page."""
    frame, report = _report(request, month)
    return render(request, "roadmap/report.html", {"frame": frame, "report": report, "month": month})


def report_pdf(request: HttpRequest, month: str) -> HttpResponse:
    """The report as PDF."""
    frame, report = _report(request, month)
    return _download(as_pdf(report), "application/pdf", f"{frame.roadmap.code}-{month}.pdf")


def report_workbook(request: HttpRequest, month: str) -> HttpResponse:
    """The report as a workbook."""
    frame, report = _report(request, month)
    return _download(as_workbook(report), XLSX_TYPE, f"{frame.roadmap.code}-{month}.xlsx")


def _report(request: HttpRequest, month: str) -> tuple[Frame, Report]:
    frame, found = frame_for(request), MONTH.fullmatch(month)
    if frame is None or found is None:
        raise Http404
    try:
        day = date(int(found[1]), int(found[2]), 1)
        return frame, monthly_report(frame.roadmap, month=day, now=clock.now())
    except (ValueError, NoSuchReport) as error:
        raise Http404 from error


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})
