"""The list of milestones as a table file, with the figures of the day. Files are written by ``roadmap/tables.py``."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from roadmap.admin.milestone_rows import measured, shown_line
from roadmap.clock import day_in
from roadmap.models import Milestone, Person
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import percent_number
from roadmap.tables import CSV_TYPE, XLSX_TYPE, Table, as_csv, as_xlsx
from roadmap.vocabulary import Rag


def milestones_file(milestones: QuerySet[Milestone], *, kind: str, now: datetime, by: Person) -> HttpResponse:
    """The milestones as a download, ``csv`` or ``xlsx``; its name bears the day that it is for its reader."""
    return table_file(_table(milestones, now=now), kind=kind, name="milestones", now=now, by=by)


def table_file(table: Table, *, kind: str, name: str, now: datetime, by: Person) -> HttpResponse:
    """The table as a download, ``csv`` or ``xlsx``; its name bears the day that it is for its reader."""
    content, form = (as_csv(table), CSV_TYPE) if kind == "csv" else (as_xlsx(table), XLSX_TYPE)
    named = f"{name}-{day_in(by.time_zone, at=now):%Y%m%d}.{kind}"
    return HttpResponse(content, content_type=form, headers={"Content-Disposition": f'attachment; filename="{named}"'})


def _table(milestones: QuerySet[Milestone], *, now: datetime) -> Table:
    related = ("initiative__pillar", "initiative__roadmap", "phase", "workstream", "organisation", "owner")
    rows = measured(list(milestones.select_related(*related)), now=now)
    return Table(str(_("Milestones")), [str(header) for header in _headers()], [_cells(one) for one in rows])


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
