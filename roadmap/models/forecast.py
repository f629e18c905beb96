"""Forecasts as they were made, kept so that they can be judged by what came."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.plan import Roadmap
from roadmap.models.text_fields import JSONField


class Forecast(models.Model):
    """What was forecast of a roadmap on a day: the last of that day's.

    ``gates`` and ``milestones`` are what ``roadmap.forecast.answer`` found, as JSON; ``revision`` is that of the plan.
    """

    roadmap = models.ForeignKey(Roadmap, verbose_name=_("roadmap"), on_delete=models.CASCADE, related_name="forecasts")
    day = models.DateField(_("day"))
    made_at = models.DateTimeField(_("made at"))
    revision = models.BigIntegerField(_("revision"))
    seed = models.BigIntegerField(_("seed"))
    trials = models.PositiveIntegerField(_("trials"))
    on_record = JSONField(_("promises on record"))
    gates = JSONField(_("gates"))
    milestones = JSONField(_("milestones"))

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering = ["-day", "-id"]
        constraints = [models.UniqueConstraint(fields=["roadmap", "day"], name="roadmap_forecast_one_a_day")]

    def __str__(self) -> str:
        return f"{self.roadmap_id} {self.day}"
