"""A mail for other people's eyes: the same words, and none of the addresses by which its reader acts."""

from datetime import UTC, datetime

import pytest
from django.test import override_settings

from roadmap.outbox.leaving import Leaving
from roadmap.outbox.render import Attachment, Mail, composed
from roadmap.outbox.showing import shown, without_powers
from roadmap.vocabulary import MessageKind
from tests.outbox.conftest import make_message

LEAVING = Leaving(MessageKind.DIGEST, 7)
ANSWER = "http://127.0.0.1:8000/answer/abc.DEF-123/"


@pytest.fixture
def raw(db: None) -> bytes:
    row = make_message(subject="摘要", message_id="<a@b>")
    mail = Mail(
        subject="摘要",
        text=f"你好 {LEAVING.address}\n{ANSWER}\nhttp://127.0.0.1:8000/milestones/gate/\n",
        html=f'<html><body><p>你好 <a href="{ANSWER}">x</a> <a href="{LEAVING.address}">y</a></p></body></html>',
        attachments=(Attachment("due.ics", "calendar", b"BEGIN:VCALENDAR\r\n"),),
        leaving=LEAVING,
    )
    with override_settings(MAIL_UNSUBSCRIBE="leave@example.org"):
        return composed(mail, row=row, at=datetime(2026, 11, 23, tzinfo=UTC))


def test_links_by_which_the_reader_acts_are_taken_out_of_every_part(raw: bytes) -> None:
    assert LEAVING.token.encode() in raw
    harmless = without_powers(raw)
    mail = shown(harmless)
    assert mail.text.splitlines() == [
        "你好 http://127.0.0.1:8000/unsubscribe/not-in-previews/",
        "http://127.0.0.1:8000/answer/not-in-previews/",
        "http://127.0.0.1:8000/milestones/gate/",
    ]
    for part in (mail.text, mail.html, str(mail.headers), harmless.decode()):
        assert LEAVING.token not in part
        assert "abc.DEF-123" not in part
    assert 'href="http://127.0.0.1:8000/answer/not-in-previews/"' in mail.html
    assert dict(mail.headers)["List-Unsubscribe"] == (
        "<http://127.0.0.1:8000/unsubscribe/not-in-previews/>, "
        "<mailto:leave@example.org?subject=unsubscribe%20not-in-previews>"
    )


def test_all_else_of_the_mail_stays(raw: bytes) -> None:
    before, after = shown(raw), shown(without_powers(raw))
    assert (after.subject, after.to, after.files) == (before.subject, before.to, ("due.ics",))
    assert max(len(line) for line in without_powers(raw).split(b"\r\n")) <= 200
