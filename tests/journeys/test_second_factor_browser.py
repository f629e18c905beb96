"""The second factor in a real browser: codes of an app and on paper, a passkey, a required one, a lock and its end."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Browser, CDPSession, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from roadmap import clock
from roadmap.models import Person
from roadmap.outbox.deliver import deliver_pending
from tests import factories as make
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_signing_browser import WAYS, from_header, lin, opened, send, sign_in, sound  # noqa: F401
from tests.servers.authenticator import code_of
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IN_BOTH = [pytest.param(*WAYS[0], marks=pytest.mark.everything), WAYS[1]]


def sign_out(page: Page) -> None:
    page.goto("/account/")
    from_header(page, "form[action='/sign-out/'] button")
    page.wait_for_url("**/")


def with_passkeys(page: Page) -> tuple[CDPSession, str]:
    """The browser gets a device that makes passkeys, and its number there."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    return device, device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def app_set_up(page: Page) -> tuple[str, list[str]]:
    """From the page of second factors: the app's key, and the recovery codes."""
    page.click("main a[href='/second-factor/app/']")
    assert sound(page)
    assert page.locator("img.qr").evaluate("image => image.naturalWidth > 0")
    secret = page.inner_text(".secret")
    send(page, code="000000")
    expect(page.locator(".fault")).to_be_visible()
    send(page, code=code_of(secret))
    page.wait_for_url("**/second-factor/recovery-codes/")
    assert sound(page)
    return secret, page.locator(".codes code").all_inner_texts()


@pytest.mark.parametrize(("language", "width"), IN_BOTH)
def test_an_app_is_set_up_and_its_codes_let_one_in(
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    smtp_sink: Sink,
    lin: Person,  # noqa: F811
    language: str,
    width: int,
) -> None:
    Person.objects.filter(pk=lin.pk).update(language=language)
    page = opened(browser, live_server, settings, language, width)
    sign_in(page, "lin", PASSWORD)
    page.goto("/account/")
    page.click("main a[href='/second-factor/']")
    assert sound(page)
    secret, codes = app_set_up(page)
    page.emulate_media(media="print")
    seen = page.locator("header nav, main code, main a").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => one.textContent)"
    )
    assert len(seen) == len(codes) == 10
    page.emulate_media(media="screen")
    page.reload()
    expect(page.locator(".codes")).to_have_count(0)
    sign_out(page)
    sign_in(page, "lin", PASSWORD)
    page.wait_for_url("**/sign-in/code/")
    assert sound(page)
    send(page, code="000000")
    expect(page.get_by_role("alert")).to_be_visible()
    assert sound(page)
    with time_machine.travel(timezone.now() + timedelta(seconds=60)):
        send(page, code=code_of(secret))
        page.wait_for_url(f"{live_server.url}/")
        sign_out(page)
        sign_in(page, "lin", PASSWORD)
        send(page, code=codes[3])
        page.wait_for_url(f"{live_server.url}/")
        page.goto("/second-factor/")
        expect(page.locator("section[aria-labelledby=h-codes] p").first).to_contain_text("9")
        assert sound(page)
        page.click("section[aria-labelledby=h-codes] button")
        expect(page.locator(".codes code")).to_have_count(10)
        page.goto("/second-factor/")
        page.click("section[aria-labelledby=h-app] button")
        expect(page.locator("section[aria-labelledby=h-codes]")).to_have_count(0)
        deliver_pending(clock=clock.now)
    told = {
        "en": ["A second factor was added to your account", "You have new recovery codes"],
        "zh-hans": ["您的账号已添加双重验证方式", "您的恢复码已更新"],
    }
    assert [one["Subject"] for one in smtp_sink.messages][:2] == told[language]


@pytest.mark.parametrize(("language", "width"), IN_BOTH)
def test_a_passkey_is_made_and_lets_one_in(
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    lin: Person,  # noqa: F811
    language: str,
    width: int,
) -> None:
    page = opened(browser, live_server, settings, language, width)
    refused: list[str] = []
    page.on(
        "console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None
    )
    device, key = with_passkeys(page)
    sign_in(page, "lin", PASSWORD)
    page.goto("/second-factor/")
    page.click("main a[href='/second-factor/passkey/']")
    assert sound(page)
    page.fill("[name=name]", "Laptop")
    page.click("#passkey-act")
    page.wait_for_url("**/second-factor/recovery-codes/")
    expect(page.locator(".codes code")).to_have_count(10)
    page.goto("/second-factor/")
    expect(page.locator("section[aria-labelledby=h-passkeys] li b")).to_have_text("Laptop")
    assert sound(page)
    sign_out(page)
    sign_in(page, "lin", PASSWORD)
    page.wait_for_url("**/sign-in/code/")
    assert sound(page)
    page.click("#passkey-act")
    page.wait_for_url(f"{live_server.url}/")
    sign_out(page)
    sign_in(page, "lin", PASSWORD)
    device.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    page.click("#passkey-act")
    expect(page.locator("#passkey-failed")).to_be_visible()
    assert (sound(page), refused) == (True, [])


@pytest.mark.parametrize(("language", "width"), IN_BOTH)
def test_staff_set_one_up_at_their_first_sign_in(
    browser: Browser, live_server: LiveServer, settings: Settings, office: Person, language: str, width: int
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    page = opened(browser, live_server, settings, language, width)
    page.goto("/admin/")
    send(page, username="office", password=PASSWORD)
    page.wait_for_url("**/second-factor/")
    expect(page.locator(".noted")).to_be_visible()
    assert sound(page)
    page.goto("/my-mail/")
    page.wait_for_url("**/second-factor/")
    app_set_up(page)
    page.click("main a.act")
    page.wait_for_url("**/admin/")
    page.goto("/second-factor/")
    page.click("section[aria-labelledby=h-app] button")
    expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), IN_BOTH)
def test_wrong_codes_lock_and_the_lock_ends(
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    lin: Person,  # noqa: F811
    language: str,
    width: int,
) -> None:
    secret = make.give_app(lin)
    page = opened(browser, live_server, settings, language, width)
    sign_in(page, "lin", PASSWORD)
    for _ in range(6):
        send(page, code="000000")
    expect(page.get_by_role("alert")).to_have_text(re.compile("15"))
    assert sound(page)
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=5)):
        sign_in(page, "lin", PASSWORD)
        send(page, code=code_of(secret))
        page.wait_for_url(f"{live_server.url}/")
