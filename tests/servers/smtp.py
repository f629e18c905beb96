"""A real SMTP server in a thread that keeps what it is given and can be told to refuse."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from mailbox import Maildir
from socket import socket
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """Mails received so far, in order. ``refuse_with`` (such as ``"451 later"``) refuses every further message;
    ``refuse_addresses`` maps a recipient's address to the reply that its RCPT gets; until it ``goes_on``, messages
    get no reply, and those that wait for one are in ``held``; each reply takes ``seconds_a_mail``; ``journal`` gets a
    copy of each."""

    host: str = "127.0.0.1"
    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuse_with: str = ""
    refuse_addresses: dict[str, str] = field(default_factory=dict)
    goes_on: Event = field(default_factory=Event)
    held: list[bytes] = field(default_factory=list)
    seconds_a_mail: float = 0
    journal: Maildir | None = None

    @property
    def messages(self) -> list[EmailMessage]:
        """The mails, parsed."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    def forget(self) -> None:
        """Empties the sink and lets it accept everything again."""
        self.raw.clear()
        self.recipients.clear()
        self.refuse_addresses.clear()
        self.refuse_with = ""
        self.goes_on.set()
        self.held.clear()
        self.journal, self.seconds_a_mail = None, 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The reply to one recipient."""
        if address in self.refuse_addresses:
            return self.refuse_addresses[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The reply to one message."""
        if self.refuse_with:
            return self.refuse_with
        if not self.goes_on.is_set():
            self.held.append(_bytes_of(envelope))
            await asyncio.to_thread(self.goes_on.wait)
        if self.seconds_a_mail:
            self.held.append(_bytes_of(envelope))
            await asyncio.to_thread(Event().wait, self.seconds_a_mail)
        if self.journal is not None:
            self.journal.add(_bytes_of(envelope))
        self.raw.append(_bytes_of(envelope))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"


def _bytes_of(envelope: Envelope) -> bytes:
    content = envelope.content or b""
    return content if isinstance(content, bytes) else content.encode()


@contextmanager
def running_sink() -> Iterator[Sink]:
    """A sink on a free loopback port."""
    sink = Sink()
    sink.goes_on.set()
    with socket() as probe:  # the controller knocks at the port that it was given, so 0 won't do
        probe.bind((sink.host, 0))
        sink.port = probe.getsockname()[1]
    controller = Controller(sink, hostname=sink.host, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
