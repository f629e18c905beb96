"""Indicators to take away: a row for each observation, as its source states it."""

import pytest
from django.test import Client

from roadmap.models import Indicator
from tests.web.rows import Frame, fill

pytestmark = pytest.mark.django_db


def test_file_has_a_row_for_each_observation_and_for_what_has_none(frame: Frame, english: Client) -> None:
    fill(frame, 1)
    Indicator.objects.create(
        roadmap=frame.roadmap, code="none", title_zh="无", title_en="None", unit_zh="件", unit_en="parcels", position=9
    )
    assert 'href="/indicators.xlsx"' in english.get("/indicators/").content.decode()
    assert english.get("/indicators.csv").content.decode("utf-8-sig").splitlines() == [
        "Code,Indicator,Period,Qualifier,Value,Unit,Source,Note",
        "i-0,I,first half of 2024,more than,30000.0,parcels,C,",
        "none,None,,,,parcels,,",
    ]
    assert "i-0,I,,,,parcels,," in english.get("/indicators.csv?as_of=2024-06-29").content.decode()
