"""The timeline's places: everything is there; that nothing overlaps is in ``test_charts_boxes``."""

from datetime import date, timedelta

import pytest

from roadmap.web.charts.arrows import Link
from roadmap.web.charts.lanes import Group, Lane, Mark, PlacedLane, TimelineSize
from roadmap.web.charts.timeline import Axis, Band, Timeline, timeline
from roadmap.web.charts.windows import Window, divisions, months_around, neighbours, whole_years, window_around

WIDE = TimelineSize(width=1120, label_width=300)
NARROW = TimelineSize(width=343, label_width=0)
BANDS = [
    Band(label="基本框架", starts_on=date(2024, 1, 1), gate_on=date(2026, 12, 31)),
    Band(label="完整体系", starts_on=date(2027, 1, 1), gate_on=date(2029, 12, 31)),
]
ALL = whole_years([date(2024, 1, 1), date(2029, 12, 31)])


def drawn(
    marks: list[Mark],
    *,
    size: TimelineSize = WIDE,
    window: Window = ALL,
    is_open: bool = False,
    links: tuple[Link, ...] = (),
    today: date = date(2026, 6, 1),
) -> Timeline:
    lanes = [Lane(label="智能审图", marks=marks, is_open=is_open), Lane(label="智能长城", marks=[])]
    axis = Axis(first=window.first, last=window.last, parts=[(*part, "") for part in divisions(window)])
    return timeline(
        bands=BANDS, groups=[Group(label="安全", lanes=lanes)], links=links, axis=axis, today=today, size=size
    )


def first_lane(chart: Timeline) -> PlacedLane:
    return chart.groups[0].lanes[0]


def mark(day: date, **more: date) -> Mark:
    return Mark(day=day, state="track", tip="", code=day.isoformat(), name="联网接入", **more)


@pytest.mark.parametrize(
    ("zoom", "first", "last", "parts"),
    [
        ("year", date(2026, 1, 1), date(2026, 12, 31), 12),
        ("half", date(2026, 7, 1), date(2026, 12, 31), 6),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31), 14),
        ("month", date(2026, 11, 1), date(2026, 11, 30), 30),
    ],
)
def test_window_is_the_calendar_span_around_a_day_with_its_parts(
    zoom: str, first: date, last: date, parts: int
) -> None:
    window = window_around(date(2026, 11, 27), zoom=zoom)
    assert (window.first, window.last, len(divisions(window))) == (first, last, parts)
    days = [start + timedelta(days=n) for start, end in divisions(window) for n in range((end - start).days + 1)]
    assert days == [first + timedelta(days=n) for n in range((last - first).days + 1)]
    before, after = neighbours(window)
    assert (before, after) == (first - timedelta(days=1), last + timedelta(days=1))


def test_twelve_months_around_a_day_begin_four_before_it() -> None:
    window = months_around(date(2026, 3, 31))
    assert (window.first, window.last, len(divisions(window))) == (date(2025, 11, 1), date(2026, 10, 31), 12)
    assert neighbours(window) == (date(2025, 10, 31), date(2026, 11, 1))


def test_axis_covers_whole_years_from_first_to_last_day_of_anything() -> None:
    window = whole_years([date(2024, 1, 1), date(2031, 3, 1), date(2023, 5, 1)])
    assert [start.year for start, _end in divisions(window)] == list(range(2023, 2032))
    assert neighbours(window) == (None, None)


