"""The columns of the list of milestones, said once: what each shows, what a file holds, what it is sorted by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from roadmap.models import Milestone
from roadmap.models.bilingual import own_column
from roadmap.models.milestone import open_on
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import percent_number
from roadmap.tables import Table
from roadmap.web.presenters.lines import LineView, line_view
from roadmap.web.presenters.values import NOTHING, milestone_sign, state_of
from roadmap.web.sorting import Heading, heading, sorted_by

STATES = ("late", "risk", "track", "done", "cancelled")  # the worst first


@dataclass(frozen=True)
class Column:
    """``value`` reads what a file holds; ``order``, the columns of the database that it is sorted by (one that ends
    with ``_`` is the one in the reader's language); without, it is worked out from reports, and sorted by ``rank``."""

    name: str
    label: Any
    value: Callable[[MilestoneLine], Any]
    order: tuple[str, ...] = ()
    rank: Callable[[MilestoneLine], Any] | None = None
    is_percent: bool = False


def _percent(name: str) -> Callable[[MilestoneLine], float]:
    return lambda line: percent_number(getattr(line.figures, name), decimals=1)


def _forecast(line: MilestoneLine) -> date | None:
    return line.latest_update.forecast_on if line.latest_update and line.figures.is_open else None


def _slip(line: MilestoneLine) -> int | None:
    return line.figures.slip_days


COLUMNS = (
    Column("code", gettext_lazy("Code"), lambda line: line.milestone.code, ("code",)),
    Column("due", gettext_lazy("Due"), lambda line: line.milestone.due_on, ("due_on",)),
    Column("title", gettext_lazy("Milestone"), lambda line: line.milestone.title, ("title_",)),
    Column(
        "initiative",
        gettext_lazy("Initiative"),
        lambda line: line.milestone.initiative.title,
        ("initiative__pillar__position", "initiative__position", "initiative__pk"),
    ),
    Column(
        "pillar",
        gettext_lazy("Pillar"),
        lambda line: line.milestone.initiative.pillar.title,
        ("initiative__pillar__position", "initiative__pillar__pk"),
    ),
    Column("phase", gettext_lazy("Phase"), lambda line: line.milestone.phase.title, ("phase__gate_on", "phase__pk")),
    Column(
        "workstream",
        gettext_lazy("Workstream"),
        lambda line: line.milestone.workstream.title if line.milestone.workstream else None,
        ("workstream__position", "workstream__pk"),
    ),
    Column(
        "organisation",
        gettext_lazy("Organisation"),
        lambda line: line.milestone.organisation.name if line.milestone.organisation else None,
        ("organisation__name_",),
    ),
    Column(
        "owner",
        gettext_lazy("Owner"),
        lambda line: line.milestone.owner.public_name if line.milestone.owner else None,
        ("owner__full_name",),
    ),
    Column(
        "state",
        gettext_lazy("State"),
        lambda line: milestone_sign(line.figures).word,
        rank=lambda line: STATES.index(state_of(line.figures)),
    ),
    Column("reason", gettext_lazy("Why"), lambda line: reason_text(line.figures.reason)),
    Column("progress", pgettext_lazy("value", "Actual"), _percent("earned_percent"), is_percent=True),
    Column("planned", pgettext_lazy("value", "Planned"), _percent("planned_percent"), is_percent=True),
    Column("verified", pgettext_lazy("value", "Verified"), _percent("verified_percent"), is_percent=True),
    Column("forecast", pgettext_lazy("calendar", "Forecast"), _forecast),
    Column("slip", gettext_lazy("Days behind the baseline"), _slip),
    Column("start", gettext_lazy("Planned start"), lambda line: line.milestone.planned_start_on, ("planned_start_on",)),
    Column("weight", gettext_lazy("Weight"), lambda line: line.milestone.weight, ("weight",)),
    Column(
        "report",
        gettext_lazy("Last report"),
        lambda line: line.latest_update.reported_on if line.latest_update else None,
    ),
)
BY_NAME = {one.name: one for one in COLUMNS}
USUAL = ("due", "title", "owner", "state", "progress")


@dataclass(frozen=True)
class Arrangement:
    """In which columns and which order the list comes, as the address asks: ``?sort=-due&columns=owner,state``.

    ``columns`` are those asked for, empty for the usual ones; what is asked for and isn't there is left out.
    """

    sort: str
    columns: tuple[str, ...]

    @property
    def asked(self) -> dict[str, str]:
        """As an address carries it."""
        parts = {"sort": self.sort, "columns": ",".join(self.columns)}
        return {name: value for name, value in parts.items() if value}

    @property
    def shown(self) -> list[Column]:
        """The columns of the page; a milestone without its title would be nobody's."""
        names = {*(self.columns or USUAL), "title"}
        return [one for one in COLUMNS if one.name in names]

    @property
    def in_file(self) -> list[Column]:
        """The columns of a file: those chosen with the code, else all."""
        return [one for one in COLUMNS if not self.columns or one.name in {*self.columns, "title", "code"}]

    @property
    def by(self) -> Column | None:
        """The column that it is sorted by; None: the open ones first."""
        return BY_NAME.get(self.sort.removeprefix("-"))

    @property
    def is_falling(self) -> bool:
        """Whether the greatest come first."""
        return self.sort.startswith("-")

    @property
    def needs_measuring(self) -> bool:
        """Whether the order is worked out from reports, so that a page can't be cut before measuring."""
        return self.by is not None and not self.by.order

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """What can be chosen: name, label, whether it is."""
        shown = {one.name for one in self.shown}
        return [(one.name, str(one.label), one.name in shown) for one in COLUMNS if one.name != "title"]

    def headings(self, kept: dict[str, str]) -> list[Heading]:
        """The heads of the columns shown; ``kept`` is what else the address asks for."""
        columns = {"columns": ",".join(self.columns)} if self.columns else {}
        return [heading(one.name, str(one.label), sort=self.sort, kept=kept | columns) for one in self.shown]

    def ordered(self, rows: QuerySet[Milestone], *, as_of: date) -> QuerySet[Milestone]:
        """As far as the database can: by the column's own order, else the open ones by due date and then, the last
        first, what is closed."""
        if self.by is None or not self.by.order:
            still = Case(When(open_on(as_of), then=F("due_on")))
            return rows.order_by(still.asc(nulls_last=True), "-due_on", "pk")
        names = [own_column(name[:-1]) if name.endswith("_") else name for name in self.by.order]
        ends = [F(name).desc(nulls_last=True) if self.is_falling else F(name).asc(nulls_last=True) for name in names]
        return rows.order_by(*ends, "due_on", "pk")

    def sorted(self, lines: Sequence[MilestoneLine]) -> list[MilestoneLine]:
        """Measured milestones, where only these tell the order; else as they came."""
        if self.by is None or not self.needs_measuring:
            return list(lines)
        return sorted_by(lines, self.by.rank or self.by.value, is_falling=self.is_falling)


def arrangement_asked(request: HttpRequest) -> Arrangement:
    """What ``?sort=`` and ``?columns=`` (once with commas, or once for each) ask for."""
    sort = request.GET.get("sort", "").strip()
    asked = {name.strip() for text in request.GET.getlist("columns") for name in text.split(",")}
    columns = tuple(one.name for one in COLUMNS if one.name in asked and one.name != "title")
    return Arrangement(
        sort=sort if sort.removeprefix("-") in BY_NAME else "",
        columns=() if {*columns, "title"} == set(USUAL) else columns,
    )


@dataclass(frozen=True)
class Cell:
    """A value in words below its column's head."""

    name: str
    label: str
    text: str


@dataclass(frozen=True)
class Row:
    """A milestone with its cells, in the columns' order."""

    view: LineView
    cells: list[Cell]


def row_of(line: MilestoneLine, columns: Sequence[Column], *, as_of: date) -> Row:
    """The milestone as a row of the page."""
    cells = [Cell(one.name, str(one.label), _in_words(one, line)) for one in columns]
    return Row(view=line_view(line, as_of=as_of), cells=cells)


def table_of(lines: Sequence[MilestoneLine], columns: Sequence[Column]) -> Table:
    """The milestones as a table for files: days as days, numbers as numbers."""
    heads = [f"{one.label} (%)" if one.is_percent else str(one.label) for one in columns]
    return Table(_("Milestones"), heads, [[_plain(one.value(line)) for one in columns] for line in lines])


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _in_words(column: Column, line: MilestoneLine) -> str:
    value = column.value(line)
    if value is None:
        return NOTHING
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if column.is_percent:
        return f"{value:g}%"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
