"""Addresses that refuse mail: found when sending and in delivery reports, spared from then on, lifted by a person."""

from email.message import EmailMessage
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from roadmap.digests.subscriptions import subscribe
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Milestone, OutboxMessage, Person, SuppressedAddress
from roadmap.models.history import SYSTEM, Actor
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.leaving import Leaving
from roadmap.outbox.returned import Tally, reports_in, take_back
from roadmap.outbox.suppressing import lift, suppress, suppressed_addresses
from roadmap.vocabulary import Door, MessageKind, MessageState, SuppressionReason
from tests.factories import make_milestone, make_office_person, make_organisation, make_person, make_roadmap
from tests.outbox.conftest import NOW, Clock, Words, make_message
from tests.servers.smtp import Sink

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True))


def suppressed(message: OutboxMessage) -> SuppressedAddress:
    suppress(message, reason=SuppressionReason.REFUSED, evidence="550 5.1.1 no such user", now=NOW)
    return SuppressedAddress.objects.get(lifted_at__isnull=True)


def report(
    message_id: str, *, action: str = "failed", status: str = "5.1.1", diagnostic: str = "smtp; 550 5.1.1 User unknown"
) -> bytes:
    """A delivery report as a mail server writes it (RFC 3464), about the mail of that Message-ID."""
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nTo: tracker@example.org\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; lin@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {diagnostic}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


