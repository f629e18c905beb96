"""What the page of an act tells of each milestone before it is done: what would change, what to heed, what to see."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.admin.act_forms import WORKING_DAYS
from roadmap.admin.marks import day_text
from roadmap.models import Dependency, Evidence, Milestone, ReminderOccurrence
from roadmap.vocabulary import MessageState


@dataclass
class Row:
    """A milestone on the act's page: what would change, what to heed, and why it can't be done."""

    milestone: Milestone
    changes: list[str] = field(default_factory=list)
    heed: list[str] = field(default_factory=list)
    refusal: str = ""
    evidence: list[Evidence] = field(default_factory=list)


def foretell(code: str, rows: list[Row], form: Any) -> None:
    """Write on each row what the act would change, and what to heed."""
    if code == "reschedule":
        _foretell_dates(rows, form)
    elif code == "reassign":
        for row in rows:
            new = form.new_holders(row.milestone)
            for name, label in (("owner", _("owner")), ("organisation", _("organisation"))):
                before, after = getattr(row.milestone, name), new[name]
                if before != after:
                    row.changes.append(_in_words(label, before or "–", after or "–"))
    _foretell_mail(rows)


def show_evidence(rows: list[Row]) -> None:
    """Write on each row what shows that its milestone is done: whoever confirms it has to look at that. One query."""
    found: dict[int, list[Evidence]] = {}
    for one in Evidence.objects.filter(milestone__in=[row.milestone.pk for row in rows]).select_related("added_by"):
        found.setdefault(one.milestone_id, []).append(one)
    for row in rows:
        row.evidence = found.get(row.milestone.pk, [])
        if not row.evidence and not row.refusal:
            row.refusal = _("Nothing shows yet that it is done; attach evidence first.")


def _in_words(field: str, before: object, after: object) -> str:
    return _("%(field)s: %(before)s → %(after)s") % {"field": field, "before": before, "after": after}


def _foretell_dates(rows: list[Row], form: Any) -> None:
    ids = [row.milestone.pk for row in rows]
    waiting: dict[int, list[Dependency]] = {}
    for link in Dependency.objects.filter(predecessor__in=ids).select_related("successor"):
        waiting.setdefault(link.predecessor_id, []).append(link)
    for row in rows:
        start, due = form.new_dates(row.milestone, form.calendar)
        if start != row.milestone.planned_start_on:
            row.changes.append(_in_words(_("planned start"), day_text(row.milestone.planned_start_on), day_text(start)))
        row.changes.append(_in_words(_("due date"), day_text(row.milestone.due_on), day_text(due)))
        if due > row.milestone.phase.gate_on:
            row.heed.append(_("after the gate of its phase (%(day)s)") % {"day": day_text(row.milestone.phase.gate_on)})
        if not form.calendar.is_working(due):
            row.heed.append(_("not a working day"))
        is_counted = form.cleaned_data["how"] == WORKING_DAYS
        if is_counted and form.calendar.is_provisional_between(row.milestone.due_on, due):
            row.heed.append(_("in a year whose working days are not published yet"))
        for link in waiting.get(row.milestone.pk, []):
            may_start = form.calendar.day_after_lag(due, link.lag_working_days)
            if link.successor.planned_start_on < may_start:
                row.heed.append(
                    _("“%(title)s” waits for it and starts on %(day)s, though it may only from %(first)s on")
                    % {
                        "title": link.successor.title,
                        "day": day_text(link.successor.planned_start_on),
                        "first": day_text(may_start),
                    }
                )


def _foretell_mail(rows: list[Row]) -> None:
    unsent = (
        ReminderOccurrence.objects.filter(
            milestone__in=[row.milestone.pk for row in rows], message__state=MessageState.PENDING
        )
        .order_by()
        .values_list("milestone")
        .annotate(Count("pk"))
    )
    counted = dict(unsent)
    for row in rows:
        if number := counted.get(row.milestone.pk):
            row.heed.append(
                ngettext("%(count)d unsent reminder is withdrawn", "%(count)d unsent reminders are withdrawn", number)
                % {"count": number}
            )
