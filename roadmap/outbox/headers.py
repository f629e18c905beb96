"""The headers by which mail programs know what a mail is: automatic, of a list, and how it is left."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from roadmap.outbox.leaving import Leaving


def manner_headers(kind: str, *, leaving: Leaving | None) -> Iterator[tuple[str, str]]:
    """Names and values for a mail of ``kind``; how it is left only where it may be.

    RFC 3834 (automatic), RFC 2919 (list), RFC 2369 and RFC 8058 (leaving it, by one click).
    """
    yield "Auto-Submitted", "auto-generated"  # keeps absence notices from answering
    yield "X-Auto-Response-Suppress", "All"  # the same for Exchange, which doesn't read the above
    yield "Precedence", "bulk"  # and for older programs
    yield "List-Id", f"<{kind}.{site_host()}>"
    if leaving is not None:
        ways = [f"<{way}>" for way in (leaving.address, leaving.mail_address) if way]
        yield "List-Unsubscribe", ", ".join(ways)
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def site_host() -> str:
    """The name by which this installation calls itself in mails; an address of IPv6 can't stand there."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return host if host and ":" not in host else "localhost"
