"""How figures are written."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from roadmap.progress.shown import amount, days_left_text, percent_number
from roadmap.web.presenters.values import Day, day_of, percent, signed


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("0", 0, "0%"),
        ("0.2", 0, "1%"),
        ("0.04", 1, "0.1%"),
        ("48.24", 1, "48.2%"),
        ("99.7", 0, "99%"),
        ("99.97", 1, "99.9%"),
        ("100", 0, "100%"),
    ],
)
def test_percent_never_rounds_to_all_or_nothing(value: str, decimals: int, text: str) -> None:
    assert percent(Decimal(value), decimals=decimals) == text


@pytest.mark.parametrize(("value", "number"), [("99.96", 99.9), ("100", 100), ("0.01", 0.1), ("0", 0), ("48.24", 48.2)])
def test_shares_in_files_and_drawings_are_rounded_the_same_way(value: str, number: float) -> None:
    assert percent_number(Decimal(value), decimals=1) == number


@pytest.mark.parametrize(("value", "text"), [("2", "+2.0"), ("-5.14", "−5.1"), ("-0.04", "0.0"), ("0", "0.0")])
def test_signed_points_bear_a_true_minus_sign_and_zero_none(value: str, text: str) -> None:
    assert signed(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("9.0000", "9", "9"),
        ("1.2", "1.2", "1.2"),
        ("29000.0000", "29,000", "29,000"),
        ("20000000", "2,000万", "20 million"),
        ("7000000000", "70亿", "7 billion"),
        ("1220000000000", "1.22万亿", "1.22 trillion"),
        ("-1600000000000", "-1.6万亿", "-1.6 trillion"),
    ],
)
def test_amounts_are_told_in_the_units_of_the_language(value: str, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert amount(Decimal(value)) == chinese
    with override("en"):
        assert amount(Decimal(value)) == english


def test_day_is_written_in_the_language_with_its_weekday() -> None:
    day = date(2026, 12, 31)
    with override("zh-hans"):
        assert day_of(day) == Day(iso="2026-12-31", text="2026年12月31日", full="2026年12月31日 星期四")
    with override("en"):
        assert day_of(day) == Day(iso="2026-12-31", text="31 December 2026", full="Thursday, 31 December 2026")


def test_countdown_speaks_of_today_tomorrow_and_yesterday() -> None:
    with override("en"):
        assert [days_left_text(days) for days in (0, 1, 30, -1, -2)] == [
            "due today",
            "1 day left",
            "30 days left",
            "1 day overdue",
            "2 days overdue",
        ]
