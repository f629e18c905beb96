"""The outbox: one row a mail to one recipient, unique by business facts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.person import Person
from roadmap.vocabulary import Language, MessageKind, MessageState


class OutboxMessage(models.Model):
    """A mail to be sent, being sent, or done with.

    ``key`` names the business fact (``reminder/…``, ``digest/…``), never a run or an instant. ``facts`` is what the
    kind's renderer needs (ids and dates). ``rendered`` holds the mail's bytes once they are made; every attempt sends
    the same bytes with the same Message-ID. A worker holds the row while ``leased_until`` is ahead and ``fence`` is
    the number that it claimed with.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind.choices)
    recipient = models.ForeignKey(
        Person, verbose_name=_("recipient"), on_delete=models.CASCADE, related_name="messages"
    )
    address = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=10, choices=Language.choices)
    facts = models.JSONField(_("facts"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=MessageState.choices, default=MessageState.PENDING)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    deliver_after = models.DateTimeField(_("not before"))
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    fence = models.PositiveIntegerField(_("fence"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=200, blank=True)
    rendered = models.BinaryField(_("mail"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("outbox message")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at", "-id"]
        constraints = [
            one_of("outboxmessage", "kind", MessageKind),
            one_of("outboxmessage", "state", MessageState),
            one_of("outboxmessage", "language", Language),
            models.CheckConstraint(
                name="roadmap_outboxmessage_sent_has_its_instant",
                condition=~Q(state=MessageState.SENT) | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            # read by every worker that looks for mail to send
            models.Index(
                fields=["deliver_after"], name="roadmap_outbox_waiting", condition=Q(state=MessageState.PENDING)
            ),
            # read by the sweeper for claims whose worker died
            models.Index(
                fields=["leased_until"], name="roadmap_outbox_leased", condition=Q(state=MessageState.SENDING)
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.key
