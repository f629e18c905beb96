"""What became of an approved plan: the order in which it is told, and the sums."""

from datetime import date
from decimal import Decimal

from roadmap.progress.slip import Fate, Planned, SlipSums, slip_lines, slip_sums, slip_sums_by
from roadmap.workdays import WorkCalendar

START = date(2026, 1, 1)


def plan(**due: date) -> dict[int, Planned]:
    """By milestone, as in ``m1``: due on that day, with its number as weight."""
    return {int(name[1:]): Planned(START, day, Decimal(name[1:])) for name, day in due.items()}


WAS = plan(m1=date(2026, 6, 30), m2=date(2026, 6, 30), m3=date(2026, 6, 30), m4=date(2026, 6, 30))
NOW = plan(m1=date(2026, 6, 26), m2=date(2026, 7, 10), m4=date(2026, 6, 30), m5=date(2026, 9, 30))


def test_worst_slip_is_told_first_then_what_was_dropped_and_what_was_added() -> None:
    lines = slip_lines(WAS, NOW, calendar=WorkCalendar())
    told = [(one.milestone_id, one.fate, one.slip_days, one.slip_working_days, one.weight_change) for one in lines]
    assert told == [
        (2, Fate.KEPT, 10, 8, 0),
        (4, Fate.KEPT, 0, 0, 0),
        (1, Fate.KEPT, -4, -2, 0),
        (3, Fate.DROPPED, None, None, -3),
        (5, Fate.ADDED, None, None, 5),
    ]


def test_sums_count_slips_by_the_weight_that_was_approved() -> None:
    lines = slip_lines(WAS, NOW, calendar=WorkCalendar())
    assert slip_sums(lines) == SlipSums(
        kept=3,
        added=1,
        dropped=1,
        later=1,
        earlier=1,
        worst_days=10,
        mean_days=Decimal(16) / 7,
        weight_was=Decimal(10),
        weight_now=Decimal(12),
    )
    assert slip_sums(()) == SlipSums(0, 0, 0, 0, 0, None, None, Decimal(0), Decimal(0))
    by_group = slip_sums_by(lines, {1: 7, 2: 7, 3: 8})
    assert {group: (sums.kept, sums.dropped, sums.worst_days) for group, sums in by_group.items()} == {
        7: (2, 0, 10),
        8: (0, 1, None),
    }
