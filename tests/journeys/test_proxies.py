"""The examples of a proxy in ``deploy/``, started as they are: what reaches the program, and what is logged."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Browser, expect

from roadmap import secret_paths
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_second_factor_browser import with_passkeys
from tests.journeys.test_signing_browser import sign_in
from tests.servers.proxies import HOST, KINDS, Proxy, running_proxy
from tests.servers.web import ROOT, await_answer, served

pytestmark = pytest.mark.journey
# Caddy comes with the tools for development; nginx is a package of the system
PROXIES = [pytest.param(kind, marks=pytest.mark.everything) if kind == "nginx" else kind for kind in KINDS]
MEGABYTE = 1024 * 1024
OFFICE = """
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
from roadmap.models import Person
person = Person(username="office", full_name="Zhao Min", email="office@example.org", role="office")
person.set_password("correct horse battery")
person.save()
"""


class Echo(BaseHTTPRequestHandler):
    """Answers what has reached it, large enough to be compressed."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # the proxy hangs up where the body is too large
            super().handle()

    def _echo(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        heard = {name.lower(): value for name, value in self.headers.items()}
        answer = json.dumps({"headers": heard, "filling": "x" * 2000}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = _echo  # noqa: N815 (the server looks for these names)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def echo() -> Iterator[str]:
    """Where a server answers what reached it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=PROXIES)
def proxy(request: pytest.FixtureRequest, echo: str, tmp_path: Path) -> Iterator[Proxy]:
    """Each of the proxies, in front of the echo."""
    with running_proxy(request.param, echo, tmp_path) as running:
        yield running


def test_program_hears_the_proxy_and_not_what_the_client_claims(proxy: Proxy) -> None:
    claims = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "http", "Accept-Encoding": "gzip"}
    answer = proxy.client.get("/milestones/", headers=claims)
    heard = answer.json()["headers"]
    assert (heard["x-forwarded-for"], heard["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert heard["host"].partition(":")[0] == HOST
    assert answer.headers["Content-Encoding"] == "gzip"


def test_no_body_beyond_its_bound_reaches_the_program(proxy: Proxy) -> None:
    def status(path: str, megabytes: float) -> int:
        return proxy.client.post(path, content=b"x" * int(megabytes * MEGABYTE)).status_code

    bounds = {"/sign-in/": (2.8, 3.2), "/api/v1/evidence/": (20, 22), "/admin/roadmap/evidence/add/": (98, 104)}
    taken = {path: [status(path, size) for size in sizes] for path, sizes in bounds.items()}
    assert taken == {path: [200, 413] for path in bounds}


def test_what_is_not_for_everybody_stays_inside_and_all_else_comes_by_https(proxy: Proxy) -> None:
    assert proxy.client.get("/metrics").status_code == 404
    moved = httpx.get(f"{proxy.plain_address}/milestones/?state=late")
    assert moved.status_code in {301, 308}
    assert re.fullmatch(rf"https://{HOST}(:\d+)?/milestones/\?state=late", moved.headers["Location"])


def test_no_log_keeps_an_address_that_stands_for_a_person(proxy: Proxy) -> None:
    secret = "Zm9vYmFyYmF6"
    for name in secret_paths.NAMES:
        written = f"%{ord(name[0]):x}{name[1:]}"
        for path in (f"/{name}/{secret}/", f"/{written}/{secret}/", f"/sign-in/?next=%2F{name}%2F{secret}%2F"):
            while proxy.client.get(path).status_code == 429:  # its own limit of what tries secrets
                pass
    proxy.client.get("/milestones/")
    assert secret not in proxy.logged()


@contextmanager
def site_behind(kind: str, environment: dict[str, str], folder: Path) -> Iterator[Proxy]:
    """The program behind the proxy of that kind, with somebody of the programme office."""
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", OFFICE]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        upstream = f"127.0.0.1:{listening.getsockname()[1]}"
        with running_proxy(kind, upstream, folder) as proxy:
            behind = {
                **environment,
                "BIND": f"fd://{listening.fileno()}", "WEB_WORKERS": "1", "SITE_URL": proxy.address,
                "ALLOWED_HOSTS": HOST, "HTTPS": "true", "BEHIND_PROXY": "true",
            }  # fmt: skip
            with served(behind, listening.fileno()):
                await_answer(f"http://{upstream}/health/live")
                yield proxy


@pytest.mark.everything
@pytest.mark.parametrize("kind", KINDS)
def test_people_sign_in_through_it_and_their_session_is_bound_to_the_host(
    kind: str, process_environment: dict[str, str], tmp_path: Path
) -> None:
    with site_behind(kind, process_environment, tmp_path) as proxy:
        page = proxy.client.get("/sign-in/")
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[-1]
        form = {"username": "office", "password": "correct horse battery", "csrfmiddlewaretoken": token}
        done = proxy.client.post("/sign-in/", data=form, headers={"Referer": f"{proxy.address}/sign-in/"})
        assert done.status_code == 302, re.findall("(?s)<main.*?<button", done.text)
        cookies = {one.name: (one.secure, one.path, one.domain_specified) for one in proxy.client.cookies.jar}
        assert cookies == dict.fromkeys(("__Host-csrftoken", "__Host-sessionid"), (True, "/", False))
        assert "Zhao Min" in proxy.client.get("/milestones/").text
        assert page.headers["Strict-Transport-Security"]


@pytest.mark.everything
@pytest.mark.browser
def test_a_browser_comes_in_by_a_passkey_over_https(
    browser: Browser, process_environment: dict[str, str], tmp_path: Path
) -> None:
    with site_behind("caddy", process_environment, tmp_path) as proxy:
        context = browser.new_context(base_url=proxy.address, ignore_https_errors=True)
        page = context.new_page()
        with_passkeys(page)
        sign_in(page, "office", PASSWORD)
        page.goto("/second-factor/passkey/")
        page.click("#passkey-act")
        page.wait_for_url("**/second-factor/recovery-codes/")
        context.clear_cookies()
        sign_in(page, "office", PASSWORD)
        page.wait_for_url("**/sign-in/code/")
        page.click("#passkey-act")
        page.wait_for_url(f"{proxy.address}/")
        page.goto("/account/")
        expect(page.locator("section[aria-labelledby=h-sessions] li")).to_have_count(2)
        cookies = {one["name"]: (one["secure"], one["path"], one["httpOnly"]) for one in context.cookies()}
        assert cookies == dict.fromkeys(("__Host-csrftoken", "__Host-sessionid"), (True, "/", True))
