"""Indicators with values taken in within a window: each with what it was before, its unit, target and source."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models import Indicator, Observation, Roadmap
from roadmap.outbox.wording import mark_of
from roadmap.progress.shown import amount, stated_figure


@dataclass(frozen=True)
class NewValue:
    """The newest of the values taken in for an indicator, by the period that it speaks of, and the one before it."""

    observation: Observation
    previous: Observation | None


@dataclass(frozen=True)
class Reading:
    """A new value in words; what there is none of is empty."""

    title: str
    value: str
    previous: str
    target: str
    source: str
    source_address: str
    mark: str


def new_values(roadmap: Roadmap, *, start: datetime, end: datetime) -> list[NewValue]:
    """For each indicator with values entered after ``start`` up to ``end``, in the indicators' order; two queries."""
    history: Any = Observation.history
    entered = history.filter(
        indicator__roadmap=roadmap, history_type="+", history_date__gt=start, history_date__lte=end
    ).values_list("id", "indicator_id")
    fresh, touched = set(), set()
    for pk, indicator in entered.order_by():
        fresh.add(pk)
        touched.add(indicator)
    if not touched:
        return []
    known: defaultdict[int, list[Observation]] = defaultdict(list)
    rows = Observation.objects.filter(indicator__in=touched).select_related("indicator", "source")
    for one in rows.order_by("indicator__position", "indicator_id", "ends_on", "id"):
        known[one.indicator_id].append(one)
    found = []
    for values in known.values():
        at = max((place for place, one in enumerate(values) if one.pk in fresh), default=None)
        if at is not None:  # None: deleted since
            found.append(NewValue(values[at], values[at - 1] if at else None))
    return found


def readings(values: Sequence[NewValue], *, pillar: int | None) -> list[Reading]:
    """The values in the active language, those of one pillar only if it is given."""
    return [_reading(one) for one in values if pillar in (None, one.observation.indicator.pillar_id)]


def _reading(new: NewValue) -> Reading:
    one, indicator = new.observation, new.observation.indicator
    return Reading(
        title=indicator.title,
        value=_said(one, indicator),
        previous=_("before: %(value)s") % {"value": _said(new.previous, indicator)} if new.previous else "",
        target=_target(indicator),
        source=one.source.citation if one.source else "",
        source_address=one.source.url if one.source else "",
        mark=mark_of(one.provenance),
    )


def _said(one: Observation, indicator: Indicator) -> str:
    """The value as the source states it, with its unit and period."""
    qualifier, value = stated_figure(one)
    words = {"value": value, "unit": indicator.unit, "period": one.period_label, "qualifier": qualifier}
    said = _("%(value)s %(unit)s (%(period)s)") % words
    if qualifier:
        said = _("%(qualifier)s %(value)s %(unit)s (%(period)s)") % words
    return _("%(said)s, preliminary") % {"said": said} if one.is_preliminary else said


def _target(indicator: Indicator) -> str:
    if indicator.target_value is None:
        return ""
    words = {"value": amount(indicator.target_value), "unit": indicator.unit}
    if indicator.target_on is None:
        return _("target: %(value)s %(unit)s") % words
    return _("target: %(value)s %(unit)s by %(day)s") % {
        **words,
        "day": date_format(indicator.target_on, "DATE_FORMAT"),
    }
