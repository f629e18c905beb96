"""The embedded mailbox keeps each mail byte for byte."""

import mailbox
import smtplib
import socket
import subprocess
import sys
from pathlib import Path

from tests.servers.waiting import PATIENCE

ROOT = Path(__file__).resolve().parent.parent.parent
HEADERS = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?b?5o+Q6YaS?=\r\n"
MAIL = HEADERS + b"\r\n.dot\r\n\xe6\x8f\x90\xe9\x86\x92\r\n"


def test_mailbox_keeps_each_mail_byte_for_byte(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "embedded.mailbox", str(listener.fileno()), str(tmp_path / "mailbox")]
        with subprocess.Popen(command, cwd=ROOT, pass_fds=[listener.fileno()]) as server:
            with smtplib.SMTP("127.0.0.1", listener.getsockname()[1], timeout=PATIENCE) as client:
                client.sendmail("a@example.org", ["b@example.org"], MAIL)
            server.terminate()
            assert server.wait(PATIENCE) == 0
    kept = [path.read_bytes() for path in (tmp_path / "mailbox" / "new").iterdir()]
    assert [mail.replace(b"\r\n", b"\n") for mail in kept] == [MAIL.replace(b"\r\n", b"\n")]
    assert len(mailbox.Maildir(tmp_path / "mailbox")) == 1
