"""Sparklines: the days they look at, and the bars they are made of."""

from datetime import date
from decimal import Decimal

import pytest

from roadmap.digests.sparks import Spark, spark_days, spark_of


@pytest.mark.parametrize(
    ("values", "spark"),
    [
        ([], None),
        ([10], None),
        ([None, 10], None),
        ([0, 50, 100], Spark("▁▄▇", 0, 100)),
        ([None, 40, 40], Spark("▁▁", 40, 40)),
        ([40, 41, 42], Spark("▁▂▃", 40, 42)),  # a small step is drawn small
        ([80, 40, 60], Spark("▇▁▄", 80, 60)),
        ([Decimal("0.2"), Decimal("99.7")], Spark("▁▇", 1, 99)),  # not quite nothing, not quite all
    ],
)
def test_spark_is_drawn_from_its_lowest_value(values: list[int | Decimal | None], spark: Spark | None) -> None:
    assert spark_of([None if value is None else Decimal(value) for value in values]) == spark


@pytest.mark.parametrize(
    ("frequency", "first", "before_last"),
    [
        ("daily", date(2026, 3, 19), date(2026, 3, 30)),
        ("weekly", date(2026, 1, 6), date(2026, 3, 24)),
        ("monthly", date(2025, 3, 31), date(2026, 2, 28)),
    ],
)
def test_spark_looks_back_twelve_periods(frequency: str, first: date, before_last: date) -> None:
    days = spark_days(frequency, today=date(2026, 3, 31))
    assert (len(days), days[0], days[-2], days[-1]) == (13, first, before_last, date(2026, 3, 31))
    assert days == sorted(days)
