"""The list of milestones as a table file, with the figures of the day. Files are written by ``roadmap/tables.py``."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from roadmap.admin.milestone_rows import measured, shown_line
from roadmap.clock import day_in
from roadmap.fields import At, Field, at
from roadmap.models import Initiative, Milestone, Organisation, Person, Phase, Workstream
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import percent_number
from roadmap.tables import CSV_TYPE, XLSX_TYPE, Table, csv_pieces, xlsx_pieces
from roadmap.vocabulary import Rag

T = TypeVar("T")
FIRST_ROWS, ROWS_TOGETHER = 100, 500
Column = tuple[Any, Callable[[Any], Any]]  # the head, and what reads a row's cell


def milestones_file(milestones: QuerySet[Milestone], *, kind: str, now: datetime, by: Person) -> StreamingHttpResponse:
    """The milestones as a download, ``csv`` or ``xlsx``; its name bears the day that it is for its reader."""
    return table_file(_table(milestones, now=now), kind=kind, name="milestones", now=now, by=by)


def table_file(table: Table, *, kind: str, name: str, now: datetime, by: Person) -> StreamingHttpResponse:
    """The table as a download, ``csv`` or ``xlsx``; its name bears the day that it is for its reader."""
    pieces, form = (csv_pieces(table), CSV_TYPE) if kind == "csv" else (xlsx_pieces(table), XLSX_TYPE)
    named = f"{name}-{day_in(by.time_zone, at=now):%Y%m%d}.{kind}"
    return StreamingHttpResponse(
        _in_language(pieces, get_language()),
        content_type=form,
        headers={"Content-Disposition": f'attachment; filename="{named}"'},
    )


def _in_language(pieces: Iterator[bytes], language: str | None) -> Iterator[bytes]:
    """Each made in the language of the request, which is over by then."""
    while True:
        with translation.override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def some_at_a_time(numbers: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many that what is fetched for them stays small; few at first, so that their reader needn't wait."""
    yield numbers[:FIRST_ROWS]
    for start in range(FIRST_ROWS, len(numbers), ROWS_TOGETHER):
        yield numbers[start : start + ROWS_TOGETHER]


def _table(milestones: QuerySet[Milestone], *, now: datetime) -> Table:
    """Rows are fetched as they are written, some at a time; those that are gone by then are left out."""
    columns = [*plan_columns(at(At.TABLE)), *FIGURES]
    numbers, frame = list(milestones.values_list("pk", flat=True)), _frame()
    cells = (
        [read(one) for _head, read in columns]
        for some in some_at_a_time(numbers)
        for one in _measured(some, frame, now=now)
    )
    return Table(str(_("Milestones")), [str(head) for head, _read in columns], cells, number=len(numbers))


Frame = dict[str, dict[int, Any]]


def _frame() -> Frame:
    """What milestones hang on, by the name of their field and the number: a join would make each of them anew for every
    row. Five queries."""
    return {
        "initiative": Initiative.objects.select_related("pillar", "roadmap").in_bulk(),
        "phase": Phase.objects.in_bulk(),
        "workstream": Workstream.objects.in_bulk(),
        "organisation": Organisation.objects.in_bulk(),
        "owner": Person.objects.filter(pk__in=Milestone.objects.values("owner")).in_bulk(),
    }


def _measured(numbers: Sequence[int], frame: Frame, *, now: datetime) -> list[Milestone]:
    """In this order; what came after the frame was read is fetched when it is asked for."""
    found = Milestone.objects.in_bulk(numbers)
    for one in found.values():
        for name, rows in frame.items():
            if (row := rows.get(getattr(one, f"{name}_id"))) is not None:
                setattr(one, name, row)
    return measured([found[pk] for pk in numbers if pk in found], now=now)


def plan_columns(fields: Iterable[Field]) -> list[Column]:
    """A column for each field."""
    return [(one.column.verbose_name, partial(plan_cell, one)) for one in fields]


def plan_cell(field: Field, row: Any) -> Any:
    """The field's value as a cell: days and numbers as such, all else in words."""
    value = field.value(row)
    if field.column.choices:
        return str(dict(field.column.flatchoices).get(value, value))
    match value:
        case date() | None:
            return value
        case Decimal():
            return float(value)
        case list():
            return ", ".join(value)
    return str(value)


def _of_line(read: Callable[[MilestoneLine], Any]) -> Callable[[Any], Any]:
    return lambda milestone: read(shown_line(milestone))


FIGURES: Sequence[Column] = [
    (gettext_lazy("planned (%)"), _of_line(lambda one: percent_number(one.figures.planned_percent, decimals=1))),
    (gettext_lazy("actual (%)"), _of_line(lambda one: percent_number(one.figures.earned_percent, decimals=1))),
    (gettext_lazy("verified (%)"), _of_line(lambda one: percent_number(one.figures.verified_percent, decimals=1))),
    (gettext_lazy("health"), _of_line(lambda one: str(Rag(one.figures.rag).label) if one.figures.rag else "")),
    (gettext_lazy("why"), _of_line(lambda one: reason_text(one.figures.reason))),
    (gettext_lazy("last report"), _of_line(lambda one: one.latest_update.reported_on if one.latest_update else None)),
    (gettext_lazy("days left"), _of_line(lambda one: one.figures.days_left)),
    (gettext_lazy("slip in days"), _of_line(lambda one: one.figures.slip_days)),
]
