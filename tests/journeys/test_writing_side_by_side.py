"""Many writers at once on a real web server: no report is lost, and of two changes of one state exactly one counts."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.servers.web import at_once, await_answer, served

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "side by side with others"
PREPARE = f"""
from django.core.management import call_command
call_command("load_catalogue", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from roadmap.models import Person
Person.objects.create_superuser("office", "office@example.org", "{PASSWORD}", role="office")
call_command("create_token", "office", name="side by side")
"""

DIE_HALFWAY = """
import os, signal
from datetime import timedelta
from django.db import connection
from django.test import Client
from roadmap import clock
from roadmap.api import once

def die(claim, answer):
    os.kill(os.getpid(), signal.SIGKILL)

once.keep_answer = die
present = clock.now
connection.close()
for key, ago in (("just-now", 0), ("a-while-ago", 2)):
    child = os.fork()
    if not child:
        clock.now = lambda: present() - timedelta(minutes=ago)
        Client().post(os.environ["UPDATES"], b'{"percent_complete":26}', content_type="application/json",
                      headers={"Authorization": "Bearer " + os.environ["TOKEN"], "Idempotency-Key": key})
        os._exit(0)
    print(os.WTERMSIG(os.waitpid(child, 0)[1]))
"""

pytestmark = [pytest.mark.journey, pytest.mark.on_postgresql]


@dataclass(frozen=True)
class Site:
    """A running web server of several processes and threads, and a token for its API."""

    url: str
    token: str
    environment: Mapping[str, str]

    def caller(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60)


@pytest.fixture
def site(process_environment: dict[str, str]) -> Iterator[Site]:
    prepared = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", PREPARE],
        env=process_environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment = {
            **process_environment,
            "BIND": f"fd://{listening.fileno()}",
            "SITE_URL": url,
            "API_REQUESTS_PER_MINUTE": "0",
            "WEB_WORKERS": "2",
            "WEB_THREADS": "4",
        }
        with served(environment, listening.fileno()):
            await_answer(f"{url}/health/live")
            yield Site(url, prepared.stdout.split()[-1], environment)


@pytest.mark.everything
def test_writers_at_once_lose_nothing_and_overwrite_nothing(site: Site) -> None:
    with site.caller() as caller, httpx.Client(base_url=site.url, timeout=60) as admin:
        number = caller.get("/api/v1/milestones/?page_size=1").json()["results"][0]["id"]
        assert_every_report_is_kept(caller, f"/api/v1/milestones/{number}/")
        assert_one_change_of_a_state_is_made(caller, f"/api/v1/milestones/{number}/")
        assert_what_is_sent_several_times_is_done_once(caller, f"/api/v1/milestones/{number}/progress-updates/")
        assert_what_a_killed_worker_began_can_be_done(caller, site, f"/api/v1/milestones/{number}/progress-updates/")
        sign_in(admin, site)
        for day in ("2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01"):
            assert_api_and_administration_make_one_change(caller, admin, number, day)


def assert_every_report_is_kept(caller: httpx.Client, milestone: str) -> None:
    """All are taken in, each once, though the first of them also changes the milestone's status."""
    percents = list(range(1, 25))
    answers = at_once(
        *(
            partial(caller.post, f"{milestone}progress-updates/", json={"percent_complete": one, "narrative_en": "So."})
            for one in percents
        )
    )
    assert [answer.status_code for answer in answers] == [201] * len(percents)
    kept = caller.get(f"{milestone}progress-updates/?page_size=100").json()["results"]
    assert sorted(update["percent_complete"] for update in kept) == percents


def assert_one_change_of_a_state_is_made(caller: httpx.Client, milestone: str) -> None:
    """The other editors are told of it, and the version knows of one."""
    seen = caller.get(milestone)
    match = {"If-Match": seen.headers["ETag"]}
    answers = at_once(
        *(partial(caller.patch, milestone, json={"title_en": f"Title {one}"}, headers=match) for one in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
    (made,) = (answer.json() for answer in answers if answer.status_code == 200)
    told = [answer.json()["current"]["title_en"] for answer in answers if answer.status_code == 412]
    assert told == [made["title_en"]] * 5
    assert caller.get(milestone).json()["version"] == seen.json()["version"] + 1


def assert_what_is_sent_several_times_is_done_once(caller: httpx.Client, updates: str) -> None:
    """Of equal requests under one key one is done; the others meet it under way, or get its very answer."""
    send = partial(
        caller.post, updates, json={"percent_complete": 25, "narrative_en": "once"}, headers={"Idempotency-Key": "k-1"}
    )
    answers = at_once(*[send] * 8)
    assert {answer.status_code for answer in answers} <= {201, 409}
    done = {answer.content for answer in answers if answer.status_code == 201}
    replay = send()
    assert (done, replay.headers["Idempotency-Replayed"]) == ({replay.content}, "true")
    kept = caller.get(f"{updates}?page_size=100").json()["results"]
    assert [update["narrative_en"] for update in kept].count("once") == 1


def assert_what_a_killed_worker_began_can_be_done(caller: httpx.Client, site: Site, updates: str) -> None:
    """Killed between writing and answering: nothing is there, and once the lease is over the repetition is done."""
    killed = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", DIE_HALFWAY],
        env={**site.environment, "UPDATES": updates, "TOKEN": site.token},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert killed.stdout.split() == ["9", "9"]
    body, count = {"percent_complete": 26}, len(caller.get(f"{updates}?page_size=100").json()["results"])
    held = caller.post(updates, json=body, headers={"Idempotency-Key": "just-now"})
    assert (held.status_code, held.json()["type"].split("/")[-2]) == (409, "key-in-flight")
    done = caller.post(updates, json=body, headers={"Idempotency-Key": "a-while-ago"})
    assert (done.status_code, "Idempotency-Replayed" in done.headers) == (201, False)
    assert len(caller.get(f"{updates}?page_size=100").json()["results"]) == count + 1


def assert_api_and_administration_make_one_change(
    caller: httpx.Client, admin: httpx.Client, number: int, day: str
) -> None:
    """Whichever comes first; the other one is refused and told why."""
    milestone, page = f"/api/v1/milestones/{number}/", f"/admin/roadmap/milestone/{number}/reschedule/"
    seen, form = caller.get(milestone), admin.get(page, follow_redirects=True)
    by_api = {"due_on": day, "reason": "By the API"}
    by_admin = {
        "csrfmiddlewaretoken": form_token(form.text),
        "how": "date",
        "due_on": f"{day[:-2]}15",
        "reason": "By the administration",
        f"version-{number}": str(seen.json()["version"]),
    }
    patched, posted = at_once(
        partial(caller.patch, milestone, json=by_api, headers={"If-Match": seen.headers["ETag"]}),
        partial(admin.post, form.url, data=by_admin, headers={"Referer": str(form.url)}),
    )
    assert (patched.status_code, posted.status_code) in {(200, 200), (412, 302)}  # 302: done, 200: told why not
    winner = by_api if patched.status_code == 200 else by_admin
    now = caller.get(milestone).json()
    assert (now["due_on"], now["version"]) == (winner["due_on"], seen.json()["version"] + 1)


def sign_in(admin: httpx.Client, site: Site) -> None:
    page = admin.get("/admin/login/")
    account = {"username": "office", "password": PASSWORD, "csrfmiddlewaretoken": form_token(page.text)}
    assert admin.post("/admin/login/", data=account, headers={"Referer": site.url}).status_code == 302


def form_token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]
