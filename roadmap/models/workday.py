"""People's own word on working days, over the published calendars."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.history import change_history


class WorkdayOverride(models.Model):
    """One day of one calendar that is worked, or not, whatever the published calendar says."""

    calendar = models.CharField(_("calendar"), max_length=20, default="CN")
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("worked"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    history = change_history()

    class Meta:
        verbose_name = _("working-day override")
        verbose_name_plural = _("working-day overrides")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="roadmap_workdayoverride_once_a_day")]

    def __str__(self) -> str:
        return f"{self.calendar} {self.day}"
