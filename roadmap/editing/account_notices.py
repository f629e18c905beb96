"""Mails by which people hear that a password, an address or a second factor of theirs was changed, by whomever."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models import OutboxMessage, Person
from roadmap.models.outbox import GOES_TO
from roadmap.outbox.insert import NewMessage, insert_once
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import address_of, mail_from
from roadmap.vocabulary import MessageKind, PersonKind


class Changed(StrEnum):
    """What was changed."""

    PASSWORD = "password"  # noqa: S105
    ADDRESS = "address"
    FACTOR_ADDED = "factor-added"
    FACTOR_REMOVED = "factor-removed"
    RECOVERY_CODES = "recovery-codes"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


def tell_of_change(person: Person, what: Changed, *, now: datetime, former_address: str = "") -> None:
    """A mail to the person, at any hour; of another address, to the former one too. In the transaction of the change.

    Programs and made-up people get none.
    """
    if person.kind != PersonKind.HUMAN or person.is_sample:
        return
    for former in [False, True] if former_address else [False]:
        if not (former or person.email):
            continue
        facts: dict[str, Any] = {"what": what.value, "at": now.isoformat()}
        if former:
            facts[GOES_TO] = former_address
        message = NewMessage(
            key=f"account/{person.pk}/{what.value}/{now.isoformat()}{'/former' if former else ''}",
            kind=MessageKind.ACCOUNT_NOTICE,
            recipient=person,
            facts=facts,
            awaited_until=now + timedelta(days=1),
        )
        insert_once([message], deliver_after=now)


def notice_mail(row: OutboxMessage, memory: BatchMemory) -> Mail:
    """The mail."""
    at = datetime.fromisoformat(row.facts["at"]).astimezone(ZoneInfo(row.recipient.time_zone))
    what = Changed(row.facts["what"])
    return mail_from(
        "account_notice",
        {
            "person": row.recipient,
            "what": {
                Changed.PASSWORD: _("Your password was changed"),
                Changed.ADDRESS: _("Your address was changed"),
                Changed.FACTOR_ADDED: _("A second factor was added to your account"),
                Changed.FACTOR_REMOVED: _("A second factor was removed from your account"),
                Changed.RECOVERY_CODES: _("You have new recovery codes"),
                Changed.CONNECTED: _("Your organisation's sign-in was connected to your account"),
                Changed.DISCONNECTED: _("Your organisation's sign-in was disconnected from your account"),
            }[what],
            "at": date_format(at, "DATETIME_FORMAT"),
            "zone": row.recipient.time_zone,
            "address": address_of(reverse("web:account")),
        },
    )
