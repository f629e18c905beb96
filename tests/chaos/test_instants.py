"""The model's own reckoning of instants, by hand-worked examples."""

from datetime import UTC, date, datetime, time

import pytest

from chaos.facts import MilestoneState, SubscriptionState
from chaos.instants import digest_instants, local_instant, reminder_instants

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Asia/Shanghai", date(2026, 11, 24), time(8, 30), datetime(2026, 11, 24, 0, 30, tzinfo=UTC)),
        # left out: the later of both readings
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("America/Santiago", date(2026, 9, 6), time(0, 0), datetime(2026, 9, 6, 4, 0, tzinfo=UTC)),
        # twice: the first
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_local_times_that_are_left_out_or_come_twice(zone, day, at, instant):
    assert local_instant(day, at, zone) == instant


def test_reminders_lead_up_to_the_due_date_and_repeat_after_it():
    state = MilestoneState(
        code="m", due_on=date(2026, 11, 10), is_open=True, owner="a@example", zone="Asia/Shanghai",
        send_at=time(8, 30), offsets=(7, 0), overdue_every_days=2, began=LONG_AGO, ended=LONG_AGO,
    )  # fmt: skip
    days = [
        instant.date().isoformat() for instant in reminder_instants(state, until=datetime(2026, 11, 15, tzinfo=UTC))
    ]
    assert days == ["2026-11-03", "2026-11-10", "2026-11-12", "2026-11-14"]


@pytest.mark.parametrize(
    ("frequency", "days"),
    [
        ("daily", ["2027-02-26", "2027-02-27", "2027-02-28", "2027-03-01"]),
        ("weekly", ["2027-02-26"]),
        ("monthly", ["2027-02-28"]),
    ],
)
def test_digests_come_out_after_the_beginning_and_up_to_the_end(frequency, days):
    state = SubscriptionState(
        reader="a@example", is_active=True, frequency=frequency, weekday=5, month_day=31, send_at=time(8, 30),
        zone="Asia/Shanghai", began=LONG_AGO, ended=LONG_AGO,
    )  # fmt: skip
    since, until = datetime(2027, 2, 25, 0, 30, tzinfo=UTC), datetime(2027, 3, 1, 0, 30, tzinfo=UTC)
    assert [instant.date().isoformat() for instant in digest_instants(state, since=since, until=until)] == days
