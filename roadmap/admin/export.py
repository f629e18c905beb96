"""The list of milestones as a table file, with the figures of the day. Formulas in texts are defused."""

from datetime import date, datetime
from typing import Any

import tablib
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from roadmap.admin.milestone_rows import measured, shown_line
from roadmap.models import Milestone
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import defused as defused
from roadmap.progress.shown import percent_number
from roadmap.vocabulary import Rag

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def milestones_as_csv(milestones: QuerySet[Milestone], *, now: datetime) -> HttpResponse:
    """A CSV file in UTF-8 with a byte-order mark, so that spreadsheet programs read the Chinese."""
    return table_file(_table(milestones, now=now), kind="csv", name=f"milestones-{now:%Y%m%d}")


def milestones_as_xlsx(milestones: QuerySet[Milestone], *, now: datetime) -> HttpResponse:
    """An XLSX file."""
    return table_file(_table(milestones, now=now), kind="xlsx", name=f"milestones-{now:%Y%m%d}")


def table_file(table: tablib.Dataset, *, kind: str, name: str) -> HttpResponse:
    """The table as a download: ``csv``, in UTF-8 with a byte-order mark, or ``xlsx``. Its texts are defused already."""
    if kind == "csv":
        return _file(("\ufeff" + table.export("csv")).encode(), "text/csv; charset=utf-8", f"{name}.csv")
    return _file(table.export("xlsx"), SPREADSHEET, f"{name}.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _table(milestones: QuerySet[Milestone], *, now: datetime) -> tablib.Dataset:
    related = ("initiative__pillar", "initiative__roadmap", "phase", "workstream", "organisation", "owner")
    rows = measured(list(milestones.select_related(*related)), now=now)
    table = tablib.Dataset(title=str(_("Milestones")))
    table.headers = [str(header) for header in _headers()]
    for milestone in rows:
        table.append([defused(value) for value in _cells(milestone)])
    return table


def _headers() -> list[Any]:
    return [
        _("code"),
        _("title (Chinese)"),
        _("title (English)"),
        _("initiative"),
        _("pillar"),
        _("phase"),
        _("workstream"),
        _("organisation"),
        _("owner"),
        _("planned start"),
        _("due date"),
        _("completed on"),
        _("status"),
        _("weight"),
        _("tags"),
        _("planned (%)"),
        _("earned (%)"),
        _("verified (%)"),
        _("health"),
        _("why"),
        _("last report"),
        _("days left"),
        _("slip in days"),
        _("provenance"),
    ]


def _cells(milestone: Milestone) -> list[str | int | float | date | None]:
    line = shown_line(milestone)
    figures = line.figures
    return [
        milestone.code,
        milestone.title_zh,
        milestone.title_en,
        milestone.initiative.title,
        milestone.initiative.pillar.title,
        milestone.phase.title,
        milestone.workstream.title if milestone.workstream else "",
        milestone.organisation.name if milestone.organisation else "",
        str(milestone.owner or ""),
        milestone.planned_start_on,
        milestone.due_on,
        milestone.completed_on,
        milestone.get_status_display(),
        float(milestone.weight),
        ", ".join(milestone.tags),
        percent_number(figures.planned_percent, decimals=1),
        percent_number(figures.earned_percent, decimals=1),
        percent_number(figures.verified_percent, decimals=1),
        str(Rag(figures.rag).label) if figures.rag else "",
        reason_text(figures.reason),
        line.latest_update.reported_on if line.latest_update else None,
        figures.days_left,
        figures.slip_days,
        milestone.get_provenance_display(),
    ]
