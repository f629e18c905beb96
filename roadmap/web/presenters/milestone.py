"""One milestone's page: its figures with how they came about, and all that belongs to it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap import clock
from roadmap.fields import At, Field, Part, at
from roadmap.models import BaselineEntry, Deliverable, Dependency, Evidence, Milestone, ProgressUpdate
from roadmap.models.in_words import in_words
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.shown import percent_number, withdrawn_text
from roadmap.vocabulary import EvidenceKind, Rag
from roadmap.web.frame import Frame
from roadmap.web.presenters.explained import Explanation, explanations
from roadmap.web.presenters.lines import LineView, line_view, owner_of
from roadmap.web.presenters.values import (
    Badge,
    Day,
    Sign,
    badge_of,
    day_of,
    group_sign,
    milestone_sign,
    percent,
    public_title,
    signed,
)


@dataclass(frozen=True)
class Rows:
    """What the view found in the database about the milestone; updates newest first, ``others`` by primary key: the
    milestones at the other ends of its dependencies, measured."""

    baseline: BaselineEntry | None
    deliverables: list[Deliverable]
    predecessors: list[Dependency]
    successors: list[Dependency]
    updates: list[ProgressUpdate]
    evidence: list[Evidence]
    others: dict[int, MilestoneLine]


@dataclass(frozen=True)
class Fact:
    """A label with its value in words; ``iso`` for a day."""

    label: str
    value: str
    iso: str = ""


@dataclass(frozen=True)
class DeliverableView:
    title: str
    weight: str
    done: Day | None
    badge: Badge | None


@dataclass(frozen=True)
class LinkView:
    """The other end of a dependency."""

    code: str
    title: str
    due: Day
    done: Day | None
    forecast: Day | None
    sign: Sign
    slip: str
    lag: str


@dataclass(frozen=True)
class EvidenceView:
    kind: str
    title: str
    address: str
    note: str
    file_name: str
    who: str
    day: Day
    update_id: int | None
    badge: Badge | None


@dataclass(frozen=True)
class UpdateView:
    id: int
    day: Day
    percent: str
    percent_x: float
    sign: Sign
    forecast: Day | None
    narrative: str
    who: str
    door: str
    recorded: datetime
    badge: Badge | None
    withdrawn: str


@dataclass(frozen=True)
class MilestoneView:
    """Everything on a milestone's page, apart from its history of changes."""

    line: LineView
    facts: list[Fact]
    description: str
    criteria: str
    completed: Day | None
    confirmation: str
    slip: str
    variance: str
    initiative_code: str
    explanations: list[Explanation]
    deliverables: list[DeliverableView]
    deliverables_done: int
    predecessors: list[LinkView]
    successors: list[LinkView]
    updates: list[UpdateView]
    evidence: list[EvidenceView]
    provenance: str
    source: str
    source_address: str


def milestone_view(line: MilestoneLine, rows: Rows, *, frame: Frame) -> MilestoneView:
    """The page's values as of the frame's day."""
    milestone, figures = line.milestone, line.figures
    deliverables = [_deliverable(item, frame) for item in rows.deliverables]
    return MilestoneView(
        line=line_view(line, as_of=frame.as_of),
        facts=_facts(milestone, rows.baseline),
        description=milestone.description,
        criteria=milestone.acceptance_criteria,
        completed=day_of(milestone.completed_on) if figures.is_done and milestone.completed_on else None,
        confirmation=_confirmation(line),
        slip=_slip(figures.slip_days),
        variance=signed(figures.earned_percent - figures.planned_percent),
        initiative_code=milestone.initiative.code,
        explanations=explanations(line, rows.baseline, has_deliverables=bool(rows.deliverables), as_of=frame.as_of),
        deliverables=deliverables,
        deliverables_done=sum(item.done is not None for item in deliverables),
        predecessors=[_link(link, rows.others[link.predecessor_id]) for link in rows.predecessors],
        successors=[_link(link, rows.others[link.successor_id]) for link in rows.successors],
        updates=[_update(update) for update in rows.updates],
        evidence=[_evidence(item, frame) for item in rows.evidence],
        provenance=milestone.get_provenance_display(),
        source=milestone.source.citation if milestone.source else "",
        source_address=milestone.source.url if milestone.source else "",
    )


