"""All mail held back: by a person, or by itself when clocks or the database can't be trusted."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from roadmap.models import DeliveryGate
from roadmap.models.history import SYSTEM
from roadmap.outbox.breaker import gate
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.hold import Watch, count_sent, hold, known_outside, release
from tests.outbox.conftest import NOW, Clock, Words, make_message
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def test_held_mail_waits_until_it_is_released(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    make_message()
    assert hold(reason="Wrong figures", by=SYSTEM, now=NOW) is True
    assert hold(reason="Once more", by=SYSTEM, now=NOW) is False
    assert deliver_pending(clock=clock) == 0
    assert release(by=SYSTEM) is True
    assert release(by=SYSTEM) is False
    assert deliver_pending(clock=clock) == 1
    assert [record.held_reason for record in DeliveryGate.history.order_by("history_id")] == [
        "",
        "Wrong figures",
        "",
    ]


def test_hold_stops_what_is_about_to_be_handed_over(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    message = make_message()
    make = words.answer

    def answer(row):  # type: ignore[no-untyped-def]
        hold(reason="Stop", by=SYSTEM, now=NOW)
        return make(row)

    words.answer = answer
    assert deliver_pending(clock=clock) == 0
    message.refresh_from_db()
    assert (smtp_sink.raw, message.state, message.committing_at) == ([], "pending", None)


def test_commands_hold_and_release(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("hold", reason="Test")
    call_command("release")
    call_command("release")
    assert capsys.readouterr().out.splitlines() == [
        "Held: no mail goes out until it is released.",
        "Released: what waits goes out now.",
        "It was not held.",
    ]


@pytest.mark.parametrize(
    ("worker", "database", "is_held"),
    [
        (timedelta(0), timedelta(0), False),
        (timedelta(minutes=4), timedelta(0), False),
        (timedelta(minutes=6), timedelta(0), True),
        (timedelta(0), timedelta(minutes=6), True),
        (-HOUR, -HOUR, True),  # earlier than the last look
        (timedelta(days=30), timedelta(days=30), False),  # a month down is a month down
        (timedelta(days=500), timedelta(days=500), True),
    ],
)
def test_clocks_that_jump_hold_the_mail(worker: timedelta, database: timedelta, is_held: bool) -> None:
    assert Watch().look(worker=NOW, database=NOW) is False
    assert Watch().look(worker=NOW + worker, database=NOW + database) is is_held


def test_time_that_leaps_while_a_worker_runs_holds_the_mail() -> None:
    watch = Watch()
    assert watch.look(worker=NOW, database=NOW) is False
    assert watch.look(worker=NOW + HOUR, database=NOW + HOUR) is True


def test_database_older_than_what_was_sent_holds_the_mail_until_released(clock: Clock) -> None:
    count_sent(5)
    DeliveryGate.objects.update(sent_total=3)  # restored from a backup
    assert Watch().look(worker=NOW, database=NOW) is True
    assert "3" in gate("mail").held_reason
    release(by=SYSTEM)
    assert Watch().look(worker=NOW, database=NOW) is False


def test_count_outside_survives_an_emptied_redis() -> None:
    from django.core.cache import cache

    count_sent(2)
    cache.clear()
    assert known_outside(gate("mail")) == 2


def test_mails_sent_are_counted(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    for _ in range(3):
        make_message()
    deliver_pending(clock=clock)
    assert gate("mail").sent_total == 3


def test_mails_that_others_send_while_the_counts_are_compared_hold_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def known_after_others_sent(current: DeliveryGate) -> int:
        count_sent(2)
        return known_outside(current)

    monkeypatch.setattr("roadmap.outbox.hold.known_outside", known_after_others_sent)
    assert Watch().look(worker=NOW, database=NOW) is False
