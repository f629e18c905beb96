"""Whether anything may go out by one way, such as mail: the circuit breaker's and the hold's memory, shared by all."""

from secrets import token_hex

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.history import change_history
from roadmap.models.person import Person
from roadmap.models.text_fields import CharField, JSONField, TextField


def new_identity() -> str:
    """A name for this database's count of sent mails, by which marks kept elsewhere are known as its own."""
    return token_hex(8)


class DeliveryGate(models.Model):
    """One way out, by ``name``.

    The breaker: ``strikes`` are the numbers of the different deliveries that met trouble in a row; while
    ``closed_until`` is set, one delivery at a time tries whether the trouble is over, after pauses that grow with
    ``probes``. The hold: nothing goes out from ``held_since`` on until a person releases it. ``sent_total`` counts all
    that was sent, ``pulse`` all that and every look besides; a smaller one than is known elsewhere means that the
    database is an older one. ``place`` is where it was last at work, which no restored copy is. The pace: so many were
    ``taken_in_minute``, which ``minute_began_at``.
    """

    name = CharField(_("name"), max_length=80, unique=True)
    strikes = JSONField(_("failures in a row"), default=list, blank=True)
    closed_until = models.DateTimeField(_("next try"), null=True, blank=True)
    probes = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    held_since = models.DateTimeField(_("paused since"), null=True, blank=True)
    held_reason = TextField(_("reason for the pause"), blank=True)
    held_by = models.ForeignKey(
        Person, verbose_name=_("paused by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    identity = CharField(_("identity"), max_length=16, default=new_identity, editable=False)
    sent_total = models.PositiveBigIntegerField(_("sent in all"), default=0)
    pulse = models.PositiveBigIntegerField(_("steps in all"), default=0, editable=False)
    place = CharField(_("place of the database"), max_length=120, blank=True, default="", editable=False)
    minute_began_at = models.DateTimeField(_("minute began at"), null=True, blank=True, editable=False)
    taken_in_minute = models.PositiveIntegerField(_("taken in this minute"), default=0, editable=False)
    last_tick_at = models.DateTimeField(_("last check"), null=True, blank=True)

    history = change_history(
        excluded_fields=[
            "strikes",
            "closed_until",
            "probes",
            "identity",
            "sent_total",
            "pulse",
            "place",
            "minute_began_at",
            "taken_in_minute",
            "last_tick_at",
        ]
    )

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sending")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="roadmap_deliverygate_hold_has_its_reason",
                condition=Q(held_since__isnull=True) | ~Q(held_reason=""),
                violation_error_message=_("Say why."),
            )
        ]

    def __str__(self) -> str:
        return self.name
