"""The pure rule of reminders beyond the due date: silence, missing evidence, unconfirmed completion."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from roadmap.reminders.kinds.facts import MilestoneFacts, RuleFacts
from roadmap.reminders.plan import next_threshold, thresholds_ahead, thresholds_crossed
from roadmap.vocabulary import RuleKind
from roadmap.workdays import WorkCalendar

DUE = date(2026, 12, 31)
CHINA = WorkCalendar()


def rule(kind: RuleKind, **fields: object) -> RuleFacts:
    given = {"offsets": (), "in_working_days": False, "repeat_every_days": None, "send_at": time(8, 30)}
    return RuleFacts(**{**given, "kind": kind, **fields})


def names(facts: RuleFacts, milestone: MilestoneFacts, *, by: date) -> list[str]:
    now = datetime(by.year, by.month, by.day, 1, tzinfo=UTC)  # half an hour after 08:30 in Shanghai
    found = thresholds_crossed(facts, milestone, zone="Asia/Shanghai", calendar=CHINA, now=now)
    return [threshold.name for threshold in found]


def next_day(facts: RuleFacts, milestone: MilestoneFacts, *, after: date) -> date | None:
    now = datetime(after.year, after.month, after.day, 1, tzinfo=UTC)
    ahead = next_threshold(facts, milestone, zone="Asia/Shanghai", calendar=CHINA, now=now)
    return ahead.at.date() if ahead else None


QUIET = MilestoneFacts(DUE, quiet_since=date(2026, 9, 1))
SILENCE = rule(RuleKind.SILENCE, after_days=30, repeat_every_days=14)


@pytest.mark.parametrize(
    ("milestone", "by", "told"),
    [
        (QUIET, date(2026, 9, 30), []),
        (QUIET, date(2026, 10, 1), ["silent=2026-09-01/1"]),
        (QUIET, date(2026, 10, 30), [f"silent=2026-09-01/{number}" for number in (1, 2, 3)]),
        (MilestoneFacts(DUE), date(2027, 1, 1), []),  # nothing is to be expected yet
        (MilestoneFacts(DUE, is_open=False, quiet_since=date(2026, 9, 1)), date(2027, 1, 1), []),
        (  # reported at 100 % and never completed: as pages say it
            MilestoneFacts(DUE, quiet_since=date(2026, 9, 1), reported_done_on=date(2026, 9, 1)),
            date(2026, 10, 1),
            ["silent=2026-09-01/1"],
        ),
    ],
)
def test_silence_is_told_after_its_days_and_again(milestone: MilestoneFacts, by: date, told: list[str]) -> None:
    assert names(SILENCE, milestone, by=by) == told


def test_a_report_begins_silence_anew() -> None:
    assert next_day(SILENCE, QUIET, after=date(2026, 10, 1)) == date(2026, 10, 15)
    assert next_day(SILENCE, MilestoneFacts(DUE, quiet_since=date(2026, 10, 1)), after=date(2026, 10, 1)) == date(
        2026, 10, 31
    )


def test_silence_in_working_days_leaves_the_holidays_out() -> None:
    working = rule(RuleKind.SILENCE, after_days=3, in_working_days=True)
    assert next_day(working, MilestoneFacts(DUE, quiet_since=date(2026, 9, 29)), after=date(2026, 9, 29)) == date(
        2026, 10, 9
    )


EVIDENCE = rule(RuleKind.EVIDENCE, offsets=(5, 14), after_days=3, repeat_every_days=10)


@pytest.mark.parametrize(
    ("milestone", "by", "told"),
    [
        (MilestoneFacts(DUE), date(2026, 12, 16), []),
        (MilestoneFacts(DUE), date(2026, 12, 17), ["due=2026-12-31/evidence-T-14"]),
        (MilestoneFacts(DUE), date(2027, 2, 1), ["due=2026-12-31/evidence-T-14", "due=2026-12-31/evidence-T-5"]),
        (MilestoneFacts(DUE, has_evidence=True), date(2027, 2, 1), []),
        (MilestoneFacts(DUE, is_open=False, reported_done_on=date(2026, 12, 20)), date(2026, 12, 22), []),
        (
            MilestoneFacts(DUE, is_open=False, reported_done_on=date(2026, 12, 20)),
            date(2027, 1, 2),
            ["done=2026-12-20/evidence-1", "done=2026-12-20/evidence-2"],
        ),
        (
            MilestoneFacts(DUE, is_open=False, reported_done_on=date(2026, 12, 20), has_evidence=True),
            date(2027, 1, 2),
            [],
        ),
    ],
)
def test_missing_evidence_is_told_before_the_due_date_and_once_done(
    milestone: MilestoneFacts, by: date, told: list[str]
) -> None:
    assert names(EVIDENCE, milestone, by=by) == told


UNVERIFIED = rule(RuleKind.UNVERIFIED, after_days=5, in_working_days=True, repeat_every_days=10)
DONE = MilestoneFacts(DUE, is_open=False, reported_done_on=date(2026, 9, 29))


@pytest.mark.parametrize(
    ("milestone", "by", "told"),
    [
        (DONE, date(2026, 10, 10), []),  # the fifth working day, over the National Day week, is a Monday …
        (DONE, date(2026, 10, 12), ["done=2026-09-29/unverified-1"]),  # … because the make-up Saturday counts
        (MilestoneFacts(DUE, reported_done_on=date(2026, 9, 29)), date(2026, 10, 12), ["done=2026-09-29/unverified-1"]),
        (
            MilestoneFacts(DUE, is_open=False, reported_done_on=date(2026, 9, 29), is_verified=True),
            date(2026, 12, 31),
            [],
        ),
        (MilestoneFacts(DUE), date(2027, 12, 31), []),
    ],
)
def test_what_is_reported_as_done_and_not_confirmed_is_told(
    milestone: MilestoneFacts, by: date, told: list[str]
) -> None:
    assert names(UNVERIFIED, milestone, by=by) == told


def test_what_was_done_before_it_was_entered_waits_from_that_day_on() -> None:
    old = MilestoneFacts(DUE, is_open=False, reported_done_on=date(2024, 5, 1), entered_on=date(2026, 9, 29))
    assert names(UNVERIFIED, old, by=date(2026, 10, 12)) == ["done=2024-05-01/unverified-1"]
    assert names(UNVERIFIED, old, by=date(2026, 10, 9)) == []


def test_thresholds_counted_into_an_unpublished_year_are_provisional() -> None:
    facts = rule(RuleKind.DUE, offsets=(5,), in_working_days=True)
    found = {
        due_on: next_threshold(
            facts, MilestoneFacts(due_on), zone="Asia/Shanghai", calendar=CHINA, now=datetime(2026, 1, 1, tzinfo=UTC)
        )
        for due_on in (date(2026, 12, 31), date(2027, 1, 5))
    }
    assert {due_on: one.is_provisional for due_on, one in found.items() if one} == {
        date(2026, 12, 31): False,
        date(2027, 1, 5): True,
    }


@pytest.mark.parametrize(
    ("due_on", "every", "in_working_days", "days"),
    [
        (date(2026, 11, 20), 7, False, [date(2026, 11, 27), date(2026, 12, 4)]),
        (date(2028, 2, 28), 1, False, [date(2028, 2, 29), date(2028, 3, 1)]),  # a leap year
        (date(2029, 12, 31), 7, False, [date(2030, 1, 7), date(2030, 1, 14)]),  # over a year's end
        # over the National Day week and its make-up Saturday, 10 October
        (date(2026, 9, 30), 2, True, [date(2026, 10, 9), date(2026, 10, 12)]),
        (date(2026, 2, 13), 1, True, [date(2026, 2, 14), date(2026, 2, 24)]),  # a make-up Saturday, then the festival
        (date(2026, 12, 31), 1, True, [date(2027, 1, 4), date(2027, 1, 5)]),  # into a year without a schedule
        (date(2028, 12, 29), 2, True, [date(2029, 1, 3), date(2029, 1, 5)]),
    ],
)
def test_overdue_reminders_repeat_in_calendar_or_working_days(
    due_on: date, every: int, in_working_days: bool, days: list[date]
) -> None:
    overdue = rule(RuleKind.DUE, repeat_every_days=every, in_working_days=in_working_days)
    first = next_day(overdue, MilestoneFacts(due_on), after=due_on)
    assert first is not None
    assert [first, next_day(overdue, MilestoneFacts(due_on), after=first)] == days


@pytest.mark.parametrize("in_working_days", [False, True])
@pytest.mark.parametrize("every", [1, 7, 30])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_what_lies_ahead_is_what_will_be_crossed(in_working_days: bool, every: int, zone: str) -> None:
    facts = [
        rule(RuleKind.DUE, offsets=(30, 0), repeat_every_days=every, in_working_days=in_working_days),
        rule(RuleKind.SILENCE, after_days=20, repeat_every_days=every, in_working_days=in_working_days),
    ]
    milestone = MilestoneFacts(date(2026, 1, 15), quiet_since=date(2025, 12, 1))
    far = datetime(2026, 9, 1, tzinfo=UTC)
    for one in facts:
        given = {"zone": zone, "calendar": CHINA}
        everything = thresholds_crossed(one, milestone, now=far, **given)
        for hour in range(0, 120 * 24, 127):  # from before the first one to months after the day
            now = datetime(2025, 12, 10, tzinfo=UTC) + timedelta(hours=hour)
            ahead = tuple(threshold for threshold in everything if threshold.at > now)[:3]
            assert thresholds_ahead(one, milestone, now=now, most=3, **given) == ahead
            assert next_threshold(one, milestone, now=now, **given) == ahead[0]
