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
    """The programme office's browser."""
    return entered(make.make_office_person())


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
    client.force_login(person)
    return client


HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000"}


@pytest.mark.parametrize(
    "there",
    [
        HERE,  # as a proxy on this machine that says nothing of itself sends it, too
        {**HERE, "HTTP_HOST": "localhost:8000"},
        {**HERE, "HTTP_HOST": "rebound.example.com:8000"},
        {**HERE, "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "192.168.1.7", "HTTP_HOST": "192.168.1.5:8000"},
    ],
)
def test_the_mailbox_is_for_the_office_and_auditors_wherever_they_sit(letter: str, there: dict[str, str]) -> None:
    readers = {role: entered(make.make_person(role=role)) for role in (Role.LEAD, Role.AUDITOR, Role.OFFICE)}
    for page in pages(letter):
        assert Client().get(page, **there).status_code == 302
        answers = {role: reader.get(page, **there).status_code for role, reader in readers.items()}
        assert answers == {Role.LEAD: 403, Role.AUDITOR: 200, Role.OFFICE: 200}


def test_for_auditors_links_lead_nowhere(letter: str) -> None:
    auditor = entered(make.make_person(role=Role.AUDITOR))
    body = auditor.get(f"/mailbox/{letter}/html/").content.decode()
    assert (LIVING in body, "/answer/not-in-previews/" in body) == (False, True)


def test_for_the_office_links_of_others_lead_nowhere_until_they_ask_for_them(letter: str) -> None:
    make.make_person(email="lin@example.org")
    office = entered(make.make_office_person())
    for expected in (False, True):
        bodies = [office.get(page).content.decode() for page in pages(letter)[1:]]
        assert [LIVING in body for body in bodies] == [expected] * 2
        office.post(f"/mailbox/{letter}/links/")


def test_links_of_nobody_known_lead_nowhere(letter: str) -> None:
    office = entered(make.make_office_person())
    assert LIVING not in office.get(f"/mailbox/{letter}/").content.decode()
    assert office.post(f"/mailbox/{letter}/links/").status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.LEAD])
def test_whoever_may_not_act_for_the_reader_gets_no_working_links(letter: str, role: Role) -> None:
    make.make_person(email="lin@example.org")
    assert entered(make.make_person(role=role)).post(f"/mailbox/{letter}/links/").status_code == 403
