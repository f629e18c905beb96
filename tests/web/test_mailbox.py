"""The embedded mailbox: the mails as their readers see them, and nothing beside them."""

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from roadmap.models import Person
from roadmap.vocabulary import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    """A browser on this machine, while nobody else can reach the site."""
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def maildir(tmp_path: Path, settings: Settings) -> mailbox.Maildir:
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.SITE_URL = "http://127.0.0.1:8000"
    return mailbox.Maildir(settings.MAILBOX_DIR, create=True)


def put(maildir: mailbox.Maildir, subject: str, html: str = "") -> str:
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["Date"] = subject, "林岚 <lin@example.org>", "Mon, 23 Nov 2026 00:30:00 +0000"
    mail.set_content("纯文本 <b>")
    if html:
        mail.add_alternative(html, subtype="html")
    return maildir.add(mail)


def test_mailbox_lists_the_mails_newest_first(client: Client, maildir: mailbox.Maildir) -> None:
    for number in range(32):
        put(maildir, f"主题 {number}")
    body = client.get("/mailbox/").content.decode()
    assert "主题 31" in body
    assert body.index("主题 31") < body.index("主题 5")
    assert "2026-11-23 08:30" in body
    assert "林岚 &lt;lin@example.org&gt;" in body
    assert "主题 1<" in client.get("/mailbox/?page=2").content.decode()


def test_mailbox_says_when_it_is_empty(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MAILBOX_DIR = tmp_path / "not-there"
    assert client.get("/mailbox/").status_code == 200


def test_message_shows_text_headers_and_a_frame(client: Client, maildir: mailbox.Maildir) -> None:
    key = put(maildir, "主题", "<html><head></head><body><p>你好</p></body></html>")
    body = client.get(f"/mailbox/{key}/").content.decode()
    assert f'src="/mailbox/{key}/html/"' in body
    assert "sandbox=" in body
    assert "纯文本 &lt;b&gt;" in body


def test_html_part_may_do_nothing_but_look(client: Client, maildir: mailbox.Maildir) -> None:
    key = put(maildir, "主题", "<html><head></head><body><script>alert(1)</script><p>你好</p></body></html>")
    response = client.get(f"/mailbox/{key}/html/")
    assert "<p>你好</p>" in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("key", ["nobody", "..", "..%2f..%2fsecret-key", "new"])
def test_unknown_mails_are_not_found(client: Client, maildir: mailbox.Maildir, key: str) -> None:
    assert client.get(f"/mailbox/{key}/").status_code == 404


def test_plain_mail_has_no_frame(client: Client, maildir: mailbox.Maildir) -> None:
    key = put(maildir, "主题")
    assert "<iframe" not in client.get(f"/mailbox/{key}/").content.decode()
    assert client.get(f"/mailbox/{key}/html/").status_code == 404


@pytest.mark.parametrize("address", ["/mailbox/", "/mailbox/key/", "/mailbox/key/html/"])
def test_there_is_no_mailbox_in_production(client: Client, settings: Settings, address: str) -> None:
    settings.EMBEDDED = False
    assert client.get(address).status_code == 404


def test_mailbox_is_for_those_who_may_read(client: Client, maildir: mailbox.Maildir, settings: Settings) -> None:
    settings.PUBLIC_READING = False
    assert client.get("/mailbox/").status_code == 302


HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}
LIVING = "eyJsaXZpbmciOjF9:1abc"


@pytest.fixture
def letter(maildir: mailbox.Maildir) -> str:
    """A mail with links by which its reader acts."""
    links = "".join(f"http://127.0.0.1:8000/{what}/{LIVING}/ " for what in ("answer", "invitation", "unsubscribe"))
    html = "".join(f'<a href="{link}">x</a>' for link in links.split())
    mail = EmailMessage()
    mail["Subject"], mail["To"] = "主题", "lin@example.org"
    mail.set_content(links)
    mail.add_alternative(f"<html><head></head><body>{html}</body></html>", subtype="html")
    return maildir.add(mail)


def pages(key: str) -> list[str]:
    return ["/mailbox/", f"/mailbox/{key}/", f"/mailbox/{key}/html/"]


def entered(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    "there",
    [
        {"REMOTE_ADDR": "192.168.1.7", "HTTP_HOST": "192.168.1.5:8000"},
        {"REMOTE_ADDR": "192.168.1.7", "HTTP_HOST": "127.0.0.1:8000"},
        {"REMOTE_ADDR": "", "HTTP_HOST": "127.0.0.1:8000"},
        {**HERE, "HTTP_HOST": "rebound.example.com:8000"},
        {**HERE, "HTTP_HOST": "127.0.0.1.example.com"},
        {**HERE, "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {**HERE, "HTTP_FORWARDED": "for=127.0.0.1"},
        {**HERE, "HTTP_VIA": "1.1 proxy"},
        {**HERE, "HTTP_X_REAL_IP": "127.0.0.1"},
    ],
)
def test_from_elsewhere_the_mailbox_is_for_the_office_alone(letter: str, there: dict[str, str]) -> None:
    lead = entered(make.make_person(role=Role.LEAD))
    office = entered(make.make_office_person())
    for page in pages(letter):
        assert Client().get(page, **there).status_code == 302
        assert lead.get(page, **there).status_code == 403
        assert office.get(page, **there).status_code == 200


@pytest.mark.parametrize(
    "change", [{"SITE_URL": "https://roadmap.example.org"}, {"SECURE_PROXY_SSL_HEADER": ("a", "b")}]
)
def test_a_site_with_a_name_of_its_own_is_not_alone(letter: str, settings: Settings, change: dict[str, object]) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    assert [Client().get(page, **HERE).status_code for page in pages(letter)] == [302, 302, 302]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_alone_on_this_machine_links_are_shown_and_lead_nowhere(letter: str, host: str) -> None:
    readers = [Client(), entered(make.make_person(role=Role.LEAD)), entered(make.make_person(role=Role.AUDITOR))]
    for reader in readers:
        for page in pages(letter):
            response = reader.get(page, **{**HERE, "HTTP_HOST": host})
            assert (response.status_code, LIVING in response.content.decode()) == (200, False)
        assert "/answer/not-in-previews/" in response.content.decode()


def test_for_the_office_links_work(letter: str) -> None:
    office = entered(make.make_office_person())
    assert LIVING in office.get(f"/mailbox/{letter}/").content.decode()
    assert LIVING in office.get(f"/mailbox/{letter}/html/").content.decode()
