"""Addresses by which a reader leaves what a mail belongs to. They need no login and never run out (RFC 8058).

Each is signed, so that nobody can make one up. What happens behind them is in ``roadmap.web.views.leaving``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import quote

from django.conf import settings
from django.core.signing import BadSignature, Signer

from roadmap.vocabulary import MessageKind


@dataclass(frozen=True)
class Leaving:
    """What is left: the digest subscription, or the optional reminders of the person, of that number."""

    kind: MessageKind
    pk: int

    @cached_property
    def token(self) -> str:
        """The signed name of it, as it stands in addresses."""
        return _signer().sign(f"{self.kind}-{self.pk}")

    @property
    def address(self) -> str:
        """The full address of the page that asks, and that answers a mail program's one click."""
        return f"{settings.SITE_URL}/unsubscribe/{self.token}/"

    @property
    def mail_address(self) -> str:
        """A ``mailto:`` that leaves by mail; empty where no mailbox for it is set up."""
        to = settings.MAIL_UNSUBSCRIBE
        return f"mailto:{to}?subject={quote(f'unsubscribe {self.token}')}" if to else ""


Leaver = Callable[[int, datetime], bool]
_leavers: dict[str, Leaver] = {}


def register(kind: str, leaver: Leaver) -> None:
    """Say how mail of ``kind`` is left, by number; called once at start. It returns False when that number is gone."""
    _leavers[kind] = leaver


def leave(leaving: Leaving, *, now: datetime) -> bool:
    """Leave it, as by the page's button; twice changes nothing more. False when it, or the account, is gone."""
    return _leavers[leaving.kind](leaving.pk, now)


def leaving_of(token: str) -> Leaving | None:
    """What ``token`` leaves; None unless it was signed here."""
    try:
        kind, _dash, number = _signer().unsign(token).partition("-")
        return Leaving(MessageKind(kind), int(number))
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    return Signer(salt="roadmap.leaving", sep=".")
