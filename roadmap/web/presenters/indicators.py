"""Indicators with their observations: figures as the source states them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from roadmap.models import Indicator, Observation
from roadmap.progress.shown import amount, stated_figure
from roadmap.tables import Table
from roadmap.web.charts.trail import Trail, trail
from roadmap.web.presenters.values import Badge, Day, badge_of, day_of


@dataclass(frozen=True)
class ObservationView:
    """One observation; ``qualifier`` is empty for an exact figure."""

    qualifier: str
    value: str
    number: Decimal
    period: str
    is_preliminary: bool
    note: str
    source: str
    source_address: str
    badge: Badge | None
    days_badge: Badge | None


@dataclass(frozen=True)
class IndicatorView:
    """An indicator with its observations, oldest first; ``latest`` is None without any."""

    code: str
    title: str
    description: str
    unit: str
    pillar: str
    target: str
    target_day: Day | None
    observations: list[ObservationView]
    latest: ObservationView | None
    badge: Badge | None
    chart: Trail | None
    chart_words: str


def indicator_view(indicator: Indicator, observations: Iterable[Observation]) -> IndicatorView:
    """The indicator in the active language; ``observations`` come oldest first, with their source at hand."""
    rows = list(observations)
    views = [_observation(one) for one in rows]
    return IndicatorView(
        code=indicator.code,
        title=indicator.title,
        description=indicator.description,
        unit=indicator.unit,
        pillar=indicator.pillar.title if indicator.pillar else "",
        target="" if indicator.target_value is None else amount(indicator.target_value),
        target_day=day_of(indicator.target_on) if indicator.target_on else None,
        observations=views,
        latest=views[-1] if views else None,
        badge=badge_of(indicator.provenance),
        chart=_chart(indicator, rows),
        chart_words=_chart_words(views, indicator.unit),
    )


def table_of(indicators: Iterable[IndicatorView]) -> Table:
    """A row for each observation; an indicator without any has one without figures."""
    heads = [_("Code"), _("Indicator"), _("Period"), _("Qualifier"), _("Value"), _("Unit"), _("Source"), _("Note")]
    rows: list[list[Any]] = []
    for one in indicators:
        rows += [
            [one.code, one.title, seen.period, seen.qualifier, float(seen.number), one.unit, seen.source, seen.note]
            for seen in one.observations
        ] or [[one.code, one.title, "", "", None, one.unit, "", ""]]
    return Table(_("Indicators"), heads, rows)


def _chart(indicator: Indicator, rows: list[Observation]) -> Trail | None:
    """The values over time, after the one it started from where that is known."""
    values = [(one.ends_on, one.value) for one in rows]
    if indicator.baseline_value is not None and indicator.baseline_on is not None:
        values = sorted([(indicator.baseline_on, indicator.baseline_value), *values])
    return trail(values, target=indicator.target_value, target_on=indicator.target_on)


def _chart_words(views: list[ObservationView], unit: str) -> str:
    """What the drawing shows, for who doesn't see it."""
    if not views:
        return ""
    first, last = views[0], views[-1]
    return _("From %(first)s (%(start)s) to %(last)s (%(end)s) %(unit)s") % {
        "first": first.value,
        "start": first.period,
        "last": last.value,
        "end": last.period,
        "unit": unit,
    }


def _observation(one: Observation) -> ObservationView:
    qualifier, value = stated_figure(one)
    return ObservationView(
        qualifier=qualifier,
        value=value,
        number=one.value,
        period=one.period_label,
        is_preliminary=one.is_preliminary,
        note=one.note,
        source=one.source.citation if one.source else _("no source given"),
        source_address=one.source.url if one.source else "",
        badge=badge_of(one.provenance),
        days_badge=badge_of(one.days_provenance),
    )
