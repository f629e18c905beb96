"""Mail that comes back: delivery reports (RFC 3464) and requests to unsubscribe, from one mail or a Maildir.

A report counts only if it names the Message-ID of a mail of ours, which nobody outside can guess; so nobody can have a
stranger's mail stopped by a made-up report.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path

from roadmap.models import OutboxMessage
from roadmap.outbox.leaving import leave, leaving_of
from roadmap.outbox.refusals import is_hard
from roadmap.outbox.suppressing import suppress
from roadmap.vocabulary import SuppressionReason

SEEN = ":2,S"


@dataclass(frozen=True)
class Report:
    """What a delivery report says of one recipient of one of our mails."""

    message_id: str
    action: str
    status: str
    diagnostic: str

    @property
    def is_final(self) -> bool:
        """Whether it says that the mail will never arrive, because of the address."""
        return self.action == "failed" and is_hard(self.diagnostic, status=self.status)


@dataclass
class Tally:
    """What was found in returned mail, in numbers."""

    suppressed: int = 0
    temporary: int = 0
    unsubscribed: int = 0
    others: int = 0


def reports_in(raw: bytes) -> list[Report]:
    """The delivery reports within a mail; none when it is no such mail, or names no mail that it is about."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    message_id = _about(mail)
    if not message_id:
        return []
    return [
        Report(
            message_id=message_id,
            action=_said(block, "Action").lower(),
            status=_said(block, "Status").partition(" ")[0],
            diagnostic=_said(block, "Diagnostic-Code"),
        )
        for block in _recipients(mail)
    ]


def take_back(raw: bytes, *, now: datetime, tally: Tally) -> None:
    """Act on one returned mail and count it. The same mail again changes nothing."""
    leaving = leaving_of(_token_in(raw))
    if leaving is not None and leave(leaving, now=now):
        tally.unsubscribed += 1
        return
    known = [(report, row) for report in reports_in(raw) if (row := _row(report)) is not None]
    for report, row in known:
        evidence = f"{report.status} {report.diagnostic}".strip()
        if not report.is_final:
            tally.temporary += 1
        elif suppress(row, reason=SuppressionReason.RETURNED, evidence=evidence, now=now):
            tally.suppressed += 1
    tally.others += not known


def take_back_all(maildir: Path, *, now: datetime) -> Tally:
    """The same for every new mail of a Maildir; each is marked as seen once it is dealt with."""
    tally = Tally()
    for file in sorted((maildir / "new").glob("*")):
        take_back(file.read_bytes(), now=now, tally=tally)
        (maildir / "cur").mkdir(exist_ok=True)
        file.rename(maildir / "cur" / f"{file.name}{SEEN}")
    return tally


def _row(report: Report) -> OutboxMessage | None:
    return OutboxMessage.objects.filter(message_id=report.message_id).order_by("pk").first()


def _about(mail: Message) -> str:
    """The Message-ID of the mail that is sent back, whole or its headers alone."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            return _said(inner[0], "Message-ID") if isinstance(inner, list) and inner else ""
        if part.get_content_type() == "text/rfc822-headers":
            return _said(message_from_bytes(part.get_payload(decode=True) or b""), "Message-ID")  # type: ignore[arg-type]
    return ""


def _recipients(mail: Message) -> Iterator[Message]:
    """The blocks of a delivery status that speak of a recipient each."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            yield from (block for block in blocks if isinstance(block, Message) and block["Action"])


def _said(block: object, name: str) -> str:
    return " ".join(str(block[name] or "").split()) if isinstance(block, Message) else ""


def _token_in(raw: bytes) -> str:
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    word, _space, token = str(mail["Subject"] or "").strip().partition(" ")
    return token.strip() if word.lower() == "unsubscribe" else ""
