"""The words of a rule's example: on which days it would tell of a milestone."""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.admin.marks import day_text
from roadmap.reminders.foretell import Foretold
from roadmap.reminders.kinds import KINDS


def example_text(rule_kind: str, example: Foretold) -> str:
    """The example in sentences, in the active language."""
    values = {
        "day": date_format(example.due_on, "DATE_FORMAT"),
        "before": _days(example.before),
        "after": _after(example),
    }
    kind = KINDS[rule_kind]
    said = []
    if example.before:
        said.append(str(kind.example_before) % values)
    if example.after:
        said.append(str(kind.example_after) % values)
    if example.passed_up:
        said.append(
            _("If nobody answers the first, it is escalated on: %(days)s.") % {"days": _days(example.passed_up)}
        )
    if example.is_provisional:
        said.append(_("These days may still change: the year's working days are not published yet."))
    return "\n".join(said)


def _after(example: Foretold) -> str:
    days = _days(example.after)
    return _("%(days)s and so on") % {"days": days} if example.goes_on and days else days


def _days(days: Sequence[date]) -> str:
    return pgettext("between days", ", ").join(day_text(day) for day in days)
