"""The badges and bars of ``roadmap.admin.marks`` for the admin's templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.admin.marks import countdown, progress_bar, provenance_badge, rag_badge
from roadmap.models import Milestone, ProgressUpdate
from roadmap.progress.measure import MilestoneFigures
from roadmap.progress.shown import percent_number, withdrawn_text

register = template.Library()


@dataclass(frozen=True)
class FormError:
    """One thing that a form has refused; ``field`` is the id of the element to mend it in; empty: of none."""

    text: str
    field: str = ""


@register.inclusion_tag("admin/roadmap/errors.html")
def error_summary(form: Any, below: Any = ()) -> dict[str, Any]:
    """All that ``form`` and the formsets ``below`` it refused, in their order, each with the way to its field."""
    rows = [row for one in below for row in one.formset.forms]
    loose = [FormError(str(error)) for one in below for error in one.formset.non_form_errors()]
    found = [error for one in (form, *rows) if one is not None for error in _errors_of(one)]
    return {"errors": [*found, *loose]}


def _errors_of(form: Any) -> Iterator[FormError]:
    for name, errors in form.errors.items():
        if name in form.fields:
            field = form[name]
            for error in errors:
                yield FormError(f"{capfirst(str(field.label))}: {error}", field.id_for_label or field.auto_id)
        else:
            yield from (FormError(str(error)) for error in errors)


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
