"""One command runs everything: starts, keeps running, ends, and leaves nothing behind."""

import json
import os
import re
import signal
import socket
import sqlite3
import stat
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.servers.program import Program, processes_of, start
from tests.servers.waiting import PATIENCE, wait_for
from tracker.version import VERSION

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("program"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]
CHILDREN = ["valkey-server", "embedded.mailbox", "embedded.web", "celery worker", "celery beat"]


def words_of(child: str) -> str:
    """What the child's command line holds."""
    return {"celery worker": "tracker.celery worker", "celery beat": "tracker.celery beat"}.get(child, child)


def test_supervisor_serves_the_first_page(program: Program) -> None:
    with urlopen(f"{program.url}/") as page:
        assert page.status == 200
    with urlopen(f"{program.url}/health/ready") as answer:
        told = json.load(answer)
    assert {name: told[name] for name in ("version", "database", "redis", "mail")} == {
        "version": VERSION, "database": "ok", "redis": "ok", "mail": "ok",
    }  # fmt: skip


def test_supervisor_tells_each_step_and_its_seconds(first_start: Program) -> None:
    told = re.findall(r"^ +\d+\.\d s  (.+)$", first_start.output.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(
        [
            "Program loaded 已载入程序",
            "Database made ready 已备好数据库",
            "Roadmap loaded 已载入路线图",
            "Sample loaded 已载入示例",
            "Pictures and styles collected 已收集静态文件",
        ]
    )


def test_supervisor_keeps_secrets_from_others(program: Program) -> None:
    private = ["admin-password", "secret-key", "redis-url", "valkey/valkey.conf", "tracker.sqlite3", "lock"]
    modes = {name: stat.filemode((program.data_dir / name).stat().st_mode) for name in private}
    assert modes == dict.fromkeys(private, "-rw-------")


def test_supervisor_tells_the_generated_password(program: Program) -> None:
    password = (program.data_dir / "admin-password").read_text()
    assert f"admin / {password}\n" in program.output.read_text(encoding="utf-8")
    with sqlite3.connect(program.data_dir / "tracker.sqlite3") as database:
        rows = database.execute(
            "SELECT username, email, role, language FROM roadmap_person WHERE is_superuser"
        ).fetchall()
    assert rows == [("admin", "admin@example.org", "office", "zh-hans")]


@pytest.mark.parametrize("child", CHILDREN)
def test_supervisor_starts_a_killed_child_again(program: Program, child: str) -> None:
    program.await_first_mails()
    killed = program.child(words_of(child))
    forked = {pid for pid, line in program.descendants().items() if words_of(child) in line}
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: forked.isdisjoint(program.descendants()))  # a web server's orphan may take a request and end
    assert program.child(words_of(child)) not in forked
    with urlopen(f"{program.url}/health/live", timeout=PATIENCE) as answer:
        assert answer.status == 200


def test_supervisor_refuses_a_second_instance_in_one_line(program: Program) -> None:
    second = start(program.data_dir.with_name("second"), DATA_DIR=str(program.data_dir))
    assert second.process.wait(PATIENCE) == 1
    assert second.output.read_text() == (
        f"Not started: already running on {program.data_dir} (process {program.process.pid}); "
        "end that one, or set DATA_DIR and PORT.\n"
    )


def test_supervisor_refuses_a_taken_port_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = start(tmp_path / "var", PORT=str(port))
        assert refused.process.wait(PATIENCE) == 1
    assert refused.output.read_text() == (
        f"Not started: port {port} of 127.0.0.1 is taken; set another, as in: make run PORT={port + 1}\n"
    )
    assert processes_of(tmp_path / "var") == {}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"TIME_ZONE": "Mars/Base"}, "TIME_ZONE is 'Mars/Base'; write a time zone, as Asia/Shanghai."),
        (
            {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "x"},
            "EMAIL_PORT is 'x'; write a whole number from 1 to 65535.",
        ),
    ],
)
def test_supervisor_tells_a_bad_setting_in_one_line(wrong: dict[str, str], complaint: str, tmp_path: Path) -> None:
    refused = start(tmp_path / "var", **wrong)
    assert refused.process.wait(PATIENCE) == 1
    assert refused.output.read_text(encoding="utf-8").splitlines() == [f"Not started: {complaint}"]