def test_refused_recipient_is_suppressed_with_the_servers_words(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    message = make_message(make_person(email="Lin@example.org"))
    smtp_sink.refuse_addresses = {"Lin@example.org": "550 5.1.1 no such user"}
    assert deliver_pending(clock=clock) == 0
    (row,) = SuppressedAddress.objects.all()
    assert (states(), row.address, row.reason, row.evidence, row.since, row.message) == (
        [MessageState.FAILED],
        "lin@example.org",
        SuppressionReason.REFUSED,
        "550 5.1.1 no such user",
        NOW,
        message,
    )


@pytest.mark.parametrize(
    "reply", ["452 4.2.2 mailbox full", "552 5.2.2 mailbox full", "550 5.7.1 policy", "550 SPF check failed"]
)
def test_full_mailbox_and_policy_do_not_suppress(reply: str, clock: Clock, words: Words, smtp_sink: Sink) -> None:
    make_message(make_person(email="lin@example.org"))
    smtp_sink.refuse_addresses = {"lin@example.org": reply}
    deliver_pending(clock=clock)
    assert SuppressedAddress.objects.count() == 0


def test_refusal_of_the_mail_itself_does_not_suppress(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    make_message()
    smtp_sink.refuse_with = "550 5.1.1 no such user"
    deliver_pending(clock=clock)
    assert (states(), SuppressedAddress.objects.count()) == ([MessageState.FAILED], 0)


def test_suppressed_address_gets_no_mail_and_a_new_address_does(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    person = make_person(email="lin@example.org")
    suppressed(make_message(person, state=MessageState.FAILED))
    make_message(person)
    assert deliver_pending(clock=clock) == 0
    Person.objects.filter(pk=person.pk).update(email="new@example.org")
    make_message(person)
    assert deliver_pending(clock=clock) == 1
    assert (states(), smtp_sink.recipients) == (
        [MessageState.FAILED, MessageState.WITHDRAWN, MessageState.SENT],
        [["new@example.org"]],
    )


@pytest.mark.both_databases("roadmap.outbox.suppressing")
def test_lifted_address_gets_mail_again(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    person, office = make_person(email="lin@example.org"), make_office_person()
    row = suppressed(make_message(person, state=MessageState.FAILED))
    lift(row, by=Actor(office, Door.ADMIN), now=NOW)
    make_message(person)
    assert deliver_pending(clock=clock) == 1
    row.refresh_from_db()
    assert (row.lifted_by, suppressed_addresses()) == (office, frozenset())
    with pytest.raises(InvalidChange):
        lift(row, by=SYSTEM, now=NOW)
    with pytest.raises(NotAllowed):
        lift(row, by=Actor(person, Door.ADMIN), now=NOW)


def test_address_can_be_suppressed_again_after_it_was_lifted(db: None) -> None:
    message = make_message()
    assert suppress(message, reason=SuppressionReason.REFUSED, evidence="", now=NOW) is True
    assert suppress(message, reason=SuppressionReason.RETURNED, evidence="", now=NOW) is False
    lift(SuppressedAddress.objects.get(), by=SYSTEM, now=NOW)
    assert suppress(message, reason=SuppressionReason.RETURNED, evidence="", now=NOW) is True
    assert SuppressedAddress.objects.count() == 2


def test_planner_looks_anew_at_what_the_unreached_answer_for(db: None) -> None:
    person = make_person()
    unit = make_organisation(lead=person)
    owned, below = make_milestone(owner=person), make_milestone(organisation=make_organisation(unit))
    other = make_milestone()
    suppressed(make_message(person))
    looked_at = dict(Milestone.objects.values_list("pk", "remind_at"))
    assert looked_at == {owned.pk: NOW, below.pk: NOW, other.pk: None}


@pytest.mark.parametrize(
    ("fields", "found", "count"),
    [
        ({}, {"suppressed": 1}, 1),
        ({"status": "5.0.0", "diagnostic": "smtp; 550 No such user"}, {"suppressed": 1}, 1),
        ({"action": "delayed", "status": "4.4.1", "diagnostic": "smtp; 450 later"}, {"temporary": 1}, 0),
        ({"status": "5.2.2", "diagnostic": "smtp; 552 5.2.2 mailbox full"}, {"temporary": 1}, 0),
        ({"action": "delivered", "status": "2.0.0", "diagnostic": ""}, {"temporary": 1}, 0),
    ],
)
def test_delivery_report_suppresses_only_what_failed_for_good(
    fields: dict[str, str], found: dict[str, int], count: int
) -> None:
    make_message(make_person(email="lin@example.org"), message_id="<digest.abc@127.0.0.1>")
    tally = Tally()
    take_back(report("<digest.abc@127.0.0.1>", **fields), now=NOW, tally=tally)
    assert (tally, SuppressedAddress.objects.count()) == (Tally(**found), count)


def test_report_about_no_mail_of_ours_stops_nobodys_mail(db: None) -> None:
    make_message(make_person(email="lin@example.org"), message_id="<digest.abc@127.0.0.1>")
    tally = Tally()
    take_back(report("<guessed@127.0.0.1>"), now=NOW, tally=tally)
    take_back(report(""), now=NOW, tally=tally)
    take_back(b"Subject: hello\r\n\r\nno report at all", now=NOW, tally=tally)
    take_back(b"\xff\xfe not even a mail", now=NOW, tally=tally)
    assert (tally, SuppressedAddress.objects.count()) == (Tally(others=4), 0)


def test_report_with_the_whole_mail_is_understood_too() -> None:
    sent = EmailMessage()
    sent["Message-ID"], sent["Subject"] = "<digest.abc@127.0.0.1>", "摘要"
    sent.set_content("你好")
    raw = report("<x>").replace(
        b"Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID: <x>\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" + sent.as_bytes(),
    )
    assert [(one.message_id, one.is_final) for one in reports_in(raw)] == [("<digest.abc@127.0.0.1>", True)]


def test_command_reads_one_mail_from_the_standard_input_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    make_message(make_person(email="lin@example.org"), message_id="<digest.abc@127.0.0.1>")
    said = StringIO()
    for _ in range(2):
        stream = TextIOWrapper(BytesIO(report("<digest.abc@127.0.0.1>")))
        monkeypatch.setattr("sys.stdin", stream)
        call_command("bounces", stdout=said)
    assert said.getvalue().splitlines() == [
        "1 addresses suppressed, 0 temporary, 0 unsubscribed, 0 of another kind.",
        "0 addresses suppressed, 0 temporary, 0 unsubscribed, 0 of another kind.",
    ]


def test_command_empties_a_maildir_and_unsubscribes_by_mail(tmp_path: Path) -> None:
    reader = make_person(email="lin@example.org")
    make_message(reader, message_id="<digest.abc@127.0.0.1>", facts={"subscription": 0})
    subscription = subscribe(reader, make_roadmap(), by=SYSTEM, now=NOW)
    (tmp_path / "new").mkdir()
    token = Leaving(MessageKind.DIGEST, subscription.pk).token
    (tmp_path / "new" / "1").write_bytes(report("<digest.abc@127.0.0.1>"))
    (tmp_path / "new" / "2").write_bytes(f"Subject: Unsubscribe {token}\r\n\r\n".encode())
    said = StringIO()
    call_command("bounces", maildir=str(tmp_path), stdout=said)
    call_command("bounces", maildir=str(tmp_path), stdout=said)
    subscription.refresh_from_db()
    assert said.getvalue().splitlines() == [
        "1 addresses suppressed, 0 temporary, 1 unsubscribed, 0 of another kind.",
        "0 addresses suppressed, 0 temporary, 0 unsubscribed, 0 of another kind.",
    ]
    assert (subscription.is_active, sorted(file.name for file in (tmp_path / "cur").iterdir())) == (
        False,
        ["1:2,S", "2:2,S"],
    )
    with pytest.raises(CommandError, match="is no Maildir"):
        call_command("bounces", maildir=str(tmp_path / "nowhere"))
