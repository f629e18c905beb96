"""Delivery reports as the mail servers of others write them: whom they stop mail to, and whom they don't.

The reports in ``reports/`` are about one mail, ``MESSAGE_ID``, to lin@example.org (or, where they are of RFC 6533, to
lin@海关.中国).
"""

from email.message import EmailMessage
from pathlib import Path

import pytest

from roadmap.digests.subscriptions import subscribe
from roadmap.models import SuppressedAddress
from roadmap.models.history import SYSTEM
from roadmap.outbox.leaving import Leaving
from roadmap.outbox.returned import Tally, take_back
from roadmap.vocabulary import MessageKind
from tests.factories import make_person, make_roadmap
from tests.outbox.conftest import NOW, make_message

pytestmark = pytest.mark.django_db

REPORTS = Path(__file__).parent / "reports"
MESSAGE_ID = "<digest.5f2c@roadmap.example.org>"
STOPPED, UNREACHED, NOT_OURS = Tally(suppressed=1), Tally(temporary=1), Tally(others=1)
OUTCOMES = {
    "postfix": STOPPED,
    "postfix-local": STOPPED,
    "postfix-both": STOPPED,
    "postfix-journal": NOT_OURS,
    "postfix-forwarded": NOT_OURS,
    "postfix-delayed": UNREACHED,
    "postfix-code-in-a-host": UNREACHED,
    "exim": STOPPED,
    "exim-forwarded": NOT_OURS,
    "exim-sender-verify": UNREACHED,
    "exchange": STOPPED,
    "exchange-without-the-mail": STOPPED,
    "exchange-too-large": UNREACHED,
    "exchange-access-denied": UNREACHED,
    "exchange-loop": UNREACHED,
    "gmail": STOPPED,
    "gmail-rate": UNREACHED,
    "gmail-unauthenticated": UNREACHED,
    "qq": STOPPED,
    "qq-content": UNREACHED,
    "qq-access": UNREACHED,
    "163": STOPPED,
    "163-user-not-found": STOPPED,
    "163-spf": UNREACHED,
    "163-full": UNREACHED,
    "aliyun": STOPPED,
    "rfc6533": STOPPED,
    "rfc6533-base64": STOPPED,
}


def returned(raw: bytes) -> Tally:
    tally = Tally()
    take_back(raw, now=NOW, tally=tally)
    return tally


def stopped() -> list[str]:
    return list(SuppressedAddress.objects.values_list("address", flat=True))


def test_every_report_has_its_outcome() -> None:
    assert {file.stem for file in REPORTS.glob("*.eml")} == set(OUTCOMES)


@pytest.mark.parametrize("name", OUTCOMES)
def test_report_stops_mail_only_to_a_reader_who_is_not_there(name: str) -> None:
    address = "lin@海关.中国" if name.startswith("rfc6533") else "lin@example.org"
    make_message(make_person(email=address), message_id=MESSAGE_ID)
    raw = (REPORTS / f"{name}.eml").read_bytes()
    assert (returned(raw), stopped()) == (OUTCOMES[name], [address] if OUTCOMES[name] is STOPPED else [])
    assert returned(raw.replace(b"\n", b"\r\n")).suppressed == 0  # the same again


@pytest.mark.parametrize(
    "instead",
    [
        {"Final-Recipient: rfc822; lin@example.org": "Final-Recipient: rfc822; lin@example.org (Lin of Gongbei)"},
        {"Final-Recipient: rfc822; lin@example.org": "Final-Recipient: lin@example.org"},
        {"Action: failed": "Action: Failed (bounced)"},
    ],
)
def test_fields_of_a_report_may_bear_comments_and_lack_their_type(instead: dict[str, str]) -> None:
    make_message(make_person(email="lin@example.org"), message_id=MESSAGE_ID)
    report = (REPORTS / "postfix.eml").read_text(encoding="utf-8")
    for told, otherwise in instead.items():
        assert told in report
        report = report.replace(told, otherwise)
    assert (returned(report.encode()), stopped()) == (STOPPED, ["lin@example.org"])


def test_report_about_a_former_address_leaves_the_new_one_alone() -> None:
    make_message(make_person(email="lan@example.org"), message_id=MESSAGE_ID)
    assert (returned((REPORTS / "postfix.eml").read_bytes()), stopped()) == (NOT_OURS, [])


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("lin@海关.中国", "rfc822; lin@xn--d6qv69d.xn--fiqs8s"),
        ("lin@xn--d6qv69d.xn--fiqs8s", "utf-8; lin@海关.中国"),
        ("Lin+map@Example.org", "rfc822;<lin+map@example.ORG>"),
        ("lin+map@example.org", "rfc822;lin+2Bmap@example.org"),
        ("size-limit@example.org", "rfc822; size-limit@example.org"),
    ],
)
def test_recipient_is_known_in_every_way_of_writing(address: str, named: str) -> None:
    make_message(make_person(email=address), message_id=MESSAGE_ID)
    raw = (REPORTS / "postfix-local.eml").read_text()
    assert returned(raw.replace("rfc822; lin@example.org", named).encode()) == STOPPED


@pytest.mark.parametrize(
    "subject",
    [
        "unsubscribe {}",
        "Unsubscribe  {}",
        "Re: unsubscribe {}",
        "AW: WG: [EXTERN] unsubscribe {}",
        "[EXT] UNSUBSCRIBE {} (external mail)",
        "回复：unsubscribe {}",
        "转发: 答复: unsubscribe {} 【外部邮件】",
        "RE：【外部】unsubscribe {}",
    ],
)
def test_reader_leaves_by_mail_whatever_programs_write_around_the_subject(subject: str) -> None:
    subscription = subscribe(make_person(), make_roadmap(), by=SYSTEM, now=NOW)
    mail = EmailMessage()
    mail["Subject"] = subject.format(Leaving(MessageKind.DIGEST, subscription.pk).token)
    mail.set_content("")
    assert returned(bytes(mail)) == Tally(unsubscribed=1)
    subscription.refresh_from_db()
    assert subscription.is_active is False


def test_mail_with_another_subject_leaves_nothing() -> None:
    subscription = subscribe(make_person(), make_roadmap(), by=SYSTEM, now=NOW)
    token = Leaving(MessageKind.DIGEST, subscription.pk).token
    for subject in (token, f"Resubscribe {token}", f"unsubscribe {token}x", f"unsubscribe x{token}", "unsubscribe"):
        assert returned(f"Subject: {subject}\r\n\r\n".encode()) == NOT_OURS
