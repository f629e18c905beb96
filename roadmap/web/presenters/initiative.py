"""An initiative's page beyond its figures: phases, slip, latest reports and evidence, links to others, changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap import clock
from roadmap.coded_reasons import in_words as reason_in_words
from roadmap.models import Dependency, Evidence, Initiative, Milestone, ProgressUpdate
from roadmap.models.history import told_fields
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.measure import measure_group
from roadmap.progress.shown import withdrawn_text
from roadmap.vocabulary import Door, Rag
from roadmap.web.frame import Frame
from roadmap.web.presenters.lines import owner_of
from roadmap.web.presenters.matrix import explain_address
from roadmap.web.presenters.values import (
    Badge,
    Day,
    FiguresView,
    Sign,
    badge_of,
    day_of,
    figures_view,
    group_sign,
    percent,
)


@dataclass(frozen=True)
class InPhase:
    """What of it belongs to one phase; ``why`` explains the figures."""

    title: str
    gate: Day
    gate_badge: Badge | None
    figures: FiguresView
    address: str
    why: str


@dataclass(frozen=True)
class Told:
    """A report or a piece of evidence, with the milestone that it is of."""

    code: str
    milestone: str
    day: Day
    text: str
    percent: str
    sign: Sign | None
    who: str
    badge: Badge | None
    withdrawn: str = ""


@dataclass(frozen=True)
class Crossing:
    """A dependency that leads into or out of the initiative; ``other`` is the end that lies outside."""

    own_code: str
    own_title: str
    own_due: Day
    code: str
    title: str
    initiative: str
    due: Day
    is_done: bool


@dataclass(frozen=True)
class InitiativeChange:
    """One change of the initiative itself."""

    at: datetime
    who: str
    door: str
    reason: str
    fields: list[str]
    is_first: bool


def in_phases(lines: Sequence[MilestoneLine], *, initiative: Initiative, frame: Frame) -> list[InPhase]:
    """Its figures in each phase that it has milestones in, the nearest gate first. Phases are at hand."""
    phases = {line.milestone.phase_id: line.milestone.phase for line in lines}
    return [
        InPhase(
            title=phase.title,
            gate=day_of(phase.gate_on),
            gate_badge=badge_of(phase.days_provenance),
            figures=figures_view(
                measure_group((line.milestone.weight, line.figures) for line in lines if line.milestone.phase_id == pk)
            ),
            address=frame.list_address(initiative=initiative.code, phase=phase.code),
            why=explain_address(frame, initiative=initiative.code, phase=phase.code),
        )
        for pk, phase in sorted(phases.items(), key=lambda pair: (pair[1].gate_on, pair[0]))
    ]


def slip_words(lines: Iterable[MilestoneLine]) -> str:
    """How many milestones lie later than in the baseline, and by how much the furthest; empty without a baseline."""
    slips = [line.figures.slip_days for line in lines if line.figures.slip_days is not None]
    later = [days for days in slips if days > 0]
    if not slips:
        return ""
    if not later:
        return _("No milestone is due later than in the baseline.")
    count = ngettext(
        "%(count)d milestone is due later than in the baseline",
        "%(count)d milestones are due later than in the baseline",
        len(later),
    ) % {"count": len(later)}
    most = ngettext("by up to %(count)d day", "by up to %(count)d days", max(later)) % {"count": max(later)}
    return _("%(count)s, %(most)s.") % {"count": count, "most": most}


def reports_view(updates: Iterable[ProgressUpdate]) -> list[Told]:
    """The reports in the order given; milestone and reporter are at hand."""
    return [
        Told(
            code=one.milestone.code,
            milestone=one.milestone.title,
            day=day_of(one.reported_on),
            text=one.narrative,
            percent=percent(one.percent_complete),
            sign=group_sign(Rag(one.confidence)),
            who=owner_of(one.reported_by),
            badge=badge_of(one.provenance),
            withdrawn=withdrawn_text(one),
        )
        for one in updates
    ]


def evidence_view(rows: Iterable[Evidence], *, frame: Frame) -> list[Told]:
    """The evidence in the order given; milestone and giver are at hand."""
    return [
        Told(
            code=one.milestone.code,
            milestone=one.milestone.title,
            day=day_of(clock.day_in(frame.roadmap.time_zone, at=one.added_at)),
            text=f"{one.title} · {one.get_kind_display()}",
            percent="",
            sign=None,
            who=owner_of(one.added_by),
            badge=badge_of(one.provenance),
        )
        for one in rows
    ]


def crossings(
    links: Iterable[Dependency], *, initiative: Initiative, as_of: date
) -> tuple[list[Crossing], list[Crossing]]:
    """What it waits for elsewhere, and what waits for it; both ends with their initiatives are at hand."""
    waits, awaited = [], []
    for link in links:
        if link.successor.initiative_id == initiative.pk:
            waits.append(_crossing(link.successor, link.predecessor, as_of))
        else:
            awaited.append(_crossing(link.predecessor, link.successor, as_of))
    return waits, awaited


def _crossing(own: Milestone, other: Milestone, as_of: date) -> Crossing:
    return Crossing(
        own_code=own.code,
        own_title=own.title,
        own_due=day_of(own.due_on),
        code=other.code,
        title=other.title,
        initiative=other.initiative.title,
        due=day_of(other.due_on),
        is_done=other.completed_on is not None and other.completed_on <= as_of,
    )


def history_view(records: Sequence[Any]) -> list[InitiativeChange]:
    """The changes of the initiative itself, newest first, from its records given oldest first."""
    views = []
    for index, row in enumerate(records):
        before = records[index - 1] if index else None
        changed = [
            field
            for field in told_fields(Initiative)
            if before is not None and getattr(before, field.attname) != getattr(row, field.attname)
        ]
        if before is None or changed or row.history_change_reason:
            views.append(
                InitiativeChange(
                    at=row.history_date,
                    who=row.history_user.public_name if row.history_user else _("the program"),
                    door=str(Door(row.door).label),
                    reason=reason_in_words(row.history_change_reason),
                    fields=[str(field.verbose_name) for field in changed],
                    is_first=before is None,
                )
            )
    return views[::-1]
