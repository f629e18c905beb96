"""What Prometheus is told, by whichever process answers, and what is made of it: alerts and a dashboard."""

import json
import re
import shutil
import socket
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from roadmap.models.history import SYSTEM
from roadmap.outbox.hold import count_sent, hold
from roadmap.outbox.task_runs import note_done, note_failure
from roadmap.vocabulary import MessageState
from tests.outbox.conftest import NOW, make_message
from tests.servers.web import await_answer, served

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
TOKEN = "k7Qv-3Zp9Lw2Xs8Rb5Nt1Yc6"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ASKED = 24


def read(text: str) -> dict[str, float]:
    """Each sample of an answer, by its name and labels as they are written."""
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def told(settings: Settings, valkey_url: str) -> dict[str, float]:
    settings.METRICS_TOKEN, settings.REDIS_URL = TOKEN, valkey_url
    for state in (MessageState.PENDING, MessageState.PENDING, MessageState.FAILED, MessageState.GIVEN_UP):
        make_message(state=state)
    make_message(state=MessageState.UNSURE, committing_at=NOW, repeats=2)
    make_message(state=MessageState.SENT, sent_at=NOW)
    count_sent(7)
    note_done("roadmap.plan_reminders", now=NOW)
    note_failure("roadmap.sweep")
    note_failure("roadmap.sweep")
    hold(reason="a drill", by=SYSTEM, now=NOW)
    return read(Client().get("/metrics", headers=BEARER).content.decode())


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_state_of_the_work_is_told(told: dict[str, float]) -> None:
    expected = {
        "tracker_mails state=pending": 2,
        "tracker_mails state=sending": 0,
        "tracker_mails state=unsure": 1,
        "tracker_mails state=failed": 1,
        "tracker_mails state=given_up": 1,
        "tracker_mails_sent_total": 7,
        "tracker_mails_repeated": 2,
        "tracker_mail_held": 1,
        "tracker_mail_breaker_open": 0,
        "tracker_task_success_timestamp_seconds task=roadmap.plan_reminders": NOW.timestamp(),
        "tracker_task_failures_total task=roadmap.sweep": 2,
        "tracker_database_up": 1,
        "tracker_redis_up": 1,
        "tracker_queue_length": 0,
    }
    assert {name: told.get(name) for name in expected} == expected
    assert told["tracker_mail_oldest_due_seconds"] > 0
    assert abs(told["tracker_clock_apart_seconds"]) < 30


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [("", {}, 404), ("", {"Authorization": "Bearer "}, 404), (TOKEN, {}, 401), (TOKEN, BEARER, 200)],
    ids=["no token set", "an empty one sent", "none sent", "the right one"],
)
def test_only_whoever_has_the_token_reads(settings: Settings, token: str, sent: dict[str, str], status: int) -> None:
    settings.METRICS_TOKEN = token
    answer = Client().get("/metrics", headers={"host": "10.0.0.7:8000", **sent})
    assert (answer.status_code, b"tracker" in answer.content) == (status, status == 200)


@pytest.mark.django_db
def test_database_that_is_away_is_told_and_no_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_TOKEN, settings.REDIS_URL = TOKEN, "redis://127.0.0.1:1/0"
    monkeypatch.setattr("tracker.state_metrics.database_state", lambda: "unreachable")
    told = read(Client().get("/metrics", headers=BEARER).content.decode())
    assert (told["tracker_database_up"], told["tracker_redis_up"], "tracker_mail_held" in told) == (0, 0, False)


@pytest.mark.journey
def test_processes_count_together(process_environment: dict[str, str]) -> None:
    """Each request may be answered by another process; the sum is the same whichever is asked."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.set_inheritable(True)
        environment = {
            **process_environment,
            "BIND": f"fd://{listening.fileno()}",
            "WEB_WORKERS": "3",
            "METRICS_TOKEN": TOKEN,
        }
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with served(environment, listening.fileno()):
            await_answer(f"{address}/health/ready")
            statuses = {httpx.get(f"{address}/api/v1/roadmaps/", timeout=60).status_code for _ in range(ASKED)}
            answers = [read(httpx.get(f"{address}/metrics", headers=BEARER, timeout=60).text) for _ in range(6)]
    counted = [
        (
            one["tracker_http_responses_total method=GET route=api/v1/roadmaps/$ status=200"],
            one["tracker_http_request_seconds_count route=api/v1/roadmaps/$"],
        )
        for one in answers
    ]
    assert (statuses, counted) == ({200}, [(ASKED, ASKED)] * 6)


@pytest.mark.django_db
def test_alerts_and_dashboard_ask_for_what_is_told(told: dict[str, float]) -> None:
    rules = (DEPLOY / "prometheus" / "alerts.yml").read_text()
    board = json.loads((DEPLOY / "grafana" / "roadmap-tracker.json").read_text())
    asked = " ".join(target["expr"] for panel in board["panels"] for target in panel["targets"])
    named = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\btracker_[a-z_]+", rules + asked)}
    Client().get("/health/live")
    known = {re.sub(r"_(bucket|sum|count|created)( .*)?$", "", name).partition(" ")[0] for name in told}
    known |= {"tracker_http_responses_total", "tracker_http_request_seconds"}  # test_processes_count_together
    assert named - known == set()


def test_each_alert_says_what_to_do() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
    assert [rule["alert"] for rule in rules if not rule["annotations"].get("remedy")] == []


@pytest.mark.parametrize(
    "command",
    [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml"), ("check", "config", "prometheus.yml")],
    ids=" ".join,
)
def test_promtool_accepts_them_and_each_alert_fires_by_what_it_is_for(command: tuple[str, ...], tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool (Debian's package prometheus) is not installed")
    shutil.copytree(DEPLOY / "prometheus", tmp_path, dirs_exist_ok=True)
    (tmp_path / "metrics-token").write_text(TOKEN)
    done = subprocess.run([promtool, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
