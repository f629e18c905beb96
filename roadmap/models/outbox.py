"""The outbox: one row a mail to one recipient, unique by business facts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.delivery import Delivery
from roadmap.models.person import Person
from roadmap.models.text_fields import CharField, EmailField, JSONField
from roadmap.vocabulary import Language, MessageKind

GOES_TO = "goes_to"  # in the facts: an address of the recipient's that isn't theirs any more


class OutboxMessage(Delivery):
    """A mail to be sent, being sent, or done with.

    ``key`` names the business fact (``reminder/…``, ``digest/…``), never a run or an instant. ``facts`` is what the
    kind's renderer needs (ids and dates). ``rendered`` holds the mail's bytes once they are made; every attempt of
    the same day sends the same bytes, and every attempt at all when one of unknown outcome came before it.

    ``awaited_until``: its reader chose its time, so quiet hours don't hold it up before then. ``of_use_until``: the
    last day on which it helps, by which it may wait for a working day (none: it doesn't).
    """

    key = CharField(_("key"), max_length=200, unique=True)
    kind = CharField(_("kind"), max_length=10, choices=MessageKind.choices)
    recipient = models.ForeignKey(
        Person, verbose_name=_("recipient"), on_delete=models.CASCADE, related_name="messages"
    )
    address = EmailField(_("address"))
    language = CharField(_("language"), max_length=10, choices=Language.choices)
    facts = JSONField(_("facts"), default=dict)
    awaited_until = models.DateTimeField(_("awaited until"), null=True, blank=True)
    of_use_until = models.DateField(_("of use until"), null=True, blank=True)
    subject = CharField(_("subject"), max_length=300, blank=True)
    message_id = CharField(_("Message-ID"), max_length=200, blank=True)
    rendered = models.BinaryField(_("mail"), null=True, blank=True)
    rendered_at = models.DateTimeField(_("made at"), null=True, blank=True)

    class Meta(Delivery.Meta):
        abstract = False
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at", "-id"]
        constraints = [
            *Delivery.Meta.constraints,
            one_of("outboxmessage", "kind", MessageKind),
            one_of("outboxmessage", "language", Language),
        ]
        indexes = [*Delivery.Meta.indexes]

    @property
    def goes_to(self) -> str:
        """Where its reader is reached now, whatever was known when it was planned; empty where they aren't."""
        return str(self.facts.get(GOES_TO) or self.recipient.email)

    def __str__(self) -> str:
        return self.subject or self.key
