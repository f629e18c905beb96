"""Sums that were worked out once for a revision of the plan, and which milestones have changed since."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.text_fields import CharField, JSONField, TextField

SLOTS = 1024
BLOCK = 1024  # milestones with neighbouring ids whose sums are kept together: the ids from 1024 N on
FRAME = -1  # stands for what the sums of every block hang on


class KeptSums(models.Model):
    """The rows of one answer. A slot is chosen by the question's digest; a later question may take it over.

    So the table never has more than ``SLOTS`` rows. They hold only while ``revision`` is the latest; from the
    ``parts``, the rows of each block as JSON, those of a later revision are made by reading the blocks that changed.
    """

    slot = models.PositiveSmallIntegerField(_("slot"), primary_key=True)
    question = CharField(_("question"), max_length=64)
    revision = models.BigIntegerField(_("revision"))
    rows = JSONField(_("rows"))
    parts = TextField(_("rows of each block"), default="")

    class Meta:
        verbose_name = _("kept sums")
        verbose_name_plural = _("kept sums")
        constraints = [
            models.CheckConstraint(name="roadmap_keptsums_slot_is_one_of_few", condition=models.Q(slot__lt=SLOTS))
        ]

    def __str__(self) -> str:
        return f"{self.slot}"


class RevisedBlock(models.Model):
    """The revision at which a milestone of a block last changed, or the frame; kept by triggers.

    A block without a row has not changed since there are blocks.
    """

    id = models.BigIntegerField(_("block"), primary_key=True)
    revision = models.BigIntegerField(_("revision"))

    class Meta:
        verbose_name = _("revised block")
        verbose_name_plural = _("revised blocks")

    def __str__(self) -> str:
        return f"{self.id}"
