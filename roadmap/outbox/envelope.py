"""The envelope of a finished mail: who sends it, who gets it, and who gets a copy as its receipt."""

from email.utils import parseaddr

from django.conf import settings

from roadmap.addresses import ascii_address
from roadmap.models import OutboxMessage
from roadmap.outbox.letter import Letter
from roadmap.outbox.receipts import journal_recipients


def letter_of(row: OutboxMessage) -> Letter:
    """The mail of ``row``, which is made, as it is handed to the mail server."""
    _name, sender = parseaddr(settings.MAIL_RETURN_PATH or settings.DEFAULT_FROM_EMAIL)
    assert row.rendered is not None  # noqa: S101  # made before it is loaded
    return Letter(bytes(row.rendered), sender, [ascii_address(row.address), *journal_recipients()])
