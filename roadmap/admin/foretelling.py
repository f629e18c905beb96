"""What the page of an act tells of each milestone before it is done: what would change, what to heed, what to see."""

from copy import copy
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.admin.foretelling_dates import foretell_dates
from roadmap.admin.foretold import Row, in_words
from roadmap.admin.marks import day_text
from roadmap.editing.verification import missing_for_verification
from roadmap.models import Evidence, Milestone
from roadmap.models.in_words import in_words as value_in_words
from roadmap.vocabulary import MilestoneStatus


def foretell(code: str, rows: list[Row], form: Any, *, now: datetime) -> None:
    """Write on each row what the act would change, what to heed, and the milestone as it would be."""
    for row in rows:
        if not row.refusal:
            row.would_be = copy(row.milestone)
    possible = [row for row in rows if row.would_be is not None]
    match code:
        case "reschedule":
            foretell_dates(possible, form)
        case "reassign":
            for row in possible:
                _foretell_fields(row, form.new_holders(row.milestone))
        case "weigh":
            for row in possible:
                _foretell_fields(row, {"weight": form.new_weight(row.milestone)})
        case "tag":
            for row in possible:
                _foretell_fields(row, {"tags": form.new_tags(row.milestone)})
        case "complete":
            missing = missing_for_verification([row.milestone.pk for row in possible])
            for row in possible:
                row.heed += [one.text for one in missing.get(row.milestone.pk, [])]
                done_on = form.cleaned_data["completed_on"] or _today(row.milestone, now)
                _foretell_fields(row, {"status": MilestoneStatus.DONE, "completed_on": done_on})
        case "cancel":
            for row in possible:
                _foretell_fields(row, {"status": MilestoneStatus.CANCELLED})
        case "reopen":
            closed = {"verified_at": None, "verified_on": None, "verified_by": None}
            for row in possible:
                back = {"status": MilestoneStatus.ACTIVE, "completed_on": None, "cancelled_on": None}
                _foretell_fields(row, {**back, **closed})
        case "verify":
            for row in possible:
                _foretell_fields(row, {"verified_at": now})


def _today(milestone: Milestone, now: datetime) -> date:
    return clock.day_in(milestone.initiative.roadmap.time_zone, at=now)


def _foretell_fields(row: Row, fields: dict[str, Any]) -> None:
    """Put the new values on the milestone as it would be, and say which differ."""
    for name, after in fields.items():
        field: Any = Milestone._meta.get_field(name)
        before = getattr(row.milestone, name)
        setattr(row.would_be, name, after)
        if before != after and field.editable:
            row.changes.append(in_words(field.verbose_name, _shown(field, before), _shown(field, after)))


def _shown(field: Any, value: Any) -> str:
    if isinstance(value, date):
        return day_text(value)
    return value_in_words(field, value, {}) if not field.is_relation else str(value or "–")


def show_evidence(rows: list[Row]) -> None:
    """Write on each row what shows that its milestone is done: whoever confirms it has to look at that. One query."""
    found: dict[int, list[Evidence]] = {}
    for one in Evidence.objects.filter(milestone__in=[row.milestone.pk for row in rows]).select_related("added_by"):
        found.setdefault(one.milestone_id, []).append(one)
    for row in rows:
        row.evidence = found.get(row.milestone.pk, [])
        if not row.evidence and not row.refusal:
            row.refusal = _("Nothing shows yet that it is done; attach evidence first.")
