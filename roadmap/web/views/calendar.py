"""The calendar: a month of due dates, expected dates and gates, and the same as a file for calendar programs."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.calendars.due_dates import calendar_file, gate_day, milestone_day
from roadmap.calendars.edits import edits_behind
from roadmap.models import Milestone, ProgressUpdate, WorkdayOverride
from roadmap.progress.facts import milestone_lines
from roadmap.web.filters import filters_from, matching, needs_measuring, passes
from roadmap.web.frame import Frame, frame_for, query_of
from roadmap.web.presenters.month import days_of_month, month_view
from roadmap.web.presenters.values import Sign, state_words

FIRST_YEAR, LAST_YEAR = 2000, 2099
PAST, MOST_DAYS = timedelta(days=90), 2000  # of the file


@dataclass(frozen=True)
class MonthLink:
    """The way to another month."""

    title: str
    query: str


def calendar_page(request: HttpRequest) -> HttpResponse:
    """The month that ``?month=2026-12`` asks for, else that of the day shown; filters as of the list."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    filters = filters_from(request, frame=frame)
    first, problem = _month_asked(request.GET.get("month", ""), otherwise=frame.as_of)
    days = days_of_month(first)
    found = _touching(matching(filters, frame=frame), days, frame=frame)
    lines = milestone_lines(found, as_of=frame.as_of)
    if needs_measuring(filters):
        lines = [line for line in lines if passes(line, filters)]
    phases = list(frame.roadmap.phases.all())
    month = month_view(
        first,
        today=frame.as_of,
        calendar=WorkdayOverride.objects.calendar(frame.roadmap.calendar),
        gates=[phase for phase in phases if filters.codes["phase"] in ("", phase.code)],
        lines=lines,
    )
    kept = filters.asked | frame.kept
    this_month = frame.as_of.replace(day=1)
    return render(
        request,
        "roadmap/calendar.html",
        {
            "frame": frame,
            "filters": filters,
            "month": month,
            "problem": problem,
            "month_asked": "" if first == this_month else f"{first:%Y-%m}",
            "cleared": query_of(frame.kept | {"month": f"{first:%Y-%m}"}),
            "earlier": _link(first - timedelta(days=1), kept),
            "later": _link(days[-1] + timedelta(days=1), kept),
            "this_month": _link(this_month, kept) if first != this_month else None,
            "gates": [(phase.title, _link(phase.gate_on, kept)) for phase in phases],
            "list_query": query_of(kept | {"due_on_after": first.isoformat(), "due_on_before": days[-1].isoformat()}),
            "rest": query_of(kept).replace("?", "&", 1),
            "legend": [Sign(shape, word) for shape, word in state_words().items()],
        },
    )


def calendar_file_page(request: HttpRequest) -> HttpResponse:
    """Due dates from three months ago on and the gates, as a calendar file; filters as of the list."""
    frame = frame_for(request)
    if frame is None:
        raise Http404
    filters = filters_from(request, frame=frame)
    since = frame.as_of - PAST
    found = list(matching(filters, frame=frame).filter(due_on__gte=since).order_by("due_on", "pk"))
    if needs_measuring(filters):
        lines = milestone_lines(found, as_of=frame.as_of)
        found = [line.milestone for line in lines if passes(line, filters)]
    workdays = WorkdayOverride.objects.calendar(frame.roadmap.calendar)
    shown, gates = found[:MOST_DAYS], list(frame.roadmap.phases.filter(gate_on__gte=since))
    edits = edits_behind(shown, gates)
    days = [milestone_day(one, edits=edits, is_provisional=workdays.is_provisional) for one in shown]
    days += [gate_day(phase, edits=edits) for phase in gates]
    content = calendar_file(days, name=frame.roadmap.title)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def _month_asked(asked: str, *, otherwise: date) -> tuple[date, str]:
    """The first day of the month asked for, or of the one that holds ``otherwise``, and what is wrong with the ask."""
    asked = asked.strip()
    if not asked:
        return otherwise.replace(day=1), ""
    try:
        first = date.fromisoformat(f"{asked}-01")
    except ValueError:
        first = None
    if first is None or not FIRST_YEAR <= first.year <= LAST_YEAR:
        return otherwise.replace(day=1), _(
            "“%(asked)s” is not a month. Write it as 2026-01; the page shows %(month)s."
        ) % {
            "asked": asked[:20],
            "month": date_format(otherwise, "YEAR_MONTH_FORMAT"),
        }
    return first, ""


def _touching(found: QuerySet[Milestone], days: list[date], *, frame: Frame) -> QuerySet[Milestone]:
    """Those that are due in the month, or that a report up to the day shown expected then."""
    told = ProgressUpdate.objects.filter(
        forecast_on__gte=days[0], forecast_on__lte=days[-1], reported_on__lte=frame.as_of
    ).order_by()
    return found.filter(Q(due_on__gte=days[0], due_on__lte=days[-1]) | Q(pk__in=told.values("milestone")))


def _link(day: date, kept: dict[str, str]) -> MonthLink | None:
    """The way to the month of the day; none beyond the calendar's years."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    query = query_of(kept | {"month": f"{day:%Y-%m}"})
    return MonthLink(title=date_format(day, "YEAR_MONTH_FORMAT"), query=reverse("web:calendar") + query)
