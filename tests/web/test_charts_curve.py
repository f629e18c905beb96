"""The S-curve's lines."""

from datetime import date
from decimal import Decimal

from roadmap.web.charts.curve import CurvePoint, CurveSize, Gate, curve

SIZE = CurveSize(width=148, height=150, left=36, right=12, top=26, bottom=24)  # a plot of 100 by 100
POINTS = [
    CurvePoint(day=date(2026, 1, 1), planned=Decimal(0), earned=Decimal(0)),
    CurvePoint(day=date(2026, 1, 26), planned=Decimal(50), earned=Decimal(25)),
    CurvePoint(day=date(2026, 4, 11), planned=Decimal(100), earned=None),
]


def test_lines_run_through_the_points_and_earned_ends_today() -> None:
    drawn = curve(POINTS, gates=[(date(2026, 4, 11), "阶段节点")], today=date(2026, 1, 26), size=SIZE)
    assert drawn is not None
    assert drawn.planned == "36.0,126.0 61.0,76.0 136.0,26.0"
    assert drawn.earned == "36.0,126.0 61.0,101.0"
    assert drawn.gap == "36.0,126.0 61.0,76.0 61.0,101.0 36.0,126.0"
    assert drawn.gates == [Gate(x=136.0, label="阶段节点")]
    assert (drawn.today_x, drawn.today_planned_y, drawn.today_earned_y) == (61.0, 76.0, 101.0)


def test_today_and_gates_outside_the_plot_are_left_away() -> None:
    drawn = curve(POINTS, gates=[(date(2030, 1, 1), "later")], today=date(2027, 1, 1), size=SIZE)
    assert drawn is not None
    assert (drawn.gates, drawn.today_x, drawn.today_earned_y) == ([], None, None)


def test_fewer_than_two_points_make_no_curve() -> None:
    assert curve(POINTS[:1], gates=[], today=date(2026, 1, 1), size=SIZE) is None
