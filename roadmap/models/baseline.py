"""Baselines: the plan as approved on a day."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.history import change_history
from roadmap.models.milestone import Milestone
from roadmap.models.person import Person
from roadmap.models.plan import Roadmap
from roadmap.models.text_fields import CharField, TextField


class Baseline(models.Model):
    """One approved plan of a roadmap; the one approved last (by ``approved_on``, then id) is in force."""

    roadmap = models.ForeignKey(Roadmap, verbose_name=_("roadmap"), on_delete=models.PROTECT, related_name="baselines")
    name = CharField(_("name"), max_length=120)
    approved_on = models.DateField(_("approved on"))
    approved_by = models.ForeignKey(
        Person, verbose_name=_("approved by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = TextField(_("reason"), blank=True)

    history = change_history()

    class Meta:
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        ordering = ["-approved_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["roadmap", "name"], name="roadmap_baseline_name_unique")]

    def __str__(self) -> str:
        return self.name


class BaselineEntry(models.Model):
    """A milestone's dates and weight in a baseline. Written once with its baseline, never changed."""

    baseline = models.ForeignKey(Baseline, verbose_name=_("baseline"), on_delete=models.CASCADE, related_name="entries")
    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="baseline_entries"
    )
    planned_start_on = models.DateField(_("planned start"))
    due_on = models.DateField(_("due date"))
    weight = models.DecimalField(_("weight"), max_digits=8, decimal_places=2)

    history = change_history()

    class Meta:
        verbose_name = _("baseline entry")
        verbose_name_plural = _("baseline entries")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["baseline", "milestone"], name="roadmap_baselineentry_once_each"),
            models.CheckConstraint(
                name="roadmap_baselineentry_due_not_before_start", condition=Q(due_on__gte=F("planned_start_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.baseline_id}/{self.milestone_id}"