def test_only_what_falls_into_the_window_is_drawn_and_spans_are_cut() -> None:
    window = window_around(date(2026, 11, 1), zoom="quarter")
    inside, outside = date(2026, 11, 15), date(2027, 2, 1)
    long = {"starts_on": date(2026, 1, 1), "due_on": outside}
    chart = drawn([mark(inside), mark(outside, **long)], window=window, is_open=True)
    shown, cut = first_lane(chart).marks
    assert shown.x is not None
    assert (cut.x, cut.span_x, cut.span_width) == (None, 316.0, 788.0)
    assert [placed.mark.day for placed in first_lane(drawn([mark(inside), mark(outside)], window=window)).marks] == [
        inside
    ]
    assert chart.today_x is None


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_open_lane_has_a_row_for_each_milestone_with_its_name(size: TimelineSize) -> None:
    days = [date(2024 + year, 12, 31) for year in range(6)]
    lane = first_lane(
        drawn([mark(day, starts_on=date(2024, 1, 1), due_on=day) for day in days], size=size, is_open=True)
    )
    assert len({placed.y for placed in lane.marks}) == len(lane.rows) == 6
    assert [text for placed in lane.marks for _y, text in placed.name] == ["联网接入"] * 6


def test_dependency_is_an_arrow_between_marks_that_are_shown() -> None:
    one, other, gone = date(2025, 1, 1), date(2026, 1, 1), date(2035, 1, 1)
    links = (Link(one.isoformat(), other.isoformat()), Link(other.isoformat(), gone.isoformat(), is_broken=True))
    assert drawn([mark(one), mark(other)], links=links).arrows == []  # a closed lane has one row for all
    chart = drawn([mark(one), mark(other), mark(gone)], links=links, is_open=True)
    before, after, _gone = first_lane(chart).marks
    [arrow] = chart.arrows
    assert arrow.line == f"M{before.x} {before.y}V{after.y}H{(after.x or 0) - 10}"


def test_marks_too_near_to_each_other_become_a_cluster_of_their_worst_state_that_opens() -> None:
    gate = date(2026, 12, 31)
    late = Mark(day=date(2026, 12, 20), state="late", tip="late", code="late")
    lane = Lane(
        label="智能审图",
        marks=[mark(date(2025, 1, 1)), mark(gate), late],
        nearer=lambda first, last: f"/{first}/{last}",
    )
    axis = Axis(first=ALL.first, last=ALL.last, parts=[])
    chart = timeline(bands=[], groups=[Group(label="安全", lanes=[lane])], axis=axis, today=gate, size=WIDE)
    placed = first_lane(chart)
    assert [one.mark.day for one in placed.marks] == [date(2025, 1, 1)]
    [cluster] = placed.clusters
    assert (cluster.count, cluster.state, cluster.tip) == (2, "late", "late\n")
    assert cluster.address == "/2026-12-20/2026-12-31"
    assert cluster.y == placed.marks[0].y


def test_ghost_stands_where_the_baseline_had_the_milestone_unless_the_mark_is_there() -> None:
    near = mark(date(2028, 12, 31), baseline_day=date(2028, 12, 20), forecast_day=date(2029, 1, 5))
    slipped_to = mark(date(2026, 12, 31), baseline_day=date(2026, 1, 1))
    chart = drawn([slipped_to, mark(date(2024, 2, 1)), near], is_open=True)
    plain, slipped, near_by = chart.groups[0].lanes[0].marks
    assert (near_by.ghost_x, near_by.forecast_x) == (None, None)  # it would lie under the mark
    assert plain.ghost_x is None
    assert slipped.ghost_x is not None
    assert slipped.x is not None
    assert slipped.ghost_x < slipped.x


def test_lanes_follow_each_other_without_gap_or_overlap() -> None:
    first, second = drawn([mark(date(2025, 1, 1))]).groups[0].lanes
    assert (first.rule_y, round(second.y + second.height, 1)) == (second.y, second.rule_y)


def test_labels_stand_left_of_the_lanes_when_wide_and_above_when_narrow() -> None:
    wide, narrow = drawn([mark(date(2025, 1, 1))]), drawn([mark(date(2025, 1, 1))], size=NARROW)
    assert wide.left == 316
    assert narrow.left == 16
    assert narrow.groups[0].lanes[0].label[0][0] < narrow.groups[0].lanes[0].marks[0].y


def test_today_outside_the_axis_is_left_away() -> None:
    assert drawn([], today=date(2035, 1, 1)).today_x is None
