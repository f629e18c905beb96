"""The receipt source: a journal mailbox that gets a copy of every mail, asked when a mail's outcome is unknown.

Its address is a second recipient of each mail, so it holds what the mail server took; mails are found by Message-ID.
``MAIL_JOURNAL`` names it: ``maildir:/path`` or ``imaps://user:password@host/folder`` (``imap://`` without TLS).
"""

import imaplib
from collections.abc import Collection
from contextlib import closing
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

# Copies bear the time of their arrival by another machine's clock
CLOCKS_DIFFER = timedelta(days=1)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class JournalUnreadable(Exception):
    """The journal can't be asked now; nothing may be concluded from its silence."""


def is_configured() -> bool:
    """Whether there is a receipt source."""
    return bool(settings.MAIL_JOURNAL)


def journal_recipients() -> list[str]:
    """The second recipient of every mail; none where the mail server copies by itself, or nothing is copied."""
    return [settings.MAIL_JOURNAL_ADDRESS] if settings.MAIL_JOURNAL_ADDRESS else []


def arrived(message_ids: Collection[str], *, since: datetime) -> set[str]:
    """Those of the mails, by Message-ID and not handed over before ``since``, that the journal holds.

    Raises JournalUnreadable.
    """
    url = urlsplit(settings.MAIL_JOURNAL)
    try:
        if url.scheme == "maildir":
            return _in_maildir(Path(unquote(url.path)), set(message_ids), since - CLOCKS_DIFFER)
        return _in_folder(url, message_ids, since - CLOCKS_DIFFER)
    except (OSError, imaplib.IMAP4.error) as error:
        raise JournalUnreadable(f"The journal {url.scheme}:{url.hostname or url.path}: {error}") from error


def _in_maildir(folder: Path, message_ids: set[str], since: datetime) -> set[str]:
    found: set[str] = set()
    for part in ("new", "cur"):
        for file in (folder / part).iterdir():
            try:
                if file.stat().st_mtime >= since.timestamp():
                    found |= {_message_id_of(file)} & message_ids
            except FileNotFoundError:  # a reader has just moved it, from new to cur
                found |= {_message_id_of(moved) for moved in (folder / "cur").glob(f"{file.name}*")} & message_ids
    return found


def _message_id_of(file: Path) -> str:
    with file.open("rb") as lines:
        return str(BytesHeaderParser().parse(lines)["Message-ID"] or "").strip()


def _in_folder(url: SplitResult, message_ids: Collection[str], since: datetime) -> set[str]:
    host, seconds = url.hostname or "", float(settings.EMAIL_TIMEOUT)
    server: imaplib.IMAP4
    if url.scheme == "imaps":
        server = imaplib.IMAP4_SSL(host, url.port or 993, timeout=seconds)
    else:
        server = imaplib.IMAP4(host, url.port or 143, timeout=seconds)
    with closing(_Session(server)):
        server.login(unquote(url.username or ""), unquote(url.password or ""))
        _require(server.select(_quoted(unquote(url.path.lstrip("/")) or "INBOX"), readonly=True))
        day = f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"
        found = set()
        for message_id in message_ids:
            (numbers,) = _require(server.search(None, "SINCE", day, "HEADER", "Message-ID", _quoted(message_id)))
            if numbers:
                found.add(message_id)
    return found


class _Session:
    """Ends an IMAP session, whatever state it is in."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self.close = server.shutdown


def _require(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise OSError(f"{status} {data!r}")
    return data


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
