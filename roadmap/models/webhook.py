"""Webhooks: who is told of which changes at which address, and what became of each telling."""

from datetime import timedelta
from itertools import combinations
from secrets import token_hex
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.delivery import Delivery
from roadmap.models.history import change_history
from roadmap.models.organisation import Organisation
from roadmap.models.person import Person
from roadmap.models.text_fields import CharField, TextField
from roadmap.vocabulary import HookEvent

ADDRESS_CHARACTERS = 500
TOLD_CHARACTERS = 1024


def new_salt() -> str:
    """What makes a webhook's secret its own."""
    return token_hex(16)


def event_words(events: "set[str] | frozenset[str]") -> str:
    """Events as they are stored: each once, in the vocabulary's order, with spaces."""
    return " ".join(event.value for event in HookEvent if event in events)


def _all_choices() -> list[str]:
    numbers = range(1, len(HookEvent) + 1)
    return [event_words(set(some)) for number in numbers for some in combinations(HookEvent, number)]


class Webhook(models.Model):
    """An address that is told of events, of one branch or of all. Its secret is derived from ``salt``, never stored.

    ``failing_since`` is when the first of the latest failures in a row came; after ``PATIENCE`` it is switched off.
    """

    PATIENCE = timedelta(days=5)

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="webhooks")
    url = CharField(_("address"), max_length=ADDRESS_CHARACTERS)
    events = CharField(_("events"), max_length=120)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Of this branch only; empty: of all."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    salt = CharField(_("salt"), max_length=32, default=new_salt, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(_("switched off automatically at"), null=True, blank=True, editable=False)

    history = change_history(excluded_fields=["salt", "failing_since"])

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="roadmap_webhook_events_known",
                condition=Q(events__in=_all_choices()),
                violation_error_message=_("Choose at least one of the events."),
            ),
            models.CheckConstraint(
                name="roadmap_webhook_switched_off_is_inactive",
                condition=Q(disabled_at__isnull=True) | Q(is_active=False),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def event_set(self) -> frozenset[HookEvent]:
        """Of what it is told."""
        return frozenset(HookEvent(word) for word in self.events.split())


class WebhookDelivery(Delivery):
    """One event to be told to one webhook; ``body`` is what is sent, ``number`` its name for both sides."""

    webhook = models.ForeignKey(Webhook, verbose_name=_("webhook"), on_delete=models.CASCADE, related_name="deliveries")
    number = models.UUIDField(_("number"), default=uuid4, unique=True)
    event = CharField(_("event"), max_length=30)
    body = TextField(_("body"))

    class Meta(Delivery.Meta):
        abstract = False
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-id"]
        constraints = [*Delivery.Meta.constraints]
        indexes = [*Delivery.Meta.indexes]

    def __str__(self) -> str:
        return str(self.number)


class WebhookAttempt(models.Model):
    """One try to hand a delivery over: what was answered, or why nothing was."""

    delivery = models.ForeignKey(
        WebhookDelivery, verbose_name=_("webhook delivery"), on_delete=models.CASCADE, related_name="tries"
    )
    tried_at = models.DateTimeField(_("tried at"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    answer = CharField(_("answer"), max_length=TOLD_CHARACTERS, blank=True)
    error = CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.status or self.error}"
