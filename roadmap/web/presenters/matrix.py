"""The matrices of pillars and workstreams by phase; each figure opens its explanation."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from roadmap.models import Phase, Pillar, Workstream
from roadmap.progress.measure import Figures
from roadmap.progress.summary import RoadmapSummary
from roadmap.web.frame import Frame, query_of
from roadmap.web.presenters.values import FiguresView, figures_view


@dataclass(frozen=True)
class CellView:
    """``column`` is the title of the column, for where columns stand below each other."""

    figures: FiguresView
    address: str
    column: str


@dataclass(frozen=True)
class MatrixRow:
    """A pillar or workstream: a cell a phase, and its whole."""

    title: str
    cells: list[CellView]
    whole: CellView


@dataclass(frozen=True)
class MatrixBlock:
    """The rows of one kind; ``title`` names the kind."""

    title: str
    rows: list[MatrixRow]


@dataclass(frozen=True)
class MatrixView:
    """Blocks of rows over the same columns, and the last row: each phase as a whole, and the roadmap."""

    phases: list[Phase]
    blocks: list[MatrixBlock]
    foot: MatrixRow


def explain_address(frame: Frame, **only: str) -> str:
    """Where the figures of the milestones that belong to all of these (codes by kind) are explained."""
    return reverse("web:explain") + query_of(only | frame.kept)


def matrix_view(summary: RoadmapSummary, *, frame: Frame) -> MatrixView:
    """Pillar × phase, and below it workstream × phase."""
    phases = [one.phase for one in summary.phases]

    def cell(figures: Figures, column: str, **only: str) -> CellView:
        return CellView(figures=figures_view(figures), address=explain_address(frame, **only), column=column)

    def block(
        title: str,
        kind: str,
        parts: list[Pillar] | list[Workstream],
        cells: dict[tuple[int, int], Figures],
        wholes: dict[int, Figures],
    ) -> MatrixBlock:
        rows = [
            MatrixRow(
                title=part.title,
                cells=[
                    cell(cells[phase.pk, part.pk], phase.title, **{"phase": phase.code, kind: part.code})
                    for phase in phases
                ],
                whole=cell(wholes[part.pk], _("Whole roadmap"), **{kind: part.code}),
            )
            for part in parts
        ]
        return MatrixBlock(title=title, rows=rows)

    blocks = [
        block(_("Pillars"), "pillar", summary.pillars, summary.cells, summary.by_pillar),
        block(_("Workstreams"), "workstream", summary.workstreams, summary.workstream_cells, summary.by_workstream),
    ]
    return MatrixView(
        phases=phases,
        blocks=[one for one in blocks if one.rows],
        foot=MatrixRow(
            title=_("All"),
            cells=[cell(one.figures, one.phase.title, phase=one.phase.code) for one in summary.phases],
            whole=cell(summary.overall, _("Whole roadmap")),
        ),
    )
