"""The timeline of a roadmap's milestones: a window of time, filtered, and the same drawing to take away."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from roadmap.models import Person
from roadmap.progress.facts import MilestoneLine
from roadmap.rights import may_edit
from roadmap.web.frame import Frame, frame_for, query_of
from roadmap.web.presenters.timeline import NARROW, WIDE, timeline_view, window_title
from roadmap.web.presenters.values import Sign, state_words
from roadmap.web.takeaway.dress import Sheet, as_svg_file
from roadmap.web.takeaway.files import as_pdf_file, as_png_file
from roadmap.web.timeline.asked import asked_for
from roadmap.web.timeline.rows import plan_of

TEMPLATE = "roadmap/charts/timeline.html"


def timeline_page(request: HttpRequest) -> HttpResponse:
    """Milestones by initiative over the time asked for."""
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    asked = asked_for(request, frame=frame)
    plan, total = plan_of(asked, frame=frame)
    asked = asked.opened_for(plan)
    plan = plan if asked.shows_arrows else replace(plan, dependencies=[])
    view: dict[str, Any] = {}
    if plan.lines:
        drawn: dict[str, Any] = {
            "window": asked.window,
            "today": frame.as_of,
            "opened": asked.opened,
            "toggle": asked.toggled,
            "nearer": asked.nearer,
            "move": _mover(request, frame) if plan.views else _nowhere,
        }
        view["wide"] = timeline_view(plan, size=WIDE, **drawn)
        if plan.views:  # above, a phone scrolls the wide drawing
            view["narrow"] = timeline_view(plan, size=NARROW, **drawn)
    return render(
        request,
        "roadmap/timeline.html",
        {
            "frame": frame,
            "asked": asked,
            "filters": asked.filters,
            "title": window_title(asked.window),
            "total": total,
            "is_too_much": asked.is_crowded(total),
            "lines": plan.views,
            "may_move": any(
                placed.mark.move for group in view["wide"].groups for lane in group.lanes for placed in lane.marks
            )
            if view
            else False,
            "legend": [Sign(shape, word) for shape, word in state_words().items()],
            **view,
        },
    )


def _nowhere(_line: MilestoneLine) -> str:
    return ""


def _mover(request: HttpRequest, frame: Frame) -> Callable[[MilestoneLine], str]:
    """Gives the address where the reader gives a milestone another due date; empty for who may not, for what is closed,
    and while a past day is shown. The page there shows what would move, and asks for the reason."""
    person = request.user
    if frame.is_past or not isinstance(person, Person) or not person.is_staff:
        return _nowhere
    act = reverse("admin:roadmap_milestone_act", args=["reschedule"])

    def move(line: MilestoneLine) -> str:
        may = line.figures.is_open and may_edit(person, line.milestone)
        return act + query_of({"ids": str(line.milestone.pk), "how": "date"}) if may else ""

    return move


def timeline_svg(request: HttpRequest) -> HttpResponse:
    """The drawing as SVG, which any browser and office program opens."""
    values, sheet = _drawing(request)
    return as_svg_file(TEMPLATE, values, sheet=sheet)


def timeline_png(request: HttpRequest) -> HttpResponse:
    """The drawing as a picture."""
    values, sheet = _drawing(request)
    return as_png_file(TEMPLATE, values, sheet=sheet)


def timeline_pdf(request: HttpRequest) -> HttpResponse:
    """The drawing as PDF, its font within."""
    values, sheet = _drawing(request)
    return as_pdf_file(TEMPLATE, values, sheet=sheet)


def _drawing(request: HttpRequest) -> tuple[dict[str, Any], Sheet]:
    frame = frame_for(request)
    if frame is None:
        raise Http404
    asked = asked_for(request, frame=frame)
    plan, _total = plan_of(asked, frame=frame)
    asked = asked.opened_for(plan)
    plan = plan if asked.shows_arrows else replace(plan, dependencies=[])
    chart = timeline_view(
        plan,
        window=asked.window,
        today=frame.as_of,
        opened=asked.opened,
        toggle=lambda _code: "",
        nearer=lambda _first, _last: "",
        size=WIDE,
    )
    title = f"{frame.roadmap.title} · {window_title(asked.window)}"
    sheet = Sheet(
        name=f"{frame.roadmap.code}-timeline-{frame.as_of}",
        title=title,
        day=frame.as_of,
        width=chart.width,
        height=chart.height,
        has_sample=frame.has_sample,
    )
    return {"frame": frame, "chart": chart, "name": "file"}, sheet
