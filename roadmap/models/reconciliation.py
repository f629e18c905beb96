"""How far the comparisons of what was planned with what should have been planned have come: one row a kind."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.text_fields import CharField


class Reconciliation(models.Model):
    """A round of comparing goes through all rows of one kind, a slice at a time, and begins anew at its end.

    ``position`` is the number of the last row compared in the present round. ``put_right`` counts what was wrong and
    put right in it, ``put_right_last_round`` in the one that ended at ``round_ended_at``, ``put_right_in_all`` ever.
    """

    name = CharField(_("name"), max_length=40, unique=True)
    position = models.PositiveBigIntegerField(_("checked up to"), default=0)
    put_right = models.PositiveIntegerField(_("corrected in this round"), default=0)
    round_ended_at = models.DateTimeField(_("last full round"), null=True, blank=True)
    put_right_last_round = models.PositiveIntegerField(_("corrected in the last full round"), default=0)
    put_right_in_all = models.PositiveBigIntegerField(_("corrected in all"), default=0)
    last_put_right_at = models.DateTimeField(_("last correction"), null=True, blank=True)

    class Meta:
        verbose_name = _("comparison with the plan")
        verbose_name_plural = _("comparisons with the plan")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
