"""The plan as of a past day, and what two days differ in: pages to look at."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.admin.past_form import PastForm
from roadmap.models import Milestone
from roadmap.models.in_words import Difference, differences
from roadmap.progress.differences import MilestoneDifference, PlanDifferences, differences_between
from roadmap.progress.frame_then import REFERRED
from roadmap.progress.plan_then import milestone_records_at, milestones_on, milestones_then, plan_at, plan_on
from roadmap.progress.replay import end_of
from roadmap.vocabulary import Basis, Door

ROWS_A_PAGE = 50
NOT_COMPARED = {"verified_at", "verified_by", "source"}  # told by their kind, or of no use here


@dataclass(frozen=True)
class ToldDifference:
    """A milestone that differs, in words: what was before and after, by whom, through which doors, why."""

    one: MilestoneDifference
    is_there: bool
    fields: list[Difference]
    people: str
    doors: str


def plan_page(request: HttpRequest) -> HttpResponse:
    """The plan of a day, or what two days differ in. A fixed number of queries either way."""
    form = PastForm(request.GET, now=clock.now())
    context: dict[str, Any] = {"title": _("The plan as of a day"), "subtitle": None, "form": form}
    if form.is_valid():
        shown = _compared(request, form) if form.cleaned_data["against"] else _listed(request, form)
        context |= shown | {"query": _query_without_page(request), "given": form.cleaned_data}
    return TemplateResponse(request, "admin/roadmap/past.html", {**admin.site.each_context(request), **context})


def _listed(request: HttpRequest, form: PastForm) -> dict[str, Any]:
    roadmap, day = form.cleaned_data["roadmap"], form.cleaned_data["day"]
    if form.cleaned_data["basis"] is Basis.HAPPENED:
        rows = Milestone.objects.filter(initiative__roadmap=roadmap).order_by("due_on", "pk")
        shown = rows.select_related("owner", "organisation", "initiative", "phase")
        page = Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("p"))
        return {"plan": plan_on(roadmap, day=day), "page_obj": page, "lines": milestones_on(list(page), day=day)}
    instant = end_of(day, zone=roadmap.time_zone)
    plan = plan_at(roadmap, instant=instant)
    page = Paginator(milestone_records_at(roadmap, instant=instant), ROWS_A_PAGE).get_page(request.GET.get("p"))
    return {"plan": plan, "page_obj": page, "lines": milestones_then(list(page), instant=instant)}


def _compared(request: HttpRequest, form: PastForm) -> dict[str, Any]:
    roadmap = form.cleaned_data["roadmap"]
    start, end = (end_of(day, zone=roadmap.time_zone) for day in form.days)
    found: PlanDifferences = differences_between(roadmap, start=start, end=end)
    page = Paginator(found.milestones, ROWS_A_PAGE).get_page(request.GET.get("p"))
    shown: list[MilestoneDifference] = list(page)
    there = set(
        Milestone.objects.filter(pk__in=[one.shown.pk for one in shown]).order_by().values_list("pk", flat=True)
    )
    return {
        "first": form.days[0],
        "last": form.days[1],
        "found": found,
        "counts": [(kind.label, number) for kind, number in found.counts.items()],
        "page_obj": page,
        "told": [_told(one, is_there=one.shown.pk in there) for one in shown],
    }


def _told(one: MilestoneDifference, *, is_there: bool) -> ToldDifference:
    fields: list[Difference] = []
    if one.was and one.now:
        names = {
            (name, getattr(row, f"{name}_id")): str(getattr(row, name))
            for row in (one.was, one.now)
            for name in REFERRED
            if getattr(row, f"{name}_id") is not None
        }
        found = differences(Milestone, one.was, one.now, names)
        fields = [field for field in found if field.name not in NOT_COMPARED]
    people = dict.fromkeys(str(edit.by) if edit.by else _("The system") for edit in one.edits)
    doors = dict.fromkeys(str(Door(edit.door).label) for edit in one.edits)
    return ToldDifference(one, is_there, fields, ", ".join(people), ", ".join(doors))


def _query_without_page(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked.pop("p", None)
    return asked.urlencode()
