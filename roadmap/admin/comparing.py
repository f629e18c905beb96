"""A baseline compared with another or with today: a page, and the same as a table file, safe against formulas."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from roadmap import clock
from roadmap.admin.base import person_of
from roadmap.admin.export import Column, plan_columns, some_at_a_time, table_file
from roadmap.fields import At, at
from roadmap.models import Baseline
from roadmap.progress.baselines import BaselineComparison, BaselineLine, compare_baselines, lines_of
from roadmap.progress.slip import Fate
from roadmap.tables import Table

ROWS_A_PAGE = 100


class ComparisonForm(forms.Form):
    """With what the baseline is compared; sent by GET."""

    other = forms.ModelChoiceField(
        label=gettext_lazy("compared with"),
        queryset=Baseline.objects.none(),
        required=False,
        empty_label=gettext_lazy("the plan of today"),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, baseline: Baseline, asked: Any) -> None:
        super().__init__(asked)
        others: Any = self.fields["other"]
        others.queryset = Baseline.objects.filter(roadmap=baseline.roadmap_id).exclude(pk=baseline.pk)


def comparison_page(request: HttpRequest, number: int) -> HttpResponse:
    """Slip, weights, what was added and dropped; the worst slip first. A fixed number of queries."""
    baseline, form, found = _compared(request, number)
    page = Paginator(found.slips, ROWS_A_PAGE).get_page(request.GET.get("p"))
    asked = request.GET.copy()
    asked.pop("p", None)
    context = {
        **admin.site.each_context(request),
        "title": _("Baseline “%(name)s” compared") % {"name": baseline.name},
        "subtitle": None,
        "opts": Baseline._meta,
        "baseline": baseline,
        "form": form,
        "found": found,
        "page_obj": page,
        "lines": [(line, fate_text(line)) for line in lines_of(page, now=clock.now())],
        "groups": [(_("phase"), found.by_phase), (_("pillar"), found.by_pillar)],
        "query": asked.urlencode(),
    }
    return TemplateResponse(request, "admin/roadmap/comparing.html", context)


def comparison_file(request: HttpRequest, number: int, kind: str) -> HttpResponseBase:
    """The same lines as CSV or XLSX."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    baseline, _form, found = _compared(request, number)
    by = person_of(request)
    return table_file(_table(found), kind=kind, name=f"baseline-{baseline.pk}", now=clock.now(), by=by)


def _compared(request: HttpRequest, number: int) -> tuple[Baseline, ComparisonForm, BaselineComparison]:
    baseline = Baseline.objects.select_related("roadmap", "approved_by").filter(pk=number).first()
    form = ComparisonForm(baseline, request.GET) if baseline else None
    if baseline is None or form is None or not form.is_valid():
        raise Http404
    return baseline, form, compare_baselines(baseline, form.cleaned_data["other"], now=clock.now())


def _table(found: BaselineComparison) -> Table:
    named = [one for one in at(At.TABLE) if one.name in NAMED_BY]
    columns = [*((head, _of_milestone(read)) for head, read in plan_columns(named)), *COMPARED]
    now = clock.now()
    rows = (
        [read(line) for _head, read in columns]
        for some in some_at_a_time(found.slips)
        for line in lines_of(some, now=now)
    )
    return Table(str(_("Baseline")), [str(head) for head, _read in columns], rows, number=len(found.slips))


def _of_milestone(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda line: read(line.milestone)


def _of_plan(plan: str, column: str) -> Callable[[Any], Any]:
    """Of the plan that was or is now; None where the milestone isn't in it."""

    def read(line: BaselineLine) -> Any:
        planned = getattr(line.slip, plan)
        value = getattr(planned, column) if planned else None
        return float(value) if isinstance(value, Decimal) else value

    return read


def fate_text(line: BaselineLine) -> str:
    """What became of a milestone, in words."""
    if line.slip.fate is Fate.ADDED:
        return _("added")
    if line.slip.fate is Fate.KEPT:
        return _("kept")
    if line.is_removed:
        return _("dropped: removed")
    return _("dropped: cancelled") if line.milestone.cancelled_on else _("dropped")


NAMED_BY = {"code", "title_zh", "title_en", "phase", "pillar", "organisation", "owner"}
COMPARED: Sequence[Column] = [
    (gettext_lazy("what became of it"), fate_text),
    (gettext_lazy("planned start in the baseline"), _of_plan("was", "planned_start_on")),
    (gettext_lazy("due date in the baseline"), _of_plan("was", "due_on")),
    (gettext_lazy("planned start now"), _of_plan("now", "planned_start_on")),
    (gettext_lazy("due date now"), _of_plan("now", "due_on")),
    (gettext_lazy("slip in days"), lambda line: line.slip.slip_days),
    (gettext_lazy("slip in working days"), lambda line: line.slip.slip_working_days),
    (gettext_lazy("weight in the baseline"), _of_plan("was", "weight")),
    (gettext_lazy("weight now"), _of_plan("now", "weight")),
    (gettext_lazy("change of weight"), lambda line: float(line.slip.weight_change)),
]
