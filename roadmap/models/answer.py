"""What people answer to reminders: that they have taken note, or that they want to be left alone for some days.

Both hold for the due date they were given for, ``due_on``: once that moves, everything starts again.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.milestone import Milestone
from roadmap.models.person import Person
from roadmap.models.progress import ProgressUpdate
from roadmap.models.text_fields import CharField
from roadmap.vocabulary import AnswerKind, Door


class Acknowledgement(models.Model):
    """A person's word that they see to the milestone. ``at`` is the latest instant at which they gave it."""

    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="acknowledgements"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="acknowledgements"
    )
    due_on = models.DateField(_("due date"))
    at = models.DateTimeField(_("acknowledged at"))
    door = CharField(_("door"), max_length=10, choices=Door.choices)

    history = change_history()

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        ordering = ["-at", "-id"]
        constraints = [
            one_of("acknowledgement", "door", Door),
            models.UniqueConstraint(
                fields=["milestone", "person", "due_on"], name="roadmap_acknowledgement_once_a_due_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.due_on} {self.person_id}"


class Snooze(models.Model):
    """No reminders of this milestone to this person before the day ``until``, on which they come again.

    It holds while ``due_on`` is the milestone's; a person has one a milestone, the last one given.
    """

    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="snoozes"
    )
    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="snoozes")
    due_on = models.DateField(_("due date"))
    until = models.DateField(_("no reminders until"))
    reason = CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"))

    history = change_history()

    class Meta:
        verbose_name = _("snooze")
        verbose_name_plural = _("snoozes")
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["milestone", "person"], name="roadmap_snooze_one_a_person")]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.person_id} {self.until}"


class Answer(models.Model):
    """One form that a person sent from a reminder's link, and what was recorded of it; never changed but taken back.

    ``form_key`` is drawn when the form is shown, so that a form sent twice is taken in once. ``until`` is a snooze's,
    ``completed_on`` is set where the milestone itself was marked as done.
    """

    form_key = CharField(_("key of the form"), max_length=40, unique=True)
    kind = CharField(_("answer"), max_length=10, choices=AnswerKind.choices)
    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="answers"
    )
    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="answers")
    due_on = models.DateField(_("due date"))
    at = models.DateTimeField(_("answered at"))
    door = CharField(_("door"), max_length=10, choices=Door.choices)
    update = models.ForeignKey(
        ProgressUpdate,
        verbose_name=_("progress report"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    until = models.DateField(_("no reminders until"), null=True, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    taken_back_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["-at", "-id"]
        constraints = [
            one_of("answer", "kind", AnswerKind),
            one_of("answer", "door", Door),
            models.CheckConstraint(
                name="roadmap_answer_snooze_has_its_end",
                condition=Q(kind=AnswerKind.SNOOZE, until__isnull=False)
                | (~Q(kind=AnswerKind.SNOOZE) & Q(until__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.person_id} {self.kind}"
