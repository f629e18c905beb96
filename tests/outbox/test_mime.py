"""Mails in bytes: read back whole by the standard library, the same bytes for the same mail, no header smuggled in."""

import re
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.outbox.mime import bundle, file_part, mailbox_value, one_line, text_part, text_value, whole
from tests.outbox.conftest import name_in

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


@pytest.mark.parametrize(
    "value", ["a\nBcc: b@example.org", "a\r\nBcc: b@example.org", "a\rb", "a\n b", "a\r\n", "a\x00b", "a\x1bb", "\x7f"]
)
def test_header_that_would_begin_another_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="The header To breaks its line"):
        whole(text_part("plain", ""), [("To", value)])


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb"])
@pytest.mark.parametrize("script", ["x" * 30, "海" * 30])
def test_line_of_a_body_ends_in_crlf_however_it_was_typed(text: str, script: str) -> None:
    raw = whole(text_part("plain", script + text), [])
    assert raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert message_from_bytes(raw, policy=policy.default).get_content().replace("\r\n", "\n") == f"{script}a\nb"


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=150)
LOOKALIKES = ["=?utf-8?b?5L2g?=", "re =?gb2312?q?=C4?= x", "=?", "?= =?utf-8?q?a?="]
NAMES = [
    *LOOKALIKES,
    "张" * 16,
    "张" * 60,
    'Lin, "A" (x) <y@z>',
    "O'Neil \\",
    "李" * 11,
    "a" * 100 + " 李",
    "😀" * 20,
    "é",
]


def as_read(name: str, value: str) -> str:
    """What a reader's program makes of a header, which has to be lawful as it travels."""
    raw = whole(text_part("plain", "x"), [(name, value)])
    line = re.search(rb"(?ms)^" + name.encode() + rb": .*?(?=\r\n\S|\r\n\r\n)", raw)
    assert line is not None
    for part in line[0].split(b"\r\n"):
        words = re.findall(rb"=\?\S*?\?[bq]\?\S*?\?=", part)
        assert max(map(len, words), default=0) <= 75
        assert len(part) <= (76 if words else 998)
        assert not re.search(rb"[\x00-\x1f\x7f-\xff]", part)
    read = message_from_bytes(raw, policy=policy.default)[name]
    assert read.defects == ()
    if name == "Subject":
        return str(read)
    assert [one.addr_spec for one in read.addresses] == ["lin@example.org"]
    return name_in(value)


@pytest.mark.parametrize("text", NAMES)
def test_name_and_subject_are_read_as_they_were_written(text: str) -> None:
    assert as_read("Subject", text_value(text, header="Subject")) == text
    assert as_read("To", mailbox_value(text, "lin@example.org", header="To")) == text


@given(text=ANY_TEXT)
def test_any_text_is_a_lawful_header(text: str) -> None:
    line = one_line(text)
    assert as_read("Subject", text_value(line, header="Subject")) == line
    assert as_read("From", mailbox_value(text, "lin@example.org", header="From")) == line


def test_line_with_a_long_address_begins_anew_before_it() -> None:
    value = mailbox_value("张建国", f"{'l' * 40}@example.org", header="To")
    assert value.split("\r\n") == ["=?utf-8?b?5byg5bu65Zu9?=", f" <{'l' * 40}@example.org>"]
    assert mailbox_value("张建国", "lin@example.org", header="To") == "=?utf-8?b?5byg5bu65Zu9?= <lin@example.org>"
    assert mailbox_value(" \x01", "lin@example.org", header="To") == "lin@example.org"


@pytest.mark.parametrize("name", ["due-dates.ics", "到期日.ics", 'a"b\r\nX: y.ics', "=?utf-8?q?a?=.ics", "a;b.ics"])
def test_file_is_saved_under_its_name(name: str) -> None:
    raw = whole(bundle("mixed", [file_part("calendar", b"x", name=name)], mark="m"), [])
    assert b"X: y" not in raw
    (attached,) = message_from_bytes(raw, policy=policy.default).iter_parts()
    assert (attached.get_filename(), attached["Content-Disposition"].defects) == (one_line(name), ())
