"""All mail held back: by a person, or by itself when clocks or the database can't be trusted."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.utils import translation
from pytest_django import Settings

from roadmap.coded_reasons import coded, in_words
from roadmap.models import DeliveryGate, OutboxMessage
from roadmap.models.history import SYSTEM
from roadmap.outbox.breaker import gate
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.hold import Watch, count_sent, hold, release
from roadmap.outbox.installation import Mark, beat, known_outside, place_of_database
from tests.factories import make_person
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


def looks() -> bool:
    """Whether a worker that starts now finds the mail held."""
    return Watch().look(worker=NOW, database=NOW)


def test_database_older_than_what_was_sent_holds_the_mail_until_released() -> None:
    count_sent(5)
    DeliveryGate.objects.update(sent_total=3, pulse=3)  # restored from a backup
    assert looks() is True
    assert gate("mail").held_reason == coded("database-is-older", inside=3, outside=5)
    release(by=SYSTEM)
    assert looks() is False
    assert gate("mail").sent_total == 5


def test_database_that_went_back_holds_the_mail_though_nothing_was_sent_since() -> None:
    assert looks() is False
    before = gate("mail").pulse
    beat(gate("mail"))
    DeliveryGate.objects.update(pulse=before)
    assert looks() is True
    assert gate("mail").held_reason == coded("database-went-back")


@pytest.mark.both_databases("roadmap.outbox.installation")
def test_dump_restored_anywhere_holds_the_mail_whatever_else_was_restored_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Redis and DATA_DIR know of it, as they were restored with it; it stands elsewhere."""
    if place_of_database() == "":  # SQLite in memory stands nowhere
        monkeypatch.setattr("roadmap.outbox.installation.place_of_database", lambda: "file 1")
    assert looks() is False
    DeliveryGate.objects.update(place="cluster 1 database 2 table 3")
    assert looks() is True
    assert gate("mail").held_reason == coded("database-is-elsewhere")
    release(by=SYSTEM)
    assert looks() is False


def test_copy_of_its_files_on_another_host_holds_the_mail(settings: Settings, tmp_path: Path) -> None:
    """It stands where it stood, but nothing there has ever heard of it."""
    assert looks() is False
    caches["redis"].clear()
    settings.DATA_DIR = tmp_path / "elsewhere"
    assert looks() is True
    assert gate("mail").held_reason == coded("database-is-unknown")
    release(by=SYSTEM)
    assert looks() is False


def test_first_start_holds_nothing() -> None:
    assert [looks() for _ in range(3)] == [False] * 3


def test_hosts_that_share_a_redis_know_the_database(settings: Settings, tmp_path: Path) -> None:
    assert looks() is False
    settings.DATA_DIR = tmp_path / "another host"
    assert looks() is False


def test_count_outside_survives_an_emptied_redis() -> None:
    count_sent(2)
    caches["redis"].clear()
    assert known_outside(gate("mail")) == Mark(pulse=2, sent=2)
    assert looks() is False


def test_what_waits_after_a_restore_can_be_dropped(
    clock: Clock, words: Words, smtp_sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    person = make_person()
    rows = [make_message(person) for _ in range(3)]
    hold(reason=coded("database-is-elsewhere"), by=SYSTEM, now=NOW)
    call_command("waiting")
    call_command("release", "--drop-waiting")
    assert deliver_pending(clock=clock) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(",")[0] for line in told] == [
        "digest: 3 mails to 1 people",
        "3 waiting mails are not sent.",
        "Released: what waits goes out now.",
    ]
    kept = OutboxMessage.objects.filter(pk__in=[row.pk for row in rows])
    assert set(kept.values_list("key", "state")) == {
        (row.key, "withdrawn") for row in rows
    }  # so it isn't planned again


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The worker's clock and the database's differ by 360 seconds."),
        ("zh-hans", "工作进程的时钟与数据库的时钟相差360秒。"),
    ],
)
def test_reason_of_a_hold_is_told_in_the_readers_language(language: str, told: str) -> None:
    Watch().look(worker=NOW + timedelta(minutes=6), database=NOW)
    with translation.override(language):
        assert in_words(gate("mail").held_reason) == told


def test_mails_sent_are_counted(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    for _ in range(3):
        make_message()
    deliver_pending(clock=clock)
    assert gate("mail").sent_total == 3


def test_mails_that_others_send_while_the_counts_are_compared_hold_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def known_after_others_sent(current: DeliveryGate) -> Mark | None:
        count_sent(2)
        return known_outside(current)

    monkeypatch.setattr("roadmap.outbox.installation.known_outside", known_after_others_sent)
    assert Watch().look(worker=NOW, database=NOW) is False


def test_database_in_which_mail_was_planned_by_hand_is_known_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that its backup, too, is known as one, though no worker had looked at it before."""
    monkeypatch.setattr("roadmap.outbox.installation.place_of_database", lambda: "here")
    call_command("plan")
    monkeypatch.setattr("roadmap.outbox.installation.place_of_database", lambda: "elsewhere")
    call_command("plan")
    assert gate("mail").held_reason == coded("database-is-elsewhere")
