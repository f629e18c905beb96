"""What every thing that is handed to somebody else's server has in common: its state, its claim, its attempts.

Mails are one kind (``OutboxMessage``). Claiming and marking, the same for every kind, is ``roadmap/outbox/claim.py``.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.text_fields import CharField, TextField
from roadmap.vocabulary import MessageState


class Delivery(models.Model):
    """One thing to be handed over, being handed over, or done with.

    A worker holds the row while it is SENDING under the ``fence`` that it was claimed with; ``leased_until`` says, by
    the database's clock, from when on another may take it over. ``committing_at`` is written right before the step
    after which the other side may have it: a worker that died before that certainly handed nothing over, one that died
    after it leaves an unknown outcome. ``deliver_after`` is when to look at the row next. ``repeats`` counts how often
    it was handed over again although the first copy may have arrived.
    """

    state = CharField(_("state"), max_length=10, choices=MessageState.choices, default=MessageState.PENDING)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    deliver_after = models.DateTimeField(_("not before"))
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    fence = models.PositiveIntegerField(_("fence"), default=0)
    committing_at = models.DateTimeField(_("handing over since"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    repeats = models.PositiveSmallIntegerField(_("sent again, outcome unknown"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = TextField(_("last error"), blank=True)

    class Meta:
        abstract = True
        constraints = [
            one_of("%(class)s", "state", MessageState),
            models.CheckConstraint(
                name="roadmap_%(class)s_sent_has_its_instant",
                condition=~Q(state=MessageState.SENT) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="roadmap_%(class)s_unsure_was_committing",
                condition=~Q(state=MessageState.UNSURE) | Q(committing_at__isnull=False),
            ),
        ]
        indexes = [
            # read by every worker that looks for something to send, in this order
            models.Index(
                fields=["deliver_after", "id"], name="%(class)s_queue", condition=Q(state=MessageState.PENDING)
            ),
            # read by the sweeper for claims whose worker died, and for outcomes to find out
            models.Index(fields=["leased_until"], name="%(class)s_leased", condition=Q(state=MessageState.SENDING)),
            models.Index(fields=["deliver_after"], name="%(class)s_unsure", condition=Q(state=MessageState.UNSURE)),
        ]
