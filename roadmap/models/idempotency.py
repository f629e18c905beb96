"""Requests that their senders may repeat: each is done once, and its answer kept for the repetition."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.person import Person
from roadmap.models.text_fields import CharField, JSONField


class RepeatableRequest(models.Model):
    """A request under its sender's key, being done (``status`` null, held until ``leased_until``) or done.

    ``holder`` is made up anew at each claim: whoever overslept the lease can't write over a later holder's answer.
    """

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    key = CharField(_("key"), max_length=255)
    fingerprint = CharField(_("fingerprint"), max_length=64)
    holder = CharField(_("holder"), max_length=32)
    leased_until = models.DateTimeField(_("leased until"))
    created_at = models.DateTimeField(_("created at"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    headers = JSONField(_("headers"), default=dict)
    body = models.BinaryField(_("answer"), default=b"")

    class Meta:
        verbose_name = _("repeatable request")
        verbose_name_plural = _("repeatable requests")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="roadmap_repeatablerequest_key_unique"),
            models.CheckConstraint(
                name="roadmap_repeatablerequest_status_is_http",
                condition=Q(status__isnull=True) | Q(status__gte=200, status__lt=500),
            ),
        ]
        indexes = [
            # read by the sweep for answers that were kept long enough
            models.Index(fields=["created_at"], name="roadmap_repeatable_created")
        ]

    def __str__(self) -> str:
        return self.key
