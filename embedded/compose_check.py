"""``make compose-check``: brings docker-compose.yml up for real and tries it, then takes it down with its volumes.

Opens the page, reports progress and moves a due date through the API, sees the reminder reach a mail server, restarts
every service in turn, and sees that nothing is lost or sent twice. ``BUILD_NETWORK=host`` builds on the host's network.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from embedded.place import ROOT
from embedded.redis_server import write_private

HOST = "roadmap.example.org"
RESTARTED = ("web", "worker", "beat", "redis", "postgres", "mail")
PATIENCE = 180.0
MILESTONES = "/api/v1/milestones/"


class Failed(Exception):
    """A step that did not go as it must."""


class Stack:
    """One compose project with made-up secrets, at a free port of this machine."""

    def __init__(self, folder: Path, port: int) -> None:
        program = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
        files = ["-f", "docker-compose.yml", "-f", "docker-compose.check.yml"]
        values = {
            "IMAGE": "roadmap-tracker:check", "SITE_URL": f"https://{HOST}", "ALLOWED_HOSTS": HOST,
            "SECRET_KEY": secrets.token_urlsafe(50), "POSTGRES_PASSWORD": secrets.token_urlsafe(20),
            "REDIS_PASSWORD": secrets.token_urlsafe(20), "EMAIL_HOST": "mail", "EMAIL_PORT": "8025",
            "EMAIL_USE_TLS": "false", "MAIL_FROM": f"Roadmap <tracker@{HOST}>", "PUBLISH": f"127.0.0.1:{port}",
            "PUBLIC_READING": "true", "BUILD_NETWORK": os.environ.get("BUILD_NETWORK", "default"),
            "QUIET_HOURS": "none", "QUIET_DAYS_OFF": "false",
        }  # fmt: skip
        written = write_private(folder / "env", "".join(f"{name}={value}\n" for name, value in values.items()))
        self.command = [*program, "--env-file", str(written), "-p", f"tracker-check-{port}", *files]
        self.environment = {**os.environ, **values, "ENV_FILE": str(written)}
        self.address = f"http://127.0.0.1:{port}"
        self.token = ""

    def compose(self, *arguments: str) -> str:
        """Runs a compose command; gives what it printed; raises Failed when it fails."""
        done = subprocess.run(
            [*self.command, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Failed(f"compose {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def manage(self, *arguments: str) -> str:
        """Runs a command of the program inside the web service."""
        return self.compose("exec", "-T", "web", "python", "manage.py", *arguments).strip()

    def ask(self, path: str, body: object = None, *, method: str = "", etag: str = "") -> tuple[Any, str]:
        """An HTTP request as a proxy would hand it on; gives the answer (JSON parsed) and its ETag."""
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept": "application/json"}
        if not path.startswith("/api/"):
            headers["Accept"] = "text/html"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if etag:
            headers["If-Match"] = etag
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = Request(self.address + path, data=data, headers=headers, method=method or None)  # noqa: S310
        with urlopen(request, timeout=30) as answer:  # noqa: S310 (our own http address)
            content = answer.read().decode()
            is_json = "json" in answer.headers.get("Content-Type", "")
            return (json.loads(content) if is_json else content), answer.headers.get("ETag", "")

    def mails_about(self, words: str) -> int:
        """How many mails that hold ``words`` in their headers have reached the mail server."""
        found = self.compose("exec", "-T", "mail", "sh", "-c", 'grep -l -r -- "$0" /data/check-mail/new | wc -l', words)
        return int(found.strip() or 0)


# What a new date brings waits for the hour of its rule
SOON = """
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from roadmap.models import ReminderRule
for rule in ReminderRule.objects.select_related("roadmap"):
    soon = datetime.now(ZoneInfo(rule.roadmap.time_zone)) + timedelta(minutes=1)
    ReminderRule.objects.filter(pk=rule.pk).update(send_at=soon.time())
"""


def wait_until(look: Callable[[], bool], what: str) -> None:
    """Returns once ``look`` is true; raises Failed after three minutes."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            if look():
                return
        except (URLError, OSError, Failed):
            pass
        if time.monotonic() > ends:
            raise Failed(f"waited in vain until {what}")
        time.sleep(1)


def say(words: str) -> None:
    """One line of progress with the time."""
    print(f"{datetime.now(UTC):%H:%M:%S}  {words}", flush=True)


