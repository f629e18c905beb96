"""Days stand where they belong on a time axis."""

from datetime import date

import pytest

from roadmap.web.charts.scale import DayScale, Tick, year_ticks

SCALE = DayScale(first=date(2024, 1, 1), last=date(2025, 12, 31), left=0, right=730)


@pytest.mark.parametrize(
    ("day", "x"),
    [
        (date(2024, 1, 1), 0.0),
        (date(2025, 12, 31), 730.0),
        (date(2025, 1, 1), 366.0),
        (date(2020, 1, 1), 0.0),
        (date(2030, 1, 1), 730.0),
    ],
)
def test_day_stands_in_proportion_and_never_outside(day: date, x: float) -> None:
    assert SCALE.x(day) == x


def test_scale_of_a_single_day_stands_at_its_left_end() -> None:
    day = date(2024, 5, 1)
    assert DayScale(first=day, last=day, left=10, right=20).x(day) == 10.0


def test_years_are_ticked_at_their_first_day() -> None:
    assert year_ticks(SCALE) == [Tick(x=0.0, middle=182.5, year=2024), Tick(x=366.0, middle=548.0, year=2025)]
