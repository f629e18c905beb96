"""Signing in by a provider that isn't ours, as a real process, in a real browser: there, back, anew, and out of both.

It is npm's ``oidc-provider``, which is certified, and installed for the run (``make test-everything``). The quick suite
asks a provider of our own, which can be told to lie (``tests/web/signing/test_single_sign_on.py``).
"""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from socket import socket

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from roadmap.models import Person
from roadmap.vocabulary import Role
from tests import factories as make
from tests.journeys.test_signing_browser import WAYS, from_header, opened, sound
from tests.servers.identity import CLIENT, SECRET
from tests.servers.npm import installed, needs_npm
from tracker.single_sign_on import SingleSignOn

PROVIDER = "oidc-provider@9.13.3"
SCRIPT = Path(__file__).parent.parent / "servers" / "oidc_provider.mjs"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.everything,
    needs_npm,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is installed."""
    return installed(tmp_path_factory.mktemp("provider"), PROVIDER)


@pytest.fixture
def provider(live_server: LiveServer, settings: Settings, folder: Path) -> Iterator[str]:
    """Its address; the site trusts it."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    issuer = f"http://localhost:{port}"
    settings.SINGLE_SIGN_ON = sso = SingleSignOn(
        issuer=issuer,
        client_id=CLIENT,
        secret=SECRET,
        name="Customs ID",
        scopes=("openid", "email", "profile"),
        claims={"email": "email", "name": "name", "role": "groups"},
        roles=(("leads", Role.LEAD), (None, Role.OBSERVER)),
        provisions=True,
    )
    settings.SOCIALACCOUNT_PROVIDERS = sso.for_allauth()
    back = f"{live_server.url}/sign-in/organisation/back/{sso.id}/"
    command = ["node", str(SCRIPT), str(folder), str(port), back, f"{live_server.url}/"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    while process.stdout.readline().strip() != "ready":
        assert process.poll() is None
    yield issuer
    process.kill()
    process.wait()
    process.stdout.close()


def prove(page: Page, name: str) -> None:
    """On the provider's own pages: sign in, and let the site know what it asks for."""
    page.fill("[name=login]", name)
    page.fill("[name=password]", "anything")
    page.click("button[type=submit]")
    page.click("button[type=submit]")


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_somebody_signs_in_by_the_provider_and_out_of_both(
    browser: Browser, live_server: LiveServer, settings: Settings, provider: str, language: str, width: int
) -> None:
    make.make_milestone()
    page = opened(browser, live_server, settings, language, width)
    page.goto("/sign-in/?next=/account/")
    assert sound(page)
    page.click("main a[href^='/sign-in/organisation/']")
    prove(page, "lead-lin")
    page.wait_for_url("**/account/")
    person = Person.objects.get(username="lead-lin@example.org")
    assert (person.role, person.is_staff) == (Role.LEAD, True)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):  # the provider's clock stays
        page.goto("/second-factor/")
        page.wait_for_url(f"{provider}/interaction/**")
    page.goto("/account/")
    from_header(page, "form[action='/sign-out/'] button")
    assert sound(page)
    page.click("main a.act")
    page.wait_for_url(f"{provider}/session/end**")
    page.click("button[value=yes]")
    page.wait_for_url(f"{live_server.url}/")
    page.goto("/sign-in/organisation/?next=/account/")
    expect(page.locator("[name=login]")).to_be_visible()  # it asks again
