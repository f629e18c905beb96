"""A forgotten password: a link by mail to whoever has the address, and nothing to anybody else."""

from datetime import datetime, timedelta

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse

from roadmap.addresses import mailbox_key
from roadmap.models import OutboxMessage, Person
from roadmap.outbox.insert import NewMessage, insert_once
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import address_of, mail_from
from roadmap.vocabulary import MessageKind, PersonKind


def ask_for_reset(address: str, *, now: datetime) -> None:
    """Send the link to the account of that address, if there is one that signs in by a password. Says nothing.

    Whoever was invited and has no password yet uses the invitation; who signs in elsewhere has none to be reset.
    """
    known = Person.objects.filter(is_active=True, kind=PersonKind.HUMAN, is_sample=False).exclude(email="")
    found = [pk for pk, email in known.values_list("pk", "email") if mailbox_key(email) == mailbox_key(address)]
    person = Person.objects.filter(pk__in=found).first()
    if person is None or not person.has_usable_password():
        return
    message = NewMessage(
        key=f"reset/{person.pk}/{now:%Y%m%d%H%M}",  # asked twice by a double click, it comes once
        kind=MessageKind.PASSWORD_RESET,
        recipient=person,
        facts={"person": person.pk},
        awaited_until=now + _lasting(),
    )
    with transaction.atomic():
        insert_once([message], deliver_after=now)


def reset_still_of_use(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Whether the link would still be waited for; looked at once more before the mail goes."""
    return memory.now < row.created_at + _lasting() and row.recipient.has_usable_password()


def reset_mail(row: OutboxMessage, memory: BatchMemory) -> Mail:
    """The mail with the link."""
    address = address_of(link_of(row.recipient))
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    return mail_from("password_reset", {"person": row.recipient, "address": address, "hours": hours})


def link_of(person: Person) -> str:
    """The path behind which a new password is set. It works until that is done, or the person signs in."""
    link = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return reverse("account_reset_password_from_key", kwargs=link)


def _lasting() -> timedelta:
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