def _facts(milestone: Milestone, baseline: BaselineEntry | None) -> list[Fact]:
    """Who answers for it, even if nobody does; then what else is given."""
    responsible = [one for one in at(At.FACTS) if one.line and one.line[0] is Part.WHO]
    others = [one for one in at(At.FACTS) if one not in responsible and one.value(milestone) is not None]
    facts = [_fact(one, milestone) for one in (*responsible, *others)]
    if baseline:
        day = day_of(baseline.due_on)
        facts.append(Fact(_("Due in the baseline"), day.text, day.iso))
    return facts


def _fact(field: Field, milestone: Milestone) -> Fact:
    value, label = field.value(milestone), capfirst(str(field.column.verbose_name))
    if isinstance(value, date):
        day = day_of(value)
        return Fact(label, day.full, day.iso)
    if field.column.is_relation:
        return Fact(label, public_title(value))
    unit = getattr(milestone, field.unit) if field.unit else ""
    return Fact(label, f"{in_words(field.column, value, {})} {unit}".rstrip())


def _confirmation(line: MilestoneLine) -> str:
    """By whom and when its completion was confirmed, or that nobody has yet; empty while it isn't done."""
    milestone, figures = line.milestone, line.figures
    if not figures.is_done:
        return ""
    if not figures.is_verified or milestone.verified_on is None:
        return _("Not verified yet by anybody but those who reported it.")
    day = date_format(milestone.verified_on)
    if milestone.verified_by is None:
        return _("Verified on %(day)s") % {"day": day}
    return _("Verified by %(person)s on %(day)s") % {"person": milestone.verified_by.public_name, "day": day}


def _slip(days: int | None) -> str:
    if not days:
        return ""
    if days > 0:
        return ngettext(
            "%(count)d day later than in the baseline", "%(count)d days later than in the baseline", days
        ) % {"count": days}
    return ngettext(
        "%(count)d day earlier than in the baseline", "%(count)d days earlier than in the baseline", -days
    ) % {"count": -days}


def _deliverable(item: Deliverable, frame: Frame) -> DeliverableView:
    is_done = item.done_on is not None and item.done_on <= frame.as_of
    return DeliverableView(
        title=item.title,
        weight=f"{item.weight.normalize():f}",
        done=day_of(item.done_on) if is_done and item.done_on else None,
        badge=badge_of(item.provenance),
    )


def _link(link: Dependency, line: MilestoneLine) -> LinkView:
    other, figures, latest = line.milestone, line.figures, line.latest_update
    days = link.lag_working_days
    return LinkView(
        code=other.code,
        title=other.title,
        due=day_of(other.due_on),
        done=day_of(other.completed_on) if figures.is_done and other.completed_on else None,
        forecast=day_of(latest.forecast_on) if latest and latest.forecast_on and figures.is_open else None,
        sign=milestone_sign(figures),
        slip=_slip(figures.slip_days),
        lag=ngettext("%(count)d working day between", "%(count)d working days between", days) % {"count": days}
        if days
        else "",
    )


def _update(update: ProgressUpdate) -> UpdateView:
    return UpdateView(
        id=update.pk,
        day=day_of(update.reported_on),
        percent=percent(update.percent_complete),
        percent_x=percent_number(update.percent_complete, decimals=1),
        sign=group_sign(Rag(update.confidence)),
        forecast=day_of(update.forecast_on) if update.forecast_on else None,
        narrative=update.narrative,
        who=owner_of(update.reported_by),
        door=update.get_door_display(),
        recorded=update.recorded_at,
        badge=badge_of(update.provenance),
        withdrawn=withdrawn_text(update),
    )


def _evidence(item: Evidence, frame: Frame) -> EvidenceView:
    return EvidenceView(
        kind=item.get_kind_display(),
        title=item.title,
        address=_address_of(item),
        note=item.note,
        file_name=item.file_name,
        who=owner_of(item.added_by),
        day=day_of(clock.day_in(frame.roadmap.time_zone, at=item.added_at)),
        update_id=item.progress_update_id,
        badge=badge_of(item.provenance),
    )


def _address_of(item: Evidence) -> str:
    """Where it can be had: a link's own address, a file's download."""
    if item.kind == EvidenceKind.FILE and item.file:
        return reverse("web:evidence-file", kwargs={"number": item.pk})
    return item.url if item.kind == EvidenceKind.LINK and item.url.startswith(("https://", "http://")) else ""
