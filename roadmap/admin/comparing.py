"""A baseline compared with another or with today: a page, and the same as a table file, safe against formulas."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from roadmap import clock
from roadmap.admin.base import person_of
from roadmap.admin.export import table_file
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


def comparison_file(request: HttpRequest, number: int, kind: str) -> HttpResponse:
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
    rows = [_cells(line) for line in lines_of(found.slips, now=clock.now())]
    return Table(str(_("Baseline")), [str(header) for header in _headers()], rows)


def _headers() -> list[Any]:
    return [
        *(
            _("code"),
            _("title (Chinese)"),
            _("title (English)"),
            _("phase"),
            _("pillar"),
            _("organisation"),
            _("owner"),
        ),
        *(_("what became of it"), _("planned start in the baseline"), _("due date in the baseline")),
        *(_("planned start now"), _("due date now"), _("slip in days"), _("slip in working days")),
        *(_("weight in the baseline"), _("weight now"), _("change of weight")),
    ]


def _cells(line: BaselineLine) -> list[Any]:
    milestone, was, now = line.milestone, line.slip.was, line.slip.now
    return [
        *(milestone.code, milestone.title_zh, milestone.title_en, milestone.phase.title),
        *(milestone.initiative.pillar.title, str(milestone.organisation or ""), str(milestone.owner or "")),
        fate_text(line),
        *(was.planned_start_on if was else None, was.due_on if was else None),
        *(now.planned_start_on if now else None, now.due_on if now else None),
        *(line.slip.slip_days, line.slip.slip_working_days),
        *(float(was.weight) if was else None, float(now.weight) if now else None, float(line.slip.weight_change)),
    ]


def fate_text(line: BaselineLine) -> str:
    """What became of a milestone, in words."""
    if line.slip.fate is Fate.ADDED:
        return _("added")
    if line.slip.fate is Fate.KEPT:
        return _("kept")
    if line.is_removed:
        return _("dropped: removed")
    return _("dropped: cancelled") if line.milestone.cancelled_on else _("dropped")
