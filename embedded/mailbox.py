"""The embedded mailbox: a real SMTP server on this machine that keeps every mail in a Maildir and sends none on."""

import asyncio
import mailbox
import signal
import socket
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 10 * 1024**2


class MaildirHandler:
    """Writes each mail, byte for byte, into a Maildir before it says 250."""

    def __init__(self, folder: Path) -> None:
        self.maildir = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The reply to one message."""
        content = envelope.content or b""
        self.maildir.add(content if isinstance(content, bytes) else content.encode())
        return "250 kept"


async def serve(listener: socket.socket, folder: Path) -> None:
    """Takes mail at ``listener`` until SIGTERM."""
    loop = asyncio.get_running_loop()
    handler = MaildirHandler(folder)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(
        lambda: SMTP(handler, enable_SMTPUTF8=True, hostname="mailbox", data_size_limit=LARGEST_MAIL, loop=loop),
        sock=listener,
    )
    await ended.wait()
    server.close()


if __name__ == "__main__":
    descriptor, maildir = sys.argv[1:]
    asyncio.run(serve(socket.socket(fileno=int(descriptor)), Path(maildir)))
