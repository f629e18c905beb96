"""What the page of an act tells of each milestone before it is done: what would change, what to heed, what to see."""

from datetime import date, datetime
from typing import Any

from roadmap.admin.foretelling_dates import heed_dates
from roadmap.admin.foretold import Row, in_words
from roadmap.admin.marks import day_text
from roadmap.editing.verification import missing_for_verification
from roadmap.fields import MILESTONE
from roadmap.models import Evidence
from roadmap.models.in_words import in_words as value_in_words


def foretell(code: str, rows: list[Row], form: Any, *, now: datetime) -> None:
    """Write on each row that can be done what differs on the milestone as it would be, and what to heed."""
    possible = [row for row in rows if row.would_be is not None]
    for row in possible:
        for one in (one for one in MILESTONE if one.line is not None):
            before, after = one.value(row.milestone), one.value(row.would_be)
            if before != after:
                column = one.column
                row.changes.append(in_words(column.verbose_name, _shown(column, before), _shown(column, after)))
    if code == "reschedule":
        heed_dates(possible, form, now=now)


def _shown(field: Any, value: Any) -> str:
    if isinstance(value, date):
        return day_text(value)
    return value_in_words(field, value, {}) if not field.is_relation else str(value or "–")


def show_missing(rows: list[Row]) -> None:
    """Write on each row what would still stand against verifying its milestone, once it is completed. Two queries."""
    missing = missing_for_verification([row.milestone.pk for row in rows])
    for row in rows:
        row.heed += [one.text for one in missing.get(row.milestone.pk, [])]


def show_evidence(rows: list[Row]) -> None:
    """Write on each row what shows that its milestone is done: whoever confirms it has to look at that. One query."""
    found: dict[int, list[Evidence]] = {}
    for one in Evidence.objects.filter(milestone__in=[row.milestone.pk for row in rows]).select_related("added_by"):
        found.setdefault(one.milestone_id, []).append(one)
    for row in rows:
        row.evidence = found.get(row.milestone.pk, [])
