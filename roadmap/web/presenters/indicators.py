"""Indicators with their observations: figures as the source states them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.models import Indicator, Observation
from roadmap.vocabulary import Qualifier
from roadmap.web.presenters.values import Badge, Day, badge_of, day_of

_CHINESE_UNITS = ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 6, "万"))
_ENGLISH_UNITS = (
    (Decimal(10) ** 12, " trillion"),
    (Decimal(10) ** 9, " billion"),
    (Decimal(10) ** 6, " million"),
)


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


def amount(value: Decimal) -> str:
    """A figure as people write it: ``29,000``, ``1.22 trillion``, ``1.22万亿``, never in scientific notation."""
    chinese = not (get_language() or "").startswith("en")
    for size, name in _CHINESE_UNITS if chinese else _ENGLISH_UNITS:
        if abs(value) >= size:
            scaled = value / _chinese_divisor(size) if chinese else value / size
            return f"{_plain(scaled)}{name}"
    return _plain(value)


def _chinese_divisor(size: Decimal) -> Decimal:
    """From a million on, figures are told in 万 (ten thousands)."""
    return Decimal(10) ** 4 if size == Decimal(10) ** 6 else size


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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
