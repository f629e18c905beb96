"""An indicator's values rise from zero, its target stands at its day, and too little to draw isn't drawn."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from roadmap.models import Indicator, Observation
from roadmap.web.charts.trail import BOTTOM, LEFT, RIGHT, TOP, Spot, trail
from tests.web.rows import Frame

ONE, TWO, LAST = date(2023, 12, 31), date(2024, 12, 31), date(2029, 12, 31)


def test_values_stand_between_zero_and_the_highest_and_the_target_at_its_day() -> None:
    drawn = trail([(ONE, Decimal(50)), (TWO, Decimal(75))], target=Decimal(100), target_on=LAST)
    assert drawn is not None
    assert (drawn.spots[0], drawn.target) == (Spot(LEFT, (TOP + BOTTOM) / 2), Spot(RIGHT, TOP))
    assert (drawn.first_year, drawn.last_year) == (2023, 2029)


def test_single_value_without_a_target_is_no_trail() -> None:
    assert trail([(ONE, Decimal(5))]) is None
    assert trail([], target=Decimal(5), target_on=LAST) is None
    flat = trail([(ONE, Decimal(0)), (TWO, Decimal(0))])
    assert flat is not None
    assert [spot.y for spot in flat.spots] == [BOTTOM, BOTTOM]


@pytest.mark.django_db
def test_indicator_with_a_series_is_drawn_with_words_beside_it(frame: Frame, english: Client) -> None:
    indicator = Indicator.objects.create(
        roadmap=frame.roadmap, code="imports", title_zh="进口", title_en="Imports", unit_zh="元", unit_en="CNY"
    )
    for year, value in ((2012, 11), (2023, 18)):
        Observation.objects.create(
            indicator=indicator,
            period=str(year),
            period_zh=f"{year}年",
            period_en=str(year),
            ends_on=date(year, 12, 31),
            value=value,
        )
    html = english.get("/indicators/").content.decode()
    assert 'aria-label="From 11 (2012) to 18 (2023) CNY"' in html
    assert html.count('<circle class="dot earned"') == 2
