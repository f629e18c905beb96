"""The two addresses that a load balancer or container engine asks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from roadmap.coded_reasons import coded
from roadmap.models.history import SYSTEM
from roadmap.outbox.breaker import note_outage
from roadmap.outbox.degraded import send_heartbeat
from roadmap.outbox.hold import hold, release
from roadmap.outbox.task_runs import note_done
from tests.outbox.conftest import make_message
from tracker.version import VERSION

pytestmark = pytest.mark.on_postgresql


def test_health_live_needs_neither_database_nor_known_host(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["tracker.example.org"]
    response = Client().get("/health/live", headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.json()) == (200, {"live": True, "version": VERSION})


@pytest.mark.django_db
def test_health_ready_tells_redis_without_failing_on_it(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()) == (
        200,
        {
            "version": VERSION,
            "database": "ok",
            "redis": "unreachable",
            "mail": "ok",
            "degraded": ["Redis can't be reached: start it; until then mail goes out later, or by manage.py dispatch."],
        },
    )


@pytest.mark.django_db
def test_health_ready_reaches_a_real_redis(settings: Settings, valkey_url: str) -> None:
    settings.REDIS_URL = valkey_url
    told = {"version": VERSION, "database": "ok", "redis": "ok", "mail": "ok", "degraded": []}
    assert [Client().get(address).json() for address in ("/health/ready", "/health/", "/health")] == [told] * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("made", "mail", "told"),
    [
        (
            lambda now: hold(reason=coded("database-is-elsewhere"), by=SYSTEM, now=now),
            "held: The database was restored or moved: it isn't where it was last at work.",
            "Mail is held (The database was restored or moved: it isn't where it was last at work.): look at it with "
            "manage.py waiting, then manage.py release.",
        ),
        (
            lambda now: note_outage("mail", now=now),
            "paused",
            "The mail server takes nothing: look after EMAIL_HOST; mail goes on by itself.",
        ),
        (
            lambda now: make_message(deliver_after=now - timedelta(minutes=16)),
            "ok",
            "Mail has been due since 2026-11-22 23:44 UTC: look whether a worker runs.",
        ),
        (
            lambda now: note_done("roadmap.plan_reminders", now=now - timedelta(minutes=6)),
            "ok",
            "Nothing has been planned since 2026-11-22 23:54 UTC: look whether beat and a worker run "
            "(manage.py dispatch does without both).",
        ),
    ],
    ids=["held", "mail server away", "no worker", "no beat"],
)
def test_what_is_degraded_is_told_with_its_remedy_and_pages_stay_in_balance(
    settings: Settings, valkey_url: str, made: Callable[[datetime], object], mail: str, told: str
) -> None:
    settings.REDIS_URL = valkey_url
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC), tick=False):
        made(datetime(2026, 11, 23, tzinfo=UTC))
        response = Client().get("/health/ready")
    assert (response.status_code, response.json()) == (
        200,
        {"version": VERSION, "database": "ok", "redis": "ok", "mail": mail, "degraded": [told]},
    )


@pytest.mark.django_db
def test_heartbeat_is_sent_while_all_is_well_and_stays_out_otherwise(settings: Settings) -> None:
    now, heard = datetime(2026, 11, 23, tzinfo=UTC), []

    class Heard(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Heard) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/ping/abc"
        send_heartbeat(now=now)
        hold(reason="a drill", by=SYSTEM, now=now)
        send_heartbeat(now=now)
        release(by=SYSTEM)
        note_done("roadmap.plan_digests", now=now - timedelta(hours=1))
        send_heartbeat(now=now)
        server.shutdown()
        thread.join()
    assert heard == ["/ping/abc"]
    send_heartbeat(now=now - timedelta(hours=1))  # nobody is there any more: a line in the log, and no more


@pytest.mark.django_db
def test_health_ready_refuses_while_migrations_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.health.MigrationExecutor.migration_plan", lambda *_: ["one to go"])
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["database"]) == (503, "migrations missing")
