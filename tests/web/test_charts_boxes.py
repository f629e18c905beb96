"""Boxes of all that a timeline draws: nothing lies on anything else or outside, whatever things are called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from roadmap.web.charts.lanes import NAME_FONT, Group, Lane, Mark, TimelineSize
from roadmap.web.charts.text import width_of
from roadmap.web.charts.timeline import AXIS_FONT, Band, Timeline, timeline
from roadmap.web.charts.windows import months_around, whole_years, window_around
from roadmap.web.presenters.timeline import NARROW, WIDE, axis_of

TODAY = date(2026, 11, 29)
NAMES = {
    "short": "a b c",
    "english": "Advance inspection of baggage at an airport of the district, with scanners " * 3,
    "chinese": "智能非侵入式顺势监管试点口岸联网接入" * 12,
    "hangul": "세관검사장비도입시범사업" * 17,
    "unbroken": "Wm" * 100,
}
BESIDE = ("label", "name", "group")  # what no line may cut
WINDOWS = {
    "near": months_around(TODAY),
    "all": whole_years([date(2024, 1, 1), date(2029, 12, 31)]),
    "month": window_around(TODAY, zoom="month"),
}


@dataclass(frozen=True)
class Box:
    """What it is, and its edges."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > 0.01
            and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.01
        )


def chart_of(number: int, *, name: str, size: TimelineSize, zoom: str, is_open: bool) -> Timeline:
    """So many milestones in up to ten lanes, a third of them on the day of the gate, each with all of its signs."""
    window = WINDOWS[zoom]
    marks = [
        Mark(
            day=(day := date(2026, 12, 31) if index % 3 == 0 else date(2024, 1, 1) + timedelta(days=index * 37 % 2190)),
            state=("late", "risk", "track", "done", "cancelled")[index % 5],
            tip=name,
            code=f"m-{index}",
            name=name[:200],
            starts_on=day - timedelta(days=200),
            due_on=day,
            baseline_day=day - timedelta(days=index % 90),
            forecast_day=day + timedelta(days=index % 120),
        )
        for index in range(number)
    ]
    lanes = [Lane(label=name, marks=marks[start::10], is_open=is_open, toggle="/") for start in range(min(10, number))]
    return timeline(
        bands=[
            Band(label=name, starts_on=date(2024, 1, 1), gate_on=date(2026, 12, 10)),
            Band(label=name, starts_on=date(2026, 12, 11), gate_on=date(2026, 12, 31)),
            Band(label=name, starts_on=date(2027, 1, 1), gate_on=date(2029, 12, 31)),
        ],
        groups=[Group(label=name, lanes=lanes[:4]), Group(label=name, lanes=lanes[4:])],
        axis=axis_of(window, narrow=not size.label_width),
        today=TODAY,
        size=size,
    )


def text(what: str, words: str, *, x: float, y: float, font: float, anchor: str = "start") -> Box:
    """Of a line of text that stands on ``y``."""
    wide = width_of(words) * font
    left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
    return Box(f"{what} {words[:12]}", left, y - font * 0.85, left + wide, y + font * 0.15)


def sign(what: str, x: float, y: float, half: float) -> Box:
    return Box(what, x - half, y - half, x + half, y + half)


def boxes(chart: Timeline) -> Iterator[Box]:
    """All that can be read or told apart; lines and spans are what it stands on."""
    for band in chart.bands:
        if band.gate_x is not None and band.label:
            yield text("gate", band.label, x=band.gate_x, y=14, font=13, anchor="end")
    for part in chart.parts:
        if part.label:
            yield text("axis", part.label, x=part.middle, y=42, font=AXIS_FONT, anchor="middle")
    if chart.today_x is not None:
        yield text("today", "today", x=chart.today_label_x, y=chart.height - 6, font=12, anchor="middle")
    for group in chart.groups:
        for y, words in group.label:
            yield text("group", words, x=0, y=y, font=13)
        for lane in group.lanes:
            for number, (y, words) in enumerate(lane.label):
                yield text("label", ("▾ " if number == 0 else "") + words, x=0, y=y, font=13)
            for one in lane.marks:
                for y, words in one.name:
                    yield text("name", words, x=one.name_x, y=y, font=NAME_FONT)
                for what, x, half in (
                    ("mark", one.x, 7.5),
                    ("forecast", one.forecast_x, 5.5),
                    ("ghost", one.ghost_x, 3.5),
                ):
                    if x is not None:
                        yield sign(what, x, one.y, half)
            for cluster in lane.clusters:
                yield sign("cluster", cluster.x, cluster.y, cluster.radius)


def lines(chart: Timeline) -> Iterator[Box]:
    """The lines from top to bottom below the axis."""
    places = {"gate": [band.gate_x for band in chart.bands], "today": [chart.today_x]}
    for what, known in (places | {"part": [one.x for one in chart.parts]}).items():
        for x in known:
            if x is not None:
                yield from (Box(what, x - 1, upper, x + 1, lower) for upper, lower in chart.rows)


def meetings(found: list[Box]) -> list[tuple[str, str]]:
    """Those that lie on each other, by looking only at those whose heights meet."""
    found = sorted(found, key=lambda box: box.top)
    met, open_ones = [], []
    for box in found:
        open_ones = [one for one in open_ones if one.bottom > box.top]
        met += [(one.what, box.what) for one in open_ones if one.meets(box)]
        open_ones.append(box)
    return met


MANY = pytest.param(1000, marks=pytest.mark.everything)


@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "open"])
@pytest.mark.parametrize("zoom", WINDOWS)
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("number", [1, 10, 76, MANY])
def test_nothing_lies_on_anything_else_or_outside(
    number: int, name: str, size: TimelineSize, zoom: str, is_open: bool
) -> None:
    chart = chart_of(number, name=name, size=size, zoom=zoom, is_open=is_open)
    lanes = [lane for group in chart.groups for lane in group.lanes]
    window = WINDOWS[zoom]
    known = [one for lane in lanes for one in lane.lane.marks]
    assert len(known) == number
    drawn = sum(len(lane.marks) + sum(one.count for one in lane.clusters) for lane in lanes)
    assert drawn == (number if is_open else sum(window.first <= one.day <= window.last for one in known))
    found = list(boxes(chart))
    assert meetings(found) == []
    outside = [box for box in found if box.left < -0.01 or box.right > size.width + 0.01 or box.bottom > chart.height]
    assert outside == []
    assert cuts([box for box in found if box.what.split()[0] in BESIDE], list(lines(chart))) == []


def cuts(texts: list[Box], cutting: list[Box]) -> list[tuple[str, str]]:
    """The texts that a line cuts."""
    top_down = sorted([*texts, *cutting], key=lambda box: box.top)
    names = {id(box) for box in texts}
    met, open_ones = [], []
    for box in top_down:
        open_ones = [one for one in open_ones if one.bottom > box.top]
        met += [
            (one.what, box.what) for one in open_ones if (id(one) in names) != (id(box) in names) and one.meets(box)
        ]
        open_ones.append(box)
    return met
