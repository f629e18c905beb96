"""The timeline's places: nothing overlaps, and everything is there."""

from datetime import date, timedelta
from itertools import combinations

import pytest

from roadmap.web.charts.timeline import MARK_GAP, ROW, Band, Group, Lane, Mark, Timeline, TimelineSize, timeline

WIDE = TimelineSize(width=1120, label_width=210)
NARROW = TimelineSize(width=343, label_width=0)
BANDS = [
    Band(label="基本框架", starts_on=date(2024, 1, 1), gate_on=date(2026, 12, 31)),
    Band(label="完整体系", starts_on=date(2027, 1, 1), gate_on=date(2029, 12, 31)),
]


def drawn(marks: list[Mark], *, size: TimelineSize = WIDE, today: date = date(2026, 6, 1)) -> Timeline:
    groups = [Group(label="安全", lanes=[Lane(label="智能审图", marks=marks), Lane(label="智能长城", marks=[])])]
    return timeline(bands=BANDS, groups=groups, starts_on=date(2024, 1, 1), today=today, size=size)


def mark(day: date, **more: date) -> Mark:
    return Mark(day=day, state="track", tip="", code=day.isoformat(), baseline_day=more.get("baseline_day"))


def test_axis_covers_whole_years_from_first_to_last_day_of_anything() -> None:
    chart = drawn([mark(date(2031, 3, 1), baseline_day=date(2023, 5, 1))])
    assert [tick.year for tick in chart.years] == list(range(2023, 2032))


def test_marks_on_one_day_stand_below_each_other_in_their_lane() -> None:
    gate = date(2026, 12, 31)
    lane = drawn([mark(gate), mark(gate), mark(gate)]).groups[0].lanes[0]
    assert [placed.y - lane.marks[0].y for placed in lane.marks] == [0, ROW, 2 * ROW]
    assert lane.marks[-1].y < lane.rule_y


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_no_two_of_many_marks_overlap(size: TimelineSize) -> None:
    days = [date(2024, 1, 1) + timedelta(days=(number * 37) % 2190) for number in range(150)]
    marks = drawn([mark(day) for day in days], size=size).groups[0].lanes[0].marks
    assert len(marks) == 150
    assert [
        (one, other) for one, other in combinations(marks, 2) if one.y == other.y and abs(one.x - other.x) < MARK_GAP
    ] == []


def test_ghost_stands_where_the_baseline_had_the_milestone() -> None:
    chart = drawn([mark(date(2026, 12, 31), baseline_day=date(2026, 1, 1)), mark(date(2024, 2, 1))])
    plain, slipped = chart.groups[0].lanes[0].marks
    assert plain.ghost_x is None
    assert slipped.ghost_x is not None
    assert slipped.ghost_x < slipped.x


def test_lanes_follow_each_other_without_gap_or_overlap() -> None:
    first, second = drawn([mark(date(2025, 1, 1))]).groups[0].lanes
    assert (first.rule_y, round(second.y + second.height, 1)) == (second.y, second.rule_y)


def test_labels_stand_left_of_the_lanes_when_wide_and_above_when_narrow() -> None:
    wide, narrow = drawn([mark(date(2025, 1, 1))]), drawn([mark(date(2025, 1, 1))], size=NARROW)
    assert wide.left == 210
    assert narrow.left == 8
    assert narrow.groups[0].lanes[0].label[0][0] < narrow.groups[0].lanes[0].marks[0].y


def test_today_outside_the_axis_is_left_away() -> None:
    assert drawn([], today=date(2035, 1, 1)).today_x is None
