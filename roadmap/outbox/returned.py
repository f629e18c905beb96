"""Mail that comes back: delivery reports (RFC 3464, RFC 6533) and requests to unsubscribe, from one mail or a Maildir.

A report counts only if it names the Message-ID of a mail of ours, which nobody outside can guess; so nobody can have a
stranger's mail stopped by a made-up report. It counts against the very address that this mail went to and no other:
what is said of the journal's mailbox, or of where a reader forwards to, is not said of the reader.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message
from pathlib import Path

from roadmap.addresses import mailbox_key
from roadmap.models import OutboxMessage
from roadmap.outbox.leaving import Leaving, leave, leaving_of
from roadmap.outbox.refusals import is_hard
from roadmap.outbox.suppressing import suppress
from roadmap.vocabulary import SuppressionReason

SEEN = ":2,S"


# Within a report they tell of the mail that is sent back: the whole of it, or its headers alone
SENT_BACK = {
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
}
STATUSES = {"message/delivery-status", "message/global-delivery-status"}
ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}|\+([0-9A-F]{2})")  # in addresses: RFC 6533, 3; RFC 3461, 4
COMMENT = re.compile(r"\([^()]*\)")  # which any field of a report may bear (RFC 3464, 2.1.1)
MESSAGE_ID = re.compile(r"<[^<>\s]+>")
# Programs put words of their own before a subject that is answered or passed on, and marks after it
UNSUBSCRIBE = re.compile(r"\bunsubscribe\s+(\w[\w-]*\.[\w-]+)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Report:
    """What a delivery report says of one recipient of one of our mails."""

    message_id: str
    recipient: str
    action: str
    status: str
    diagnostic: str

    def is_about(self, address: str) -> bool:
        """Whether it speaks of the mailbox of that address itself."""
        return mailbox_key(address) in {
            mailbox_key(self.recipient),
            mailbox_key(ESCAPED.sub(_unescaped, self.recipient)),
        }

    @property
    def is_final(self) -> bool:
        """Whether it says that the mail will never arrive, because nobody is there."""
        return self.action == "failed" and is_hard(self.diagnostic, status=self.status, address=self.recipient)


@dataclass
class Tally:
    """What was found in returned mail, in numbers."""

    suppressed: int = 0
    temporary: int = 0
    unsubscribed: int = 0
    others: int = 0


class _Returned(Message):
    """A mail whose enclosed messages stay text: the parser takes some kinds apart, undecoded, others not at all."""

    def get_content_type(self) -> str:
        """As it is, but for what the parser would take apart."""
        return self.told_type.replace("message/", "text/x-message-")

    @property
    def told_type(self) -> str:
        """The content type as it was said."""
        return super().get_content_type()


def reports_in(raw: bytes) -> list[Report]:
    """The delivery reports within a mail; none when it is no such mail, or names no mail that it is about."""
    mail = message_from_bytes(raw, _class=_Returned, policy=policy.compat32)
    parts = [(part.told_type, _decoded(part)) for part in mail.walk() if isinstance(part, _Returned)]
    enclosed = [message_from_string(text, _class=_Returned)["Message-ID"] for told, text in parts if told in SENT_BACK]
    about = _first_id(*enclosed, mail["In-Reply-To"], mail["References"])
    return [
        Report(
            message_id=about,
            recipient=_without_comment(block, "Final-Recipient").rpartition(";")[2].strip().strip("<>"),
            action=_without_comment(block, "Action").lower(),
            status=_said(block, "Status"),
            diagnostic=_said(block, "Diagnostic-Code"),
        )
        for told, text in parts
        if about and told in STATUSES
        for block in _blocks(text)
        if block["Action"]
    ]


def take_back(raw: bytes, *, now: datetime, tally: Tally) -> None:
    """Act on one returned mail and count it. The same mail again changes nothing."""
    leaving = _leaving_in(raw)
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
    """The mail that the report is about, if it went to the recipient of whom the report speaks."""
    row = OutboxMessage.objects.filter(message_id=report.message_id).order_by("pk").defer("rendered").first()
    return row if row is not None and report.is_about(row.address) else None


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _first_id(*values: str | None) -> str:
    """The first Message-ID that any of the header values holds."""
    return next((found[0] for value in values if (found := MESSAGE_ID.search(str(value or "")))), "")


def _blocks(text: str) -> Iterator[Message]:
    """The groups of fields of a delivery status: one of the mail, then one of each recipient."""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        yield message_from_string(block, _class=_Returned)


def _said(block: Message, name: str) -> str:
    return " ".join(str(block[name] or "").split())


def _without_comment(block: Message, name: str) -> str:
    return COMMENT.sub("", _said(block, name)).strip()


def _unescaped(found: re.Match[str]) -> str:
    number = int(found[1] or found[2], 16)
    return chr(number) if number < 0x110000 else "\ufffd"


def _leaving_in(raw: bytes) -> Leaving | None:
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    found = UNSUBSCRIBE.search(str(mail["Subject"] or ""))
    return leaving_of(found[1]) if found else None
