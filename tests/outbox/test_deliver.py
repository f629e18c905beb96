"""Delivery to a real SMTP server: once, with kept bytes, through outages and refusals."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from roadmap.editing.invitations import invite_person
from roadmap.models import OutboxMessage, Person
from roadmap.models.history import SYSTEM
from roadmap.outbox import claim
from roadmap.outbox.deliver import deliver_pending, release_dead
from roadmap.outbox.render import Attachment, Mail
from roadmap.outbox.resend import send_again
from roadmap.vocabulary import Language, MessageKind, MessageState
from tests.factories import make_person, make_roadmap
from tests.outbox.conftest import NOW, Clock, Words, claimed, make_message, name_in
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


def stored(message: OutboxMessage) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=message.pk)


def test_mail_arrives_as_it_was_made(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    person = make_person(full_name="林岚", username="lin")
    message = make_message(person)
    assert deliver_pending(clock=clock) == 1
    (mail,) = smtp_sink.messages
    row = stored(message)
    assert smtp_sink.recipients == [["lin@example.org"]]
    assert {name: mail[name] for name in ("To", "Subject", "Message-ID", "Auto-Submitted", "List-Id", "Date")} == {
        "To": "林岚 <lin@example.org>",
        "Subject": f"主题 {message.key}",
        "Message-ID": row.message_id,
        "Auto-Submitted": "auto-generated",
        "List-Id": "<digest.127.0.0.1>",
        "Date": "Mon, 23 Nov 2026 00:30:00 +0000",
    }
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content() == "你好\n.一个点\n"
    assert '<p style="color:red">你好</p>' in html.get_content()
    assert bytes(row.rendered or b"") == smtp_sink.raw[0]
    assert (row.state, row.sent_at, row.attempts, row.leased_until) == (MessageState.SENT, NOW, 1, None)


def test_attachments_arrive_beside_the_mail_unchanged(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    content = "一行\r\n又一行\r\n".encode()
    words.answer = lambda row: Mail("主题", "你好", "<p>你好</p>", (Attachment("days.ics", "calendar", content),))
    make_message()
    assert deliver_pending(clock=clock) == 1
    (mail,) = smtp_sink.messages
    said, attached = mail.iter_parts()
    assert (mail.get_content_type(), said.get_content_type()) == ("multipart/mixed", "multipart/alternative")
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "days.ics")
    assert attached.get_payload(decode=True) == content


def test_mail_goes_to_an_address_in_chinese_and_to_a_name_of_two_lines(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    make_message(make_person(email="lan@海关.中国", full_name="Lin\r\nBcc: other@example.org"))
    assert deliver_pending(clock=clock) == 1
    assert smtp_sink.recipients == [["lan@xn--d6qv69d.xn--fiqs8s"]]
    (mail,) = smtp_sink.messages
    assert (mail["To"].addresses[0].display_name, mail["Bcc"]) == ("Lin Bcc: other@example.org", None)


def test_headers_arrive_lawful_whatever_a_name_or_title_holds(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    """A long name in Chinese, control characters, and a title that looks like an encoded word."""
    title = "=?utf-8?b?5L2g?= \x07\x1b[2J \u2028 " + "智慧海关" * 12
    words.answer = lambda row: Mail(title, "你好", "<p>你好</p>")
    make_message(make_person(full_name="张" * 16 + "\x01"))
    with override_settings(DEFAULT_FROM_EMAIL=f"{'海' * 20} <tracker@example.org>"):
        assert deliver_pending(clock=clock) == 1
    (mail,), (raw,) = smtp_sink.messages, smtp_sink.raw
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, re.findall(rb"=\?\S+\?=", head))) <= 75
    assert re.findall(rb"[^\x20-\x7e\r\n]", head) == []
    assert (mail["Subject"], *(name_in(message_from_bytes(raw)[name]) for name in ("To", "From"))) == (
        "=?utf-8?b?5L2g?= [2J " + "智慧海关" * 12,
        "张" * 16,
        "海" * 20,
    )
    assert [mail[name].defects for name in ("Subject", "To", "From")] == [(), (), ()]


def test_mail_made_anew_goes_to_the_readers_present_address_in_the_present_language(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    person = make_person(email="wrong@example.org")
    message = make_message(person)
    smtp_sink.refuse_addresses = {"wrong@example.org": "550 no such user"}
    assert deliver_pending(clock=clock) == 0
    person.email, person.language = "right@example.org", Language.ENGLISH
    person.save()
    assert send_again(stored(message), now=clock()) is True
    assert deliver_pending(clock=clock) == 1
    assert smtp_sink.recipients == [["right@example.org"]]
    assert smtp_sink.messages[0]["Content-Language"] == "en"
    assert (stored(message).address, stored(message).language) == ("right@example.org", Language.ENGLISH)


def test_mail_to_somebody_without_an_address_is_withdrawn(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    person = make_person()
    message = make_message(person)
    Person.objects.filter(pk=person.pk).update(email="")
    assert deliver_pending(clock=clock) == 0
    assert (stored(message).state, smtp_sink.raw) == (MessageState.WITHDRAWN, [])


def test_mail_is_not_sent_twice(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    make_message()
    assert [deliver_pending(clock=clock) for _ in range(3)] == [1, 0, 0]
    assert len(smtp_sink.raw) == 1


def test_mail_is_not_sent_before_its_time(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    make_message(deliver_after=NOW + timedelta(minutes=1))
    assert deliver_pending(clock=clock) == 0
    clock.move(minutes=1)
    assert deliver_pending(clock=clock) == 1


def test_outage_uses_up_no_attempts_and_loses_nothing(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    messages = [make_message() for _ in range(3)]
    with override_settings(EMAIL_PORT=1):  # nobody listens there
        for _ in range(50):
            assert deliver_pending(clock=clock) == 0
            clock.move(hours=1)
    waiting = [stored(message) for message in messages]
    assert {(row.state, row.attempts, row.rendered) for row in waiting} == {(MessageState.PENDING, 0, None)}
    assert deliver_pending(clock=clock) == 3
    assert len(smtp_sink.raw) == 3


def test_temporary_refusal_is_tried_again_later_with_the_same_bytes(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    message = make_message()
    smtp_sink.refuse_with = "451 later"
    assert deliver_pending(clock=clock) == 0
    waiting = stored(message)
    assert (waiting.state, waiting.attempts, waiting.last_error) == (MessageState.PENDING, 1, "451 later")
    assert waiting.deliver_after > NOW
    smtp_sink.refuse_with = ""
    assert deliver_pending(clock=clock) == 0  # its wait isn't over
    clock.move(minutes=2)
    assert deliver_pending(clock=clock) == 1
    assert words.asked == [message.pk]
    assert smtp_sink.raw == [bytes(waiting.rendered or b"")]


def test_temporary_refusals_end_as_failed_and_can_be_sent_again(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    message = make_message()
    smtp_sink.refuse_with = "451 never really"
    for _ in range(claim.MOST_ATTEMPTS + 2):
        deliver_pending(clock=clock)
        clock.move(hours=3)
    assert (stored(message).state, stored(message).attempts) == (MessageState.FAILED, claim.MOST_ATTEMPTS)
    smtp_sink.refuse_with = ""
    assert send_again(stored(message), now=clock()) is True
    assert deliver_pending(clock=clock) == 1
    assert send_again(stored(message), now=clock()) is False


def test_refused_recipient_fails_at_once_and_holds_up_nobody(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    bad, good = make_message(), make_message()
    smtp_sink.refuse_addresses = {bad.address: "550 no such user"}
    assert deliver_pending(clock=clock) == 1
    assert (stored(bad).state, stored(bad).last_error) == (MessageState.FAILED, "550 no such user")
    assert stored(good).state == MessageState.SENT


def failing(words: Words, error: Exception, *, only: OutboxMessage) -> None:
    make = words.answer

    def answer(row: OutboxMessage) -> Mail | None:
        if row.pk == only.pk:
            raise error
        return make(row)

    words.answer = answer


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyError("colour"), "KeyError: 'colour'"),
        (Person.DoesNotExist("It is gone."), "DoesNotExist: It is gone."),
        (ValueError("No header"), "ValueError: No header"),
    ],
)
def test_mail_that_cannot_be_made_fails_at_once_and_holds_up_nobody(
    error: Exception, told: str, clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    bad, good = make_message(), make_message()
    failing(words, error, only=bad)
    assert deliver_pending(clock=clock) == 1
    assert (stored(bad).state, stored(bad).attempts, stored(bad).last_error) == (MessageState.FAILED, 1, told)
    assert stored(good).state == MessageState.SENT


def test_mail_that_cannot_be_made_just_now_waits(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    message = make_message()
    failing(words, OSError("No space left"), only=message)
    assert deliver_pending(clock=clock) == 0
    assert (stored(message).state, stored(message).last_error) == (MessageState.PENDING, "OSError: No space left")


@pytest.mark.parametrize(
    "address",
    ["lin lan@example.org", "林@example.org", "lin@", "lin@example.org>\r\nDATA", "lin@a..b", "x" * 65 + "@a.org"],
)
def test_mail_to_an_address_that_is_none_fails_at_once(
    address: str, clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    person = make_person()
    Person.objects.filter(pk=person.pk).update(email=address)
    message, good = make_message(person), make_message()
    assert deliver_pending(clock=clock) == 1
    told = f"ValueError: {address!r} is no address that can be mailed to."
    assert (stored(message).state, stored(message).last_error) == (MessageState.FAILED, told)
    assert (stored(good).state, smtp_sink.recipients) == (MessageState.SENT, [[good.address]])


def test_nothing_to_tell_withdraws_and_frees_the_key(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    message = make_message()
    words.answer = lambda row: None
    assert deliver_pending(clock=clock) == 0
    assert stored(message).state == MessageState.WITHDRAWN
    make_message(key=message.key)
    assert smtp_sink.raw == []


def test_closed_account_gets_no_mail(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    message = make_message(make_person(is_active=False))
    assert deliver_pending(clock=clock) == 0
    assert stored(message).state == MessageState.WITHDRAWN


@pytest.mark.parametrize("language", list(Language))
def test_renderer_is_called_in_the_readers_language(
    clock: Clock, words: Words, smtp_sink: Sink, language: Language
) -> None:
    from django.utils.translation import get_language

    make_message(make_person(language=language))
    seen: list[str | None] = []
    make = words.answer
    words.answer = lambda row: (seen.append(get_language()), make(row))[1]
    deliver_pending(clock=clock)
    assert seen == [language]


def test_dead_workers_mail_is_taken_over_after_its_lease_with_the_same_bytes(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    message = make_message()
    (held,) = claimed(clock)
    held.rendered, held.message_id, held.subject = b"Subject: made\r\n\r\nbefore the worker died\r\n", "<a@b>", "made"
    claim.write_held(held, rendered=held.rendered, rendered_at=NOW, message_id=held.message_id, subject=held.subject)
    assert release_dead(clock=clock) == 0
    assert deliver_pending(clock=clock) == 0
    clock.move(minutes=21)
    assert release_dead(clock=clock) == 1
    assert deliver_pending(clock=clock) == 1
    assert (words.asked, smtp_sink.raw) == ([], [b"Subject: made\r\n\r\nbefore the worker died\r\n"])
    assert stored(message).state == MessageState.SENT


def test_overslept_worker_cannot_undo_what_another_did(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    message = make_message()
    (overslept,) = claimed(clock)
    clock.move(minutes=21)
    release_dead(clock=clock)
    deliver_pending(clock=clock)
    assert claim.note_deferred(overslept, error="too late", now=clock()) is False
    assert claim.note_failed(overslept, error="too late") is False
    assert claim.note_withdrawn(overslept) is False
    assert stored(message).state == MessageState.SENT


def test_mails_right_before_their_dot_are_marked_together(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    for _ in range(40):
        make_message()
    with CaptureQueriesContext(connection) as queries:
        assert deliver_pending(clock=clock) == 40
    marks = [query for query in queries.captured_queries if "SET committing_at" in query["sql"]]
    assert 10 <= len(marks) <= 30  # over four connections; ten unless this machine is stopped meanwhile
    assert len(smtp_sink.raw) == 40


def test_claims_of_two_workers_are_disjoint(clock: Clock) -> None:
    messages = [make_message() for _ in range(4)]
    taken = [*claimed(clock, limit=3), *claimed(clock, limit=3)]
    assert [row.pk for row in taken] == [row.pk for row in messages]
    assert claimed(clock) == []


def test_waits_double_up_to_a_limit_and_are_spread() -> None:
    waits = [claim.waiting_time(7, attempts) for attempts in range(1, 12)]
    assert all(claim.FIRST_WAIT <= wait <= claim.LONGEST_WAIT * 1.25 for wait in waits)
    assert waits[0] < waits[1] < waits[2]
    assert len({claim.waiting_time(pk, 3) for pk in range(50)}) > 25


def test_subjects_survive_in_every_length(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    subjects = [
        "短",
        ("word " * 50).strip(),
        "7 项里程碑将到期：智能长城 and more — 最近 2026年12月31日（还有38天）" * 4,
        "one\ntwo",
    ]
    rows = [make_message(key=f"digest/{index}") for index in range(len(subjects))]
    make = words.answer
    by_row = {row.pk: subject for row, subject in zip(rows, subjects, strict=True)}

    def answer(row: OutboxMessage) -> Mail | None:
        mail = make(row)
        return mail and Mail(by_row[row.pk], mail.text, mail.html)

    words.answer = answer
    assert deliver_pending(clock=clock) == 4
    assert [mail["Subject"] for mail in smtp_sink.messages] == [*(one[:300] for one in subjects[:3]), "one two"]
    for raw in smtp_sink.raw:
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert message_from_bytes(raw, policy=policy.default).defects == []


def test_mail_made_on_an_earlier_day_is_made_anew_with_its_message_id(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    message = make_message()
    smtp_sink.refuse_with = "451 later"
    deliver_pending(clock=clock)
    named = stored(message).message_id
    clock.move(days=1)
    smtp_sink.refuse_with = ""
    assert deliver_pending(clock=clock) == 1
    (mail,) = smtp_sink.messages
    assert (len(words.asked), mail["Message-ID"]) == (2, named)
    assert mail["Date"] == "Tue, 24 Nov 2026 00:30:00 +0000"


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("facts", [{}, {"subscription": "none", "invitation": "none"}])
def test_mail_whose_facts_are_gone_leaves_the_queue_at_once_and_holds_up_nobody(
    kind: MessageKind, facts: dict[str, str], clock: Clock, smtp_sink: Sink
) -> None:
    message = make_message(kind=kind, facts=facts)
    invitation = invite_person(by=SYSTEM, now=NOW, full_name="Lin", email="lin@example.org")
    assert deliver_pending(clock=clock) == 1
    waits = {MessageKind.REMINDER, MessageKind.PASSWORD_RESET}  # which nobody misses once there is nothing left to tell
    expected = MessageState.WITHDRAWN if kind in waits else MessageState.FAILED
    assert (stored(message).state, smtp_sink.recipients) == (expected, [[invitation.person.email]])


def test_mail_is_made_anew_once_it_is_another_day_in_any_roadmap(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    make_roadmap(time_zone="America/New_York")
    message = make_message()  # at 08:30 in Shanghai, 19:30 in New York
    smtp_sink.refuse_with = "451 later"
    deliver_pending(clock=clock)
    clock.move(hours=3)
    deliver_pending(clock=clock)
    assert len(words.asked) == 1
    clock.move(hours=3)  # past midnight there
    smtp_sink.refuse_with = ""
    assert (deliver_pending(clock=clock), stored(message).state) == (1, MessageState.SENT)
    assert len(words.asked) == 2
