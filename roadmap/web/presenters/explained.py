"""How a milestone's figures came about, in whole sentences."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.models import BaselineEntry
from roadmap.progress.facts import MilestoneLine
from roadmap.web.presenters.lines import line_view
from roadmap.web.presenters.values import signed


@dataclass(frozen=True)
class Explanation:
    """How one figure was worked out."""

    figure: str
    value: str
    text: str


def explanations(
    line: MilestoneLine, baseline: BaselineEntry | None, *, has_deliverables: bool, as_of: date
) -> list[Explanation]:
    """How planned, earned, variance and state came about, in whole sentences."""
    figures, view = line.figures, line_view(line, as_of=as_of)
    start, due = (
        (baseline.planned_start_on, baseline.due_on)
        if baseline
        else (line.milestone.planned_start_on, line.milestone.due_on)
    )
    basis = _("the present baseline") if baseline else _("the present plan, as no baseline holds it")
    return [
        Explanation(
            figure=pgettext("value", "Planned"),
            value=view.planned,
            text=_("Grows evenly by calendar days from %(start)s to %(due)s, by %(basis)s.")
            % {"start": date_format(start), "due": date_format(due), "basis": basis},
        ),
        Explanation(
            figure=pgettext("value", "Actual"),
            value=view.earned,
            text=_earned_text(line, has_deliverables=has_deliverables),
        ),
        Explanation(
            figure=pgettext("value", "Verified"),
            value=view.verified,
            text=_("All or nothing: whether somebody other than those who reported it has verified it."),
        ),
        Explanation(
            figure=_("Variance"),
            value=signed(figures.earned_percent - figures.planned_percent),
            text=_("Actual minus planned, in percentage points."),
        ),
        Explanation(figure=_("State"), value=view.sign.word, text=view.reason + pgettext("end of a sentence", ".")),
    ]


def _earned_text(line: MilestoneLine, *, has_deliverables: bool) -> str:
    if line.figures.is_done:
        return _("Counts in full, as the milestone is done.")
    if line.latest_update is not None:
        return _("As last reported on %(day)s.") % {"day": date_format(line.latest_update.reported_on)}
    if has_deliverables:
        return _("The weighted share of the deliverables that are done; nobody has reported a percentage.")
    return _("Nothing yet: there is neither a report nor a deliverable.")
