"""When each periodic task ended last, and how often it failed: what watching the program needs to know."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.text_fields import CharField


class TaskRun(models.Model):
    """One row a task, by whichever worker or command it was done. ``ended_at`` is its last success."""

    name = CharField(_("name"), max_length=40, unique=True)
    ended_at = models.DateTimeField(_("last success"), null=True, blank=True)
    failures = models.PositiveBigIntegerField(_("failures in all"), default=0)

    class Meta:
        verbose_name = _("run of a task")
        verbose_name_plural = _("runs of tasks")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
