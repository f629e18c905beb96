"""Mails in bytes: read back whole by the standard library, the same bytes for the same mail, no header smuggled in."""

from email import message_from_bytes, policy

import pytest

from roadmap.outbox.mime import bundle, file_part, text_part, whole

CONTENT = "一行\r\n.\r\n又一行\n" * 50


def test_parts_are_read_back_unchanged() -> None:
    said = bundle("alternative", [text_part("plain", CONTENT), text_part("html", "<p>你好</p>")], mark="a")
    mail = bundle("mixed", [said, file_part("calendar", CONTENT.encode(), name="days.ics")], mark="m")
    raw = whole(mail, [("From", "a@example.org"), ("Subject", "=?utf-8?b?5L2g?=\r\n =?utf-8?b?5aW9?=")])
    assert max(len(line) for line in raw.split(b"\r\n")) <= 76
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    read = message_from_bytes(raw, policy=policy.default)
    assert (read.get_content_type(), read["From"], read["Subject"]) == ("multipart/mixed", "a@example.org", "你好")
    assert read.defects == []
    first, attached = read.iter_parts()
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content() for part in first.iter_parts()] == [
        CONTENT.replace("\r\n", "\n"),
        "<p>你好</p>",
    ]
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "days.ics")
    assert attached.get_payload(decode=True) == CONTENT.encode()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Smart Customs = 100%\n.\nFrom here \n" * 90, "quoted-printable"),
        ("智慧海关\n" * 90, "base64"),
        ("no end of line", "quoted-printable"),
        ("x" * 2000, "quoted-printable"),
        ("", "base64"),
    ],
)
def test_text_travels_in_the_shorter_form_and_is_read_back(text: str, encoding: str) -> None:
    raw = whole(text_part("plain", text), [])
    read = message_from_bytes(raw, policy=policy.default)
    assert (read["Content-Transfer-Encoding"], read.get_content().replace("\r\n", "\n")) == (encoding, text)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 76
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0


def test_empty_text_is_still_a_part() -> None:
    read = message_from_bytes(whole(text_part("plain", ""), []), policy=policy.default)
    assert (read.get_content_type(), read.get_content()) == ("text/plain", "")


@pytest.mark.parametrize("value", ["a\nBcc: b@example.org", "a\r\nBcc: b@example.org", "a\rb", "a\n b", "a\r\n"])
def test_header_that_would_begin_another_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="The header To breaks its line"):
        whole(text_part("plain", ""), [("To", value)])
