"""The chain over the history: each record of every history bears a link, and each link the digest of the one before.

Links are made by ``roadmap.chain``; nothing ever changes or removes one.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.text_fields import CharField, TextField


class HistoryShape(models.Model):
    """The columns, in order and with spaces, that the content of a kind's records consisted of when it was sealed.

    A column that a later version adds is in later shapes only, so that what was sealed before still verifies.
    """

    kind = CharField(_("kind"), max_length=40)
    columns = TextField(_("columns"))

    class Meta:
        verbose_name = _("shape of history records")
        verbose_name_plural = _("shapes of history records")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["kind", "columns"], name="roadmap_historyshape_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class HistoryLink(models.Model):
    """One link; ``kind`` is the model's name in lower case, ``record_id`` its history record's id.

    ``content_digest`` is the SHA-256 of the record's canonical content, ``digest`` that of the digest before with this
    link's number, content digest and ``sealed_at``; both in hexadecimal (``roadmap.chain.content``).
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    kind = CharField(_("kind"), max_length=40)
    record_id = models.BigIntegerField(_("record"))
    shape = models.ForeignKey(HistoryShape, verbose_name=_("shape"), on_delete=models.PROTECT, related_name="+")
    content_digest = CharField(_("checksum of the content"), max_length=64)
    digest = CharField(_("checksum"), max_length=64)
    sealed_at = models.DateTimeField(_("checked in at"))

    class Meta:
        verbose_name = _("entry of the record check")
        verbose_name_plural = _("entries of the record check")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(name="roadmap_historylink_counts_from_one", condition=models.Q(number__gte=1)),
            models.UniqueConstraint(fields=["kind", "record_id"], name="roadmap_historylink_once_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"
