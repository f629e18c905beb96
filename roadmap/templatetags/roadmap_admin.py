"""The badges and bars of ``roadmap.admin.marks`` for the admin's templates."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.admin.marks import countdown, progress_bar, provenance_badge, rag_badge
from roadmap.models import Milestone, ProgressUpdate
from roadmap.progress.measure import MilestoneFigures
from roadmap.progress.shown import percent_number, withdrawn_text

register = template.Library()


@register.simple_tag
def rag(figures: MilestoneFigures) -> SafeString:
    """Red, amber, green, and why."""
    return rag_badge(figures)


@register.simple_tag
def due(milestone: Milestone) -> SafeString:
    """The due date with its countdown; the milestone has been measured."""
    line: Any = milestone.line  # type: ignore[attr-defined]
    return countdown(milestone.due_on, line.figures)


@register.simple_tag
def due_of(milestone: Milestone, figures: MilestoneFigures) -> SafeString:
    """The same for a milestone and its figures."""
    return countdown(milestone.due_on, figures)


@register.simple_tag
def bar(figures: Any) -> SafeString:
    """Earned against planned, of one milestone or of a group."""
    if isinstance(figures, MilestoneFigures):
        return progress_bar(figures.planned_percent, figures.earned_percent, figures.verified_percent)
    return progress_bar(figures.planned, figures.earned, figures.verified)


@register.filter
def percent(value: Decimal) -> str:
    """A percentage with up to two places, as everywhere: 100 only where it is whole."""
    return f"{percent_number(value, decimals=2)}%"


@register.simple_tag
def mark(entry: Any) -> SafeString:
    """Where the entry comes from."""
    return provenance_badge(entry.provenance)


@register.simple_tag
def slip(figures: MilestoneFigures) -> str:
    """How far the due date lies from the baseline's."""
    days = figures.slip_days
    if days is None:
        return _("not in a baseline")
    if days == 0:
        return _("as approved")
    if days > 0:
        return ngettext("%(count)d day later", "%(count)d days later", days) % {"count": days}
    return ngettext("%(count)d day earlier", "%(count)d days earlier", -days) % {"count": -days}


@register.filter
def withdrawn(update: ProgressUpdate) -> str:
    """By whom, when and why."""
    return withdrawn_text(update)
