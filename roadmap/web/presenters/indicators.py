"""Indicators with their observations: figures as the source states them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from roadmap.models import Indicator, Observation
from roadmap.progress.shown import amount
from roadmap.vocabulary import Qualifier
from roadmap.web.presenters.values import Badge, Day, badge_of, day_of


@dataclass(frozen=True)
class ObservationView:
    """One observation; ``qualifier`` is empty for an exact figure."""

    qualifier: str
    value: str
    period: str
    is_preliminary: bool
    note: str
    source: str
    source_address: str
    badge: Badge | None


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


def indicator_view(indicator: Indicator, observations: Iterable[Observation]) -> IndicatorView:
    """The indicator in the active language; ``observations`` come oldest first, with their source at hand."""
    views = [_observation(one) for one in observations]
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
    )


def _observation(one: Observation) -> ObservationView:
    return ObservationView(
        qualifier="" if one.qualifier == Qualifier.EXACT else one.get_qualifier_display(),
        value=amount(one.value),
        period=one.period_label,
        is_preliminary=one.is_preliminary,
        note=one.note,
        source=one.source.citation if one.source else _("no source given"),
        source_address=one.source.url if one.source else "",
        badge=badge_of(one.provenance),
    )
