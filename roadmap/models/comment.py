"""What people say to each other about a milestone."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models.history import change_history
from roadmap.models.milestone import Milestone
from roadmap.models.person import Person
from roadmap.models.text_fields import TextField

LONGEST_COMMENT = 4000  # characters


class Comment(models.Model):
    """One remark on a milestone: never changed, but removed by who wrote it. What counts as progress is a report."""

    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="comments"
    )
    text = TextField(_("comment"), validators=[MaxLengthValidator(LONGEST_COMMENT)])
    written_by = models.ForeignKey(
        Person,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    written_at = models.DateTimeField(_("written at"), editable=False)

    history = change_history()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-written_at", "-id"]

    def __str__(self) -> str:
        return f"{self.written_by or '–'}: {self.text[:60]}"
