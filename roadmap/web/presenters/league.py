"""Organisations side by side: a row each with its figures, in the order of the tree or of a column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.models import Organisation
from roadmap.progress.measure import Figures, Sums, figures_of
from roadmap.tables import Table
from roadmap.web.frame import Frame, query_of
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.values import Badge, FiguresView, badge_of, figures_view
from roadmap.web.sorting import Heading, heading, sorted_by

NO_FIGURES = figures_of(Sums())
# What each column is sorted by, the smallest first; nothing to compare comes last either way
KEYS: dict[str, Callable[[Figures], Decimal | int | None]] = {
    "milestones": lambda one: one.total,
    "earned": lambda one: one.earned if one.total else None,
    "planned": lambda one: one.planned if one.total else None,
    "spi": lambda one: one.spi,
    "late": lambda one: one.late,
    "silent": lambda one: one.silent,
    "verified": lambda one: one.verified if one.total else None,
}
PER_CENT = dict.fromkeys(("earned", "planned", "verified"), " (%)")
LEAST_FIRST = {"spi"}  # where a reader looks for the worst


@dataclass(frozen=True)
class LeagueRow:
    """An organisation with all below it. ``depth`` counts from the top of what is shown; ``above`` names its parent.

    ``why`` explains its figures; ``all``, ``late`` and ``silent`` list the milestones that are counted.
    """

    code: str
    name: str
    above: str
    depth: int
    figures: FiguresView
    badge: Badge | None
    why: str
    all: str
    late: str
    silent: str


@dataclass(frozen=True)
class League:
    """The table; ``in_tree`` while nothing is sorted by."""

    rows: list[LeagueRow]
    columns: list[Heading]
    in_tree: bool
    tree_query: str


def league(organisations: Sequence[Organisation], figures: Mapping[int, Figures], *, sort: str, frame: Frame) -> League:
    """The organisations (in the order of their tree) with their figures, by a column's key, ``-`` before it for the
    greatest first. An unknown key leaves the tree's order."""
    key = sort.removeprefix("-")
    rows = [(one, figures.get(one.pk, NO_FIGURES)) for one in organisations]
    if key in KEYS:
        read = KEYS[key]
        rows = sorted_by(rows, lambda row: read(row[1]), is_falling=sort.startswith("-"))
    names = {one.pk: one.name for one in organisations}
    top = min((one.path.count("/") for one in organisations), default=0)
    return League(
        rows=[
            LeagueRow(
                code=one.code,
                name=one.name,
                above=names.get(one.parent_id or 0, ""),
                depth=min(one.path.count("/") - top, 5),
                figures=figures_view(measured),
                badge=badge_of(one.provenance),
                why=explain_address(frame, organisation=one.code),
                all=frame.list_address(organisation=one.code),
                late=frame.list_address(organisation=one.code, state="late"),
                silent=frame.list_address(organisation=one.code, state="silent"),
            )
            for one, measured in rows
        ],
        columns=_columns(sort if key in KEYS else "", frame.kept),
        in_tree=key not in KEYS,
        tree_query=query_of(frame.kept),
    )


def table_of(table: League) -> Table:
    """The same for files, in the order of the page; nothing where there is nothing to compare."""
    heads = [
        _("Code"),
        _("Organisation"),
        _("Milestones"),
        _("Done"),
        *(f"{one.label}{PER_CENT.get(one.name, '')}" for one in table.columns[1:]),
    ]
    rows = [[one.code, one.name, one.figures.total, one.figures.done, *_cells(one.figures)] for one in table.rows]
    return Table(_("Organisations"), heads, rows)


def _cells(one: FiguresView) -> list[float | int | None]:
    if one.is_empty:
        return [None] * 6
    return [one.earned_x, one.planned_x, one.spi_number, one.late, one.silent, one.verified_x]


def _columns(sort: str, kept: dict[str, str]) -> list[Heading]:
    labels = {
        "milestones": (_("Milestones"), _("all that count, with those of everything below")),
        "earned": (pgettext("value", "Actual"), _("as reported")),
        "planned": (pgettext("value", "Planned"), _("by the day shown")),
        "spi": (_("Progress index (actual ÷ planned)"), _("actual divided by planned")),
        "late": (pgettext("milestone", "Overdue"), _("open past their due date")),
        "silent": (_("No recent report"), _("without a report for 30 days")),
        "verified": (pgettext("value", "Verified"), _("verified by somebody other than those who reported it")),
    }
    return [
        heading(key, label, meaning=meaning, sort=sort, kept=kept, first=key if key in LEAST_FIRST else f"-{key}")
        for key, (label, meaning) in labels.items()
    ]
