"""Figures at the two ends of a span: of the whole, of each phase and of each pillar."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap.models import Initiative, Phase, Pillar
from roadmap.progress.known_sums import Part
from roadmap.progress.measure import Figures, Sums, figures_of
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
    initiatives: Mapping[int, Initiative],
    *,
    then: Mapping[Part, Sums],
    now: Mapping[Part, Sums],
    why: Callable[..., str],
) -> list[ThenAndNow]:
    """The rows in their order, from the sums by phase and initiative; ``why`` gives the address that explains the
    figures of a phase or pillar."""

    def figures(sums: Mapping[Part, Sums], belongs: Callable[[int, int], bool]) -> Figures:
        return figures_of(sum((one for part, one in sums.items() if belongs(*part)), Sums()))

    def row(title: str, kind: str, address: str, belongs: Callable[[int, int], bool]) -> ThenAndNow:
        return _row(title, kind, figures(then, belongs), figures(now, belongs), why=address)

    def of_phase(phase: Phase) -> ThenAndNow:
        return row(phase.title, "phase", why(phase=phase.code), lambda pk, _one: pk == phase.pk)

    def of_pillar(pillar: Pillar) -> ThenAndNow:
        own = {pk for pk, one in initiatives.items() if one.pillar_id == pillar.pk}
        return row(pillar.title, "pillar", why(pillar=pillar.code), lambda _phase, one: one in own)

    whole = row(_("All milestones"), "whole", why(), lambda _phase, _one: True)
    return [whole, *map(of_phase, phases), *map(of_pillar, pillars)]


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