def is_ready(stack: Stack) -> bool:
    """Whether web, database and Redis answer, and all else that readiness tells of is well."""
    told: dict[str, object] = stack.ask("/health/ready")[0]
    return [told[name] for name in ("database", "redis", "mail", "degraded")] == ["ok", "ok", "ok", []]


def move_due_date(stack: Stack, identity: int, days: int) -> None:
    """Gives the milestone a due date ``days`` from now, so that a reminder falls due in a minute."""
    stack.manage("shell", "-c", SOON)
    _, etag = stack.ask(f"{MILESTONES}{identity}/")
    due_on = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    stack.ask(f"{MILESTONES}{identity}/reschedule/", {"due_on": due_on, "reason": "compose check"}, etag=etag)


def report(stack: Stack, identity: int, percent: int) -> None:
    """Records progress."""
    body = {"percent_complete": percent, "narrative_en": f"compose check, {percent} %"}
    stack.ask(f"{MILESTONES}{identity}/progress-updates/", body)


def reported(stack: Stack, identity: int) -> list[float]:
    """The percentages reported so far, the latest first."""
    page, _ = stack.ask(f"{MILESTONES}{identity}/progress-updates/")
    return [float(entry["percent_complete"]) for entry in page["results"]]


def sign_up(stack: Stack) -> None:
    """An administrator with an API token."""
    stack.compose(
        "exec", "-T", "-e", "DJANGO_SUPERUSER_PASSWORD=" + secrets.token_urlsafe(16), "web", "python", "manage.py",
        "createsuperuser", "--no-input", "--username", "checker", "--email", f"checker@{HOST}",
    )  # fmt: skip
    stack.token = stack.manage("create_token", "checker", "--name", "compose-check").splitlines()[-1]


def try_everything(stack: Stack) -> None:
    """All steps in order; raises Failed at the first that goes wrong."""
    stack.compose("build", "migrate")
    say("image built")
    stack.compose("up", "-d")
    wait_until(lambda: is_ready(stack), "the first page is there")
    say("up and ready")
    sign_up(stack)
    page, _ = stack.ask("/")
    if "智慧海关" not in page:
        raise Failed("the page does not show the roadmap")
    listed, _ = stack.ask(MILESTONES)
    identity = listed["results"][0]["id"]
    _, etag = stack.ask(f"{MILESTONES}{identity}/")
    stack.ask(f"{MILESTONES}{identity}/reassign/", {"owner": "checker"}, etag=etag)
    report(stack, identity, 10)
    move_due_date(stack, identity, 20)
    say("page opened, milestone given an owner, progress reported, due date moved")
    to_checker = f"To:.*checker@{HOST}"
    wait_until(lambda: stack.mails_about(to_checker) == 1, "the reminder reaches the mail server")
    say("the reminder has reached the mail server")
    percentages = [10.0]
    for number, service in enumerate(RESTARTED, start=1):
        began = time.monotonic()
        stack.compose("restart", service)
        wait_until(lambda: is_ready(stack), f"{service} is back")
        percent = 10 + 5 * number
        report(stack, identity, percent)
        percentages.insert(0, float(percent))
        if reported(stack, identity) != percentages:
            raise Failed(f"reports were lost: {reported(stack, identity)} instead of {percentages}")
        say(f"{service} restarted, nothing lost ({time.monotonic() - began:.0f} s)")
    move_due_date(stack, identity, 10)
    wait_until(lambda: stack.mails_about(to_checker) == 2, "a second reminder arrives after all restarts")
    time.sleep(65)  # one more tick, which must send nothing again
    if stack.mails_about(to_checker) != 2:
        raise Failed(f"{stack.mails_about(to_checker)} mails instead of 2")
    say("a second reminder has arrived after all restarts, and none of them twice")


def main() -> int:
    """Runs the check; gives 0 when all went well; always takes the project down."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tracker-compose-") as folder:
        stack = Stack(Path(folder), int(os.environ.get("PORT", "8765")))
        try:
            try_everything(stack)
        except (Failed, OSError, KeyError, IndexError) as error:
            print(f"compose-check FAILED: {error!r}\n{error}", file=sys.stderr)
            for service in ("migrate", "web", "worker", "beat"):
                logs = subprocess.run(
                    [*stack.command, "logs", "--tail=15", service],
                    cwd=ROOT, env=stack.environment, capture_output=True, text=True, check=False,
                ).stdout  # fmt: skip
                print(logs, file=sys.stderr)
            return 1
        finally:
            if not os.environ.get("KEEP"):
                stack.compose("down", "-v", "--remove-orphans")
    say(f"compose-check passed in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
