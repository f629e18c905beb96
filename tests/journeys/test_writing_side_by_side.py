"""Many writers at once on a real web server: no report is lost, and of two changes of one state exactly one counts."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Barrier

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "side by side with others"
PREPARE = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_catalogue", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from roadmap.models import Person
Person.objects.create_superuser("office", "office@example.org", "{PASSWORD}", role="office")
call_command("create_token", "office", name="side by side")
"""

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class Site:
    """A running web server of several processes and threads, and a token for its API."""

    url: str
    token: str

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
            yield Site(url, prepared.stdout.split()[-1])


def served(environment: Mapping[str, str], socket_number: int) -> subprocess.Popen[bytes]:
    """The web server as it is started in earnest; it ends with its ``with`` block."""

    class Ended(subprocess.Popen[bytes]):
        def __exit__(self, *error: object) -> None:
            self.terminate()
            self.wait(30)

    command = [sys.executable, "-m", "gunicorn", "-c", "python:tracker.serving", "tracker.wsgi"]
    return Ended(
        command, env=environment, cwd=ROOT, pass_fds=[socket_number],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def await_answer(address: str) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            if httpx.get(address, timeout=10).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{address} doesn't answer")


def at_once(*acts: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers, of requests that leave at the same moment."""
    barrier = Barrier(len(acts))

    def started(act: Callable[[], httpx.Response]) -> httpx.Response:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(started, acts))


def test_writers_at_once_lose_nothing_and_overwrite_nothing(site: Site) -> None:
    with site.caller() as caller, httpx.Client(base_url=site.url, timeout=60) as admin:
        number = caller.get("/api/v1/milestones/?page_size=1").json()["results"][0]["id"]
        assert_every_report_is_kept(caller, f"/api/v1/milestones/{number}/")
        assert_one_change_of_a_state_is_made(caller, f"/api/v1/milestones/{number}/")
        sign_in(admin, site)
        for day in ("2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01"):
            assert_api_and_administration_make_one_change(caller, admin, number, day)


def assert_every_report_is_kept(caller: httpx.Client, milestone: str) -> None:
    """All are taken in, each once, though the first of them also changes the milestone's status."""
    percents = list(range(1, 25))
    answers = at_once(
        *(partial(caller.post, f"{milestone}progress-updates/", json={"percent_complete": one}) for one in percents)
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
