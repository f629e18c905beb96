"""The rules of progress: tables for each rule, properties for the roll-up. No database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.progress.measure import (
    Figures,
    MilestoneFacts,
    Reason,
    earned_percent,
    measure_group,
    measure_milestone,
    planned_percent,
)
from roadmap.vocabulary import Rag

TODAY = date(2026, 11, 23)
YEAR_START, YEAR_END = date(2026, 1, 1), date(2026, 12, 31)


def facts(**known: object) -> MilestoneFacts:
    return MilestoneFacts(
        **{"id": 1, "weight": Decimal(1), "planned_start_on": YEAR_START, "due_on": YEAR_END, **known}  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("start_on", "due_on", "today", "expected"),
    [
        (date(2026, 1, 1), date(2026, 1, 10), date(2025, 12, 31), 0),
        (date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 1), 10),
        (date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 5), 50),
        (date(2026, 1, 1), date(2026, 1, 10), date(2026, 1, 10), 100),
        (date(2026, 1, 1), date(2026, 1, 10), date(2027, 1, 1), 100),
        (date(2026, 1, 1), date(2026, 1, 1), date(2025, 12, 31), 0),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1), 100),
    ],
)
def test_planned_percent_rises_straight_from_the_first_day_to_the_due_date(start_on, due_on, today, expected):
    assert planned_percent(start_on=start_on, due_on=due_on, today=today) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, 0),
        ({"deliverable_percent": Decimal(25)}, 25),
        ({"deliverable_percent": Decimal(25), "reported_percent": Decimal(40)}, 40),
        ({"deliverable_percent": Decimal(25), "reported_percent": Decimal(0)}, 0),
        ({"reported_percent": Decimal(40), "completed_on": TODAY}, 100),
        ({"reported_percent": Decimal(40), "completed_on": TODAY + timedelta(days=1)}, 40),
    ],
)
def test_earned_percent_is_done_else_reported_else_deliverables(known, expected):
    assert earned_percent(facts(**known), today=TODAY) == expected


FRESH = {"reported_on": TODAY, "reported_percent": Decimal(89)}


@pytest.mark.parametrize(
    ("known", "rag", "reason"),
    [
        ({"cancelled_on": TODAY}, None, Reason("cancelled", day=TODAY)),
        ({"completed_on": TODAY, "due_on": date(2026, 1, 5)}, Rag.GREEN, Reason("done_unverified", day=TODAY)),
        ({"completed_on": TODAY, "verified_on": TODAY}, Rag.GREEN, Reason("done", day=TODAY)),
        ({"due_on": TODAY - timedelta(days=3), **FRESH}, Rag.RED, Reason("overdue", number=Decimal(3))),
        ({"due_on": TODAY, **FRESH}, Rag.AMBER, Reason("behind_plan", number=Decimal(11))),
        ({"confidence": Rag.RED, **FRESH}, Rag.RED, Reason("reported_red", day=TODAY)),
        (
            {"forecast_on": YEAR_END + timedelta(days=1), "confidence": Rag.AMBER, **FRESH},
            Rag.AMBER,
            Reason("forecast_late", day=date(2027, 1, 1)),
        ),
        ({"confidence": Rag.AMBER, **FRESH}, Rag.AMBER, Reason("reported_amber", day=TODAY)),
        (
            {"reported_on": TODAY - timedelta(days=30), "reported_percent": Decimal(100)},
            Rag.AMBER,
            Reason("silent", number=Decimal(30)),
        ),
        ({"reported_on": TODAY - timedelta(days=29), "reported_percent": Decimal(100)}, Rag.GREEN, Reason("on_plan")),
        ({"planned_start_on": date(2026, 12, 1)}, Rag.GREEN, Reason("not_started", day=date(2026, 12, 1))),
        ({"forecast_on": YEAR_END, "confidence": Rag.GREEN, **FRESH}, Rag.GREEN, Reason("on_plan")),
    ],
)
def test_milestone_health_is_the_worst_rule_that_holds(known, rag, reason):
    figures = measure_milestone(facts(**known), today=TODAY)
    assert (figures.rag, figures.reason) == (rag, reason)


def test_milestone_figures_follow_the_baseline_for_plan_and_slip():
    figures = measure_milestone(
        facts(
            baseline_start_on=date(2026, 1, 1),
            baseline_due_on=date(2026, 1, 10),
            due_on=date(2026, 1, 20),
        ),
        today=date(2026, 1, 10),
    )
    assert (figures.planned_percent, figures.slip_days, figures.days_left, figures.is_late) == (100, 10, 10, False)


def test_closed_milestones_are_neither_late_nor_silent_nor_counting_days():
    for closed in ({"completed_on": TODAY}, {"cancelled_on": TODAY}):
        figures = measure_milestone(facts(due_on=date(2026, 2, 1), **closed), today=TODAY)
        assert (figures.is_late, figures.is_silent, figures.is_due_soon, figures.days_left) == (
            False,
            False,
            False,
            None,
        )


def test_a_milestone_completed_later_was_open_before():
    before = measure_milestone(facts(completed_on=TODAY), today=TODAY - timedelta(days=1))
    assert (before.is_done, before.is_open) == (False, True)


NOTHING = Figures(
    weight=Decimal(0),
    planned=Decimal(0),
    earned=Decimal(0),
    verified=Decimal(0),
    schedule_variance=Decimal(0),
    spi=None,
    total=0,
    done=0,
    confirmed=0,
    late=0,
    due_soon=0,
    silent=0,
    verification_overdue=0,
    rag=None,
    reason=Reason("empty"),
)


def test_group_of_nothing_is_all_zero():
    assert measure_group([]) == NOTHING


def test_group_of_cancelled_ones_is_all_zero():
    assert measure_group([(Decimal(5), measure_milestone(facts(cancelled_on=TODAY), today=TODAY))]) == NOTHING


@pytest.mark.parametrize(
    ("known", "rag", "reason"),
    [
        ({"completed_on": TODAY}, None, Reason("weightless")),
        ({"due_on": TODAY - timedelta(days=1)}, Rag.AMBER, Reason("some_late", number=Decimal(1))),
        (
            {"completed_on": date(2026, 11, 2), "verify_by": date(2026, 11, 16)},
            Rag.AMBER,
            Reason("some_unverified", number=Decimal(1)),
        ),
    ],
)
def test_a_group_without_weight_has_no_percentages_and_says_what_is_wrong_all_the_same(known, rag, reason):
    group = measure_group([(Decimal(0), measure_milestone(facts(**known), today=TODAY))])
    assert (group.total, group.planned, group.earned, group.spi) == (1, 0, 0, None)
    assert (group.rag, group.reason) == (rag, reason)


@pytest.mark.parametrize(
    ("known", "is_silent"),
    [
        ({"reported_on": TODAY - timedelta(days=30)}, True),
        ({"reported_on": TODAY - timedelta(days=29)}, False),
        ({"planned_start_on": TODAY - timedelta(days=30)}, True),
        ({"planned_start_on": TODAY - timedelta(days=29), "reported_on": TODAY - timedelta(days=90)}, False),
        ({"entered_on": TODAY - timedelta(days=29)}, False),  # nobody could report before
        ({"entered_on": TODAY - timedelta(days=30)}, True),
        ({"entered_on": TODAY, "reported_on": TODAY - timedelta(days=30)}, True),  # what is said of a day holds
    ],
)
def test_a_report_is_missed_since_the_last_one_else_the_entry_and_never_before_the_start(known, is_silent):
    assert measure_milestone(facts(**known), today=TODAY).is_silent == is_silent


@pytest.mark.parametrize(
    ("today", "known", "rag", "reason"),
    [
        (date(2026, 11, 16), {}, Rag.GREEN, "done_unverified"),
        (date(2026, 11, 17), {}, Rag.AMBER, "verification_overdue"),
        (date(2026, 11, 17), {"verified_on": date(2026, 11, 17)}, Rag.GREEN, "done"),
    ],
)
def test_what_is_reported_as_done_turns_amber_once_its_verification_is_overdue(today, known, rag, reason):
    done = facts(completed_on=date(2026, 11, 2), verify_by=date(2026, 11, 16), **known)
    figures = measure_milestone(done, today=today)
    assert (figures.rag, figures.reason) == (rag, Reason(reason, day=date(2026, 11, 2)))
    group = measure_group([(Decimal(1), figures)])
    assert (group.rag, group.earned, group.verification_overdue) == (rag, 100, rag == Rag.AMBER)


@pytest.mark.parametrize(
    ("known", "verified"),
    [
        ({}, 0),
        ({"reported_percent": Decimal(100), "verified_on": TODAY}, 0),
        ({"completed_on": TODAY}, 0),
        ({"completed_on": TODAY, "verified_on": TODAY + timedelta(days=1)}, 0),
        ({"completed_on": TODAY, "verified_on": TODAY}, 100),
        ({"completed_on": TODAY - timedelta(days=3), "verified_on": TODAY}, 100),
    ],
)
def test_done_is_as_reported_until_the_day_on_which_somebody_confirmed_it(known, verified):
    figures = measure_milestone(facts(**known), today=TODAY)
    assert (figures.verified_percent, figures.is_verified) == (verified, verified == 100)


def test_a_group_tells_what_was_reported_and_what_was_verified():
    verified = measure_milestone(facts(completed_on=TODAY, verified_on=TODAY), today=TODAY)
    reported = measure_milestone(facts(completed_on=TODAY), today=TODAY)
    group = measure_group(
        [(Decimal(1), verified), (Decimal(1), reported), (Decimal(2), measure_milestone(facts(), today=TODAY))]
    )
    assert (group.earned, group.verified, group.done, group.confirmed) == (50, 25, 2, 1)


def test_group_weighs_its_members_and_compares_earned_with_planned():
    done = measure_milestone(facts(completed_on=TODAY, due_on=TODAY), today=TODAY)
    nothing_done = measure_milestone(facts(due_on=TODAY), today=TODAY)
    group = measure_group([(Decimal(3), done), (Decimal(1), nothing_done)])
    assert (group.planned, group.earned, group.schedule_variance, group.spi, group.rag, group.reason) == (
        100,
        75,
        -25,
        Decimal("0.75"),
        Rag.RED,
        Reason("spi_low", number=Decimal("0.75")),
    )


@pytest.mark.parametrize(
    ("planned", "earned", "rag", "reason"),
    [
        ("1.0", "0.5", Rag.GREEN, Reason("on_plan")),
        ("5", "4", Rag.RED, Reason("spi_low", number=Decimal("0.8"))),
        ("50", "47", Rag.AMBER, Reason("spi_low", number=Decimal("0.94"))),
        ("50", "48", Rag.GREEN, Reason("on_plan")),
        ("0", "0", Rag.GREEN, Reason("not_started")),
    ],
)
def test_group_health_by_index_needs_a_point_of_variance(planned, earned, rag, reason):
    one = measure_milestone(facts(planned_start_on=date(2026, 12, 1)), today=TODAY)._replace(
        planned_percent=Decimal(planned), earned_percent=Decimal(earned)
    )
    group = measure_group([(Decimal(1), one)])
    assert (group.rag, group.reason) == (rag, reason)


DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
PERCENTS = st.decimals(0, 100, places=2)


@st.composite
def some_facts(draw: st.DrawFn) -> MilestoneFacts:
    start_on, due_on = sorted((draw(DAYS), draw(DAYS)))
    closed = draw(st.sampled_from(["open", "done", "cancelled"]))
    closed_on = draw(DAYS)
    return MilestoneFacts(
        id=1,
        weight=draw(st.decimals(0, 1000, places=2)),
        planned_start_on=start_on,
        due_on=due_on,
        completed_on=closed_on if closed == "done" else None,
        cancelled_on=closed_on if closed == "cancelled" else None,
        reported_percent=draw(st.none() | PERCENTS),
        reported_on=draw(DAYS),
        entered_on=draw(st.none() | DAYS),
        verify_by=draw(DAYS) if closed == "done" else None,
        confidence=draw(st.none() | st.sampled_from(Rag)),
        forecast_on=draw(st.none() | DAYS),
        deliverable_percent=draw(st.none() | PERCENTS),
    )


def measured(many: list[MilestoneFacts], today: date) -> Figures:
    return measure_group((one.weight, measure_milestone(one, today=today)) for one in many)


@given(st.lists(some_facts(), max_size=8), DAYS)
def test_percentages_stay_within_bounds(many, today):
    group = measured(many, today)
    assert 0 <= group.planned <= 100
    assert 0 <= group.earned <= 100
    assert group.done + group.late <= group.total <= len(many)


@given(st.lists(some_facts(), max_size=6).flatmap(lambda many: st.tuples(st.just(many), st.permutations(many))), DAYS)
def test_order_does_not_matter(both, today):
    one_way, other_way = (measured(list(many), today) for many in both)
    assert abs(one_way.planned - other_way.planned) < Decimal("1e-18")
    assert abs(one_way.earned - other_way.earned) < Decimal("1e-18")
    assert (one_way.weight, one_way.total, one_way.done, one_way.late, one_way.rag) == (
        other_way.weight,
        other_way.total,
        other_way.done,
        other_way.late,
        other_way.rag,
    )


@given(st.lists(some_facts(), min_size=1, max_size=6), PERCENTS, PERCENTS, DAYS)
def test_more_progress_of_one_never_lowers_the_group(many, one_percent, other_percent, today):
    less, more = sorted((one_percent, other_percent))
    before = measured([many[0]._replace(reported_percent=less), *many[1:]], today)
    after = measured([many[0]._replace(reported_percent=more), *many[1:]], today)
    assert after.earned >= before.earned - Decimal("1e-18")
    assert after.planned == before.planned


@given(some_facts(), DAYS, DAYS)
def test_planned_value_never_falls_with_time(one, some_day, other_day):
    earlier, later = sorted((some_day, other_day))
    assert measure_milestone(one, today=earlier).planned_percent <= measure_milestone(one, today=later).planned_percent
