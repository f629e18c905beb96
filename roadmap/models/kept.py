"""Sums that were worked out once for a revision of the plan and hold for as long as it is the latest."""

from django.db import models
from django.utils.translation import gettext_lazy as _

SLOTS = 1024


class KeptSums(models.Model):
    """The rows of one answer. A slot is chosen by the question's digest; a later question may take it over.

    So the table never has more than ``SLOTS`` rows. They hold only while ``revision`` is the latest.
    """

    slot = models.PositiveSmallIntegerField(_("slot"), primary_key=True)
    question = models.CharField(_("question"), max_length=64)
    revision = models.BigIntegerField(_("revision"))
    rows = models.JSONField(_("rows"))

    class Meta:
        verbose_name = _("kept sums")
        verbose_name_plural = _("kept sums")
        constraints = [
            models.CheckConstraint(name="roadmap_keptsums_slot_is_one_of_few", condition=models.Q(slot__lt=SLOTS))
        ]

    def __str__(self) -> str:
        return f"{self.slot}"
