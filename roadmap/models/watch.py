"""Who watches what: people who want to hear of a milestone, or of all of an initiative, that isn't theirs."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.history import change_history
from roadmap.models.milestone import Milestone
from roadmap.models.person import Person
from roadmap.models.plan import Initiative


class Watch(models.Model):
    """One person's watch over one milestone or one initiative; rules with the audience *watchers* reach them."""

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="watches")
    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), null=True, blank=True, on_delete=models.CASCADE, related_name="watches"
    )
    initiative = models.ForeignKey(
        Initiative,
        verbose_name=_("initiative"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="watches",
    )
    since = models.DateTimeField(_("since"))

    history = change_history()

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(
                name="roadmap_watch_of_one_thing",
                condition=Q(milestone__isnull=False, initiative__isnull=True)
                | Q(milestone__isnull=True, initiative__isnull=False),
                violation_error_message=_("Choose either a milestone or an initiative."),
            ),
            models.UniqueConstraint(
                fields=["person", "milestone"],
                name="roadmap_watch_milestone_once",
                violation_error_message=_("This person watches it already."),
            ),
            models.UniqueConstraint(
                fields=["person", "initiative"],
                name="roadmap_watch_initiative_once",
                violation_error_message=_("This person watches it already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.milestone or self.initiative}"
