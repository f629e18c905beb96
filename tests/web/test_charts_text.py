"""Labels are broken where people would break them."""

import pytest

from roadmap.web.charts.text import width_of, wrapped


@pytest.mark.parametrize(
    ("text", "width", "lines", "expected"),
    [
        ("", 10, 2, [""]),
        ("智能审图", 10, 2, ["智能审图"]),
        ("智能非侵入式顺势监管", 6, 2, ["智能非侵入式", "顺势监管"]),
        ("智能非侵入式顺势监管", 4, 2, ["智能非侵", "入式顺…"]),
        ("先到先得。", 4, 2, ["先到先得。"]),
        ("Porter robots", 20, 1, ["Porter robots"]),
        ("Advance machine inspection", 8, 3, ["Advance", "machine", "inspection"]),
        ("Intelligent non-intrusive supervision", 15, 1, ["Intelligent non-intrusive…"]),
        ("Unbreakablewordindeed", 4, 2, ["Unbreak", "able…"]),
        ("한국어이름", 3, 3, ["한국어", "이름"]),
        ("www", 2, 2, ["ww", "w"]),
    ],
)
def test_label_breaks_between_words_or_characters(text: str, width: float, lines: int, expected: list[str]) -> None:
    assert wrapped(text, width=width, lines=lines) == expected


def test_width_counts_chinese_as_a_whole_em_and_latin_as_about_half() -> None:
    assert [width_of("海关"), round(width_of("ab"), 2), round(width_of("A"), 2)] == [2.0, 1.06, 0.66]
