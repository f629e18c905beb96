"""The names by which other systems know our milestones."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.history import change_history
from roadmap.models.milestone import Milestone
from roadmap.models.text_fields import CharField


class ExternalReference(models.Model):
    """``reference`` is what the system of that name calls the milestone; a system calls two milestones differently."""

    system = models.SlugField(_("system"), max_length=40)
    reference = CharField(_("reference there"), max_length=120)
    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="external_references"
    )

    history = change_history()

    class Meta:
        verbose_name = _("external reference")
        verbose_name_plural = _("external references")
        ordering = ["system", "reference"]
        constraints = [
            models.UniqueConstraint(fields=["system", "reference"], name="roadmap_externalreference_names_one"),
            models.CheckConstraint(
                name="roadmap_externalreference_not_empty",
                condition=~models.Q(system="") & ~models.Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.reference}"
