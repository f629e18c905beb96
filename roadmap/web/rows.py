"""Rows that more than one page asks for."""

from collections import defaultdict

from roadmap.models import Observation
from roadmap.web.frame import Frame
from roadmap.web.presenters.indicators import IndicatorView, indicator_view


def indicators_of(frame: Frame) -> list[IndicatorView]:
    """The roadmap's indicators in their order, with the observations up to the day shown. Two queries."""
    indicators = list(frame.roadmap.indicators.select_related("pillar"))
    observations = defaultdict(list)
    for one in Observation.objects.filter(indicator__roadmap=frame.roadmap, ends_on__lte=frame.as_of).select_related(
        "source"
    ):
        observations[one.indicator_id].append(one)
    return [indicator_view(indicator, observations[indicator.pk]) for indicator in indicators]
