"""Mail with real processes: planners, dispatchers and workers side by side; everybody is told exactly once."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from tests.servers.databases import asked
from tests.servers.smtp import Sink
from tests.servers.waiting import PATIENCE, wait_for
from tracker.celery import app

ROOT = Path(__file__).resolve().parent.parent.parent
# Planned once on the sample roadmap: one reminder a person who is due one, one first issue a subscription
EXPECTED_DIGESTS = 5
TICK = """
import tracker.celery
from roadmap.tasks import plan_digests, plan_reminders
plan_reminders()
plan_digests()
print("ticked")
"""
NOT_SENT = "SELECT state, repeats FROM roadmap_outboxmessage WHERE state <> 'sent'"
REPEATED = "SELECT state, repeats FROM roadmap_outboxmessage WHERE repeats <> 0"
LEASES_ARE_OVER = "UPDATE roadmap_outboxmessage SET leased_until = created_at WHERE state = 'sending'"
MAILS_ARE_DUE = "UPDATE roadmap_outboxmessage SET deliver_after = created_at"
BREAKERS_TRY_AGAIN = """
UPDATE roadmap_deliverygate SET closed_until = (SELECT max(created_at) FROM roadmap_outboxmessage)
WHERE closed_until IS NOT NULL
"""

pytestmark = [pytest.mark.journey, pytest.mark.on_postgresql]


def manage(environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def side_by_side(environment: Mapping[str, str], *commands: tuple[str, ...]) -> list[str]:
    """Run the commands at the same time; what they printed. Fails when one fails."""
    processes = [manage(environment, *command) for command in commands]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), said
    return [out for out, _err in said]


def waits_are_over(environment: Mapping[str, str]) -> None:
    asked(environment["DATABASE_URL"], MAILS_ARE_DUE)
    asked(environment["DATABASE_URL"], BREAKERS_TRY_AGAIN)


def kinds(sink: Sink) -> Counter[tuple[str, str]]:
    """How many mails of which list went to whom."""
    return Counter((str(mail["List-Id"]).split(".")[0].strip("<"), str(mail["To"])) for mail in sink.messages)


def assert_each_once(sink: Sink) -> None:
    counted = kinds(sink)
    assert set(counted.values()) == {1}
    assert sum(kind == "digest" for kind, _ in counted) == EXPECTED_DIGESTS
    assert sum(kind == "reminder" for kind, _ in counted) >= 5
    assert len({mail["Message-ID"] for mail in sink.messages}) == len(sink.messages)


@pytest.mark.everything
def test_side_by_side_and_through_an_outage_everybody_is_told_once(loaded: dict[str, str], smtp_sink: Sink) -> None:
    nobody_listens = {**loaded, "EMAIL_PORT": "1", "REDIS_URL": "redis://127.0.0.1:1/0"}
    said = side_by_side(nobody_listens, ("dispatch", "--once"), ("dispatch", "--once"), ("shell", "-v0", "-c", TICK))
    assert said == ["0 mails sent.\n", "0 mails sent.\n", "ticked\n"]
    waits_are_over(loaded)
    side_by_side(loaded, ("plan",), ("plan",), ("dispatch", "--once"), ("dispatch", "--once"))
    assert_each_once(smtp_sink)
    before = len(smtp_sink.raw)
    side_by_side(loaded, ("dispatch", "--once"))
    assert len(smtp_sink.raw) == before


def test_after_a_killed_dispatcher_workers_woken_through_redis_send_the_rest(
    loaded: dict[str, str], smtp_sink: Sink
) -> None:
    with dispatcher({**loaded, "MAIL_CONNECTIONS": "1"}):
        wait_for(lambda: len(smtp_sink.raw) >= 2)
    asked(loaded["DATABASE_URL"], LEASES_ARE_OVER)
    with worker(loaded, "one"), worker(loaded, "two"):
        as_two_beats_would = ("roadmap.sweep", *2 * ("roadmap.plan_reminders", "roadmap.plan_digests"))
        let_workers_do(loaded, *as_two_beats_would)
        wait_for(lambda: {state for state, _repeats in asked(loaded["DATABASE_URL"], NOT_SENT)} <= {"unsure"})
        waits_are_over(loaded)  # what was being handed over when the dispatcher died may have arrived: it is sent later
        let_workers_do(loaded, "roadmap.sweep")
        wait_for(lambda: asked(loaded["DATABASE_URL"], NOT_SENT) == [])
    assert sum(kind == "digest" for kind, _ in kinds(smtp_sink)) == EXPECTED_DIGESTS
    copies = Counter(str(mail["Message-ID"]) for mail in smtp_sink.messages)
    # only what was under way when the dispatcher died may come twice, and then under the same Message-ID
    assert sum(number - 1 for number in copies.values()) <= 1
    assert len(copies) == len(kinds(smtp_sink))


def let_workers_do(environment: Mapping[str, str], *tasks: str) -> None:
    """Have the tasks done, and all that they ask for: nothing is left that could send a mail."""
    url = environment["REDIS_URL"]
    with app.connection_for_write(url.replace("unix://", "redis+socket://")) as connection:
        for task in tasks:
            app.send_task(task, connection=connection)
    with Redis.from_url(url) as redis:
        wait_for(lambda: redis.llen("tracker") == redis.hlen("unacked") == 0)


@pytest.mark.everything
def test_mails_whose_sender_was_killed_while_the_server_hung_are_sent_after_their_lease(
    loaded: dict[str, str], smtp_sink: Sink
) -> None:
    smtp_sink.goes_on.clear()
    with dispatcher({**loaded, "MAIL_CONNECTIONS": "2"}) as victim:
        wait_for(lambda: len(smtp_sink.held) == 2)  # one on each connection
        victim.kill()
    smtp_sink.goes_on.set()
    side_by_side(loaded, ("dispatch", "--once"), ("dispatch", "--once"))
    held = set(smtp_sink.held)
    assert not held.intersection(smtp_sink.raw)  # whoever holds them may still be alive
    asked(loaded["DATABASE_URL"], LEASES_ARE_OVER)
    side_by_side(loaded, ("dispatch", "--once"), ("dispatch", "--once"))
    assert not held.intersection(smtp_sink.raw)  # they may have arrived; time is given for that to show
    assert asked(loaded["DATABASE_URL"], NOT_SENT) == [("unsure", 0), ("unsure", 0)]
    waits_are_over(loaded)
    side_by_side(loaded, ("dispatch", "--once"), ("dispatch", "--once"))
    assert [smtp_sink.raw.count(mail) for mail in held] == [1, 1]
    assert asked(loaded["DATABASE_URL"], REPEATED) == [("sent", 1), ("sent", 1)]
    assert_each_once(smtp_sink)


@contextmanager
def dispatcher(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """``manage.py dispatch``; killed at the end, if it still runs."""
    process = manage(environment, "dispatch")
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def worker(environment: Mapping[str, str], name: str) -> Iterator[None]:
    """A Celery worker of one process, ended when done with."""
    command = [sys.executable, "-m", "celery", "-A", "tracker", "worker", "-c", "1", "-n", f"{name}@%h", "-l", "ERROR"]
    process = subprocess.Popen(
        command, env=dict(environment), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
