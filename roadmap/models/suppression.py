"""Addresses to which nothing is sent any more, because mail to them was refused for good or came back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.outbox import OutboxMessage
from roadmap.models.person import Person
from roadmap.models.text_fields import CharField, EmailField, TextField
from roadmap.vocabulary import SuppressionReason


class SuppressedAddress(models.Model):
    """From when on, why, and by what evidence nothing is sent to ``address`` (in lower case), until it is lifted.

    It holds for the address, not the person: with a new address, mail reaches them again.
    """

    address = EmailField(_("address"))
    reason = CharField(_("reason"), max_length=10, choices=SuppressionReason.choices)
    evidence = TextField(_("what the mail server said"), blank=True)
    message = models.ForeignKey(
        OutboxMessage, verbose_name=_("mail"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    since = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        Person, verbose_name=_("lifted by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    history = change_history(excluded_fields=["message"])

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-since", "-id"]
        constraints = [
            one_of("suppressedaddress", "reason", SuppressionReason),
            models.UniqueConstraint(
                fields=["address"], name="roadmap_suppressedaddress_once", condition=Q(lifted_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.address
