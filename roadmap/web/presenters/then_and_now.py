"""Figures at the two ends of a span: of the whole, of each phase and of each pillar."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap.models import Phase, Pillar
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.measure import Figures, measure_group
from roadmap.web.presenters.values import FiguresView, figures_view, signed


@dataclass(frozen=True)
class ThenAndNow:
    """One row; changes are in points of percent, or nothing where one of the ends has no milestones.

    ``why`` explains the later figures.
    """

    title: str
    kind: str
    then: FiguresView
    now: FiguresView
    earned_change: str
    planned_change: str
    verified_change: str
    why: str


def then_and_now(
    phases: Iterable[Phase],
    pillars: Iterable[Pillar],
    *,
    then: list[MilestoneLine],
    now: list[MilestoneLine],
    why: Callable[..., str],
) -> list[ThenAndNow]:
    """The rows in their order; ``why`` gives the address that explains the figures of a phase or pillar."""

    def row(title: str, kind: str, code: str, belongs: Callable[[MilestoneLine], bool]) -> ThenAndNow:
        address = why(**{kind: code}) if code else why()
        return _row(title, kind, _figures(then, belongs), _figures(now, belongs), why=address)

    return [
        row(_("All milestones"), "whole", "", lambda _line: True),
        *(row(one.title, "phase", one.code, lambda line, pk=one.pk: line.milestone.phase_id == pk) for one in phases),  # type: ignore[misc]
        *(
            row(one.title, "pillar", one.code, lambda line, pk=one.pk: line.milestone.initiative.pillar_id == pk)  # type: ignore[misc]
            for one in pillars
        ),
    ]


def _figures(lines: list[MilestoneLine], belongs: Callable[[MilestoneLine], bool]) -> Figures:
    return measure_group((line.milestone.weight, line.figures) for line in lines if belongs(line))


def _row(title: str, kind: str, then: Figures, now: Figures, *, why: str) -> ThenAndNow:
    both = bool(then.total and now.total)
    return ThenAndNow(
        title=title,
        kind=kind,
        then=figures_view(then),
        now=figures_view(now),
        earned_change=signed(now.earned - then.earned) if both else "",
        planned_change=signed(now.planned - then.planned) if both else "",
        verified_change=signed(now.verified - then.verified) if both else "",
        why=why,
    )
