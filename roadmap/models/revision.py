"""How often the plan has changed, and what changed each time; both are kept by triggers (``revision_triggers``).

A revision is one transaction that changed something. Revisions become visible in the order of their numbers: whoever
has seen all up to N misses none by asking for those after N.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.text_fields import CharField


class Revision(models.Model):
    """The number of the latest revision, in a single row; none before the first one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [models.CheckConstraint(name="roadmap_revision_only_one", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return str(self.number)


class Change(models.Model):
    """One entry of the feed of changes: which record of which history came with which revision.

    ``kind`` is the model's name in lower case, ``object_id`` the changed row's id, ``record_id`` that of its history's
    record.
    """

    revision = models.BigIntegerField(_("revision"))
    kind = CharField(_("kind"), max_length=40)
    object_id = models.BigIntegerField(_("object"))
    record_id = models.BigIntegerField(_("record"))

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["revision", "id"]
        indexes = [
            models.Index(fields=["revision", "id"], name="roadmap_change_in_order"),
            models.Index(fields=["kind", "object_id", "revision"], name="roadmap_change_of_object"),  # calendars/edits
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
