"""Invitations: links by which people who were entered here set their first password."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.person import Person


class Invitation(models.Model):
    """One link, sent to one person by mail. It works once, until it expires or is taken back."""

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(
        Person, verbose_name=_("invited by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person} ({self.made_at:%Y-%m-%d})"

    def is_open(self, *, now: datetime) -> bool:
        """Whether its link still works."""
        return self.used_at is None and self.revoked_at is None and now < self.expires_at
