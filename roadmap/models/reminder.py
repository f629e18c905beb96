"""Reminder rules, and the reminders that came of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.bilingual import Localized
from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.milestone import Milestone
from roadmap.models.organisation import Organisation
from roadmap.models.outbox import OutboxMessage
from roadmap.models.person import Person
from roadmap.models.plan import Initiative, Phase, Pillar, Roadmap
from roadmap.vocabulary import Audience, DayKind


def first_offsets() -> list[int]:
    """The lead times that a new rule starts with, in days before the due date; 0 is the day itself."""
    return [90, 30, 14, 7, 1, 0]


class ReminderRule(models.Model):
    """When whom is told about the milestones in its scope; an empty scope field means all of the roadmap."""

    roadmap = models.ForeignKey(
        Roadmap, verbose_name=_("roadmap"), on_delete=models.CASCADE, related_name="reminder_rules"
    )
    code = models.SlugField(_("code"), max_length=80)
    name_zh = models.CharField(_("name (Chinese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=200)
    phase = models.ForeignKey(
        Phase, verbose_name=_("phase"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    pillar = models.ForeignKey(
        Pillar, verbose_name=_("pillar"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    audience = models.CharField(_("audience"), max_length=10, choices=Audience.choices, default=Audience.OWNER)
    offsets = models.JSONField(_("days before the due date"), default=first_offsets, blank=True)
    day_kind = models.CharField(_("counted in"), max_length=10, choices=DayKind.choices, default=DayKind.CALENDAR)
    overdue_every_days = models.PositiveSmallIntegerField(
        _("repeat when overdue, every … days"), null=True, blank=True, default=7
    )
    send_at = models.TimeField(_("time of day"), default="08:30")
    is_active = models.BooleanField(_("active"), default=True)

    name = Localized("name")
    history = change_history()

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ["id"]
        constraints = [
            one_of("reminderrule", "audience", Audience),
            one_of("reminderrule", "day_kind", DayKind),
            models.UniqueConstraint(fields=["roadmap", "code"], name="roadmap_reminderrule_code_unique"),
            models.CheckConstraint(
                name="roadmap_reminderrule_repeat_positive",
                condition=Q(overdue_every_days__isnull=True) | Q(overdue_every_days__gte=1),
                violation_error_message=_("Give a whole number of days from 1 to 365, or nothing."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReminderOccurrence(models.Model):
    """One crossing of one threshold, for one person. Unique by business facts, so that no run can plan it twice.

    ``occurrence`` reads ``due=2026-12-31/T-30`` or ``due=2026-12-31/overdue-2``. ``message`` is the mail that carries
    it; null when a later threshold was crossed at the same time and this one was folded into it.
    """

    rule = models.ForeignKey(ReminderRule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="occurrences")
    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="reminders"
    )
    recipient = models.ForeignKey(
        Person, verbose_name=_("recipient"), on_delete=models.CASCADE, related_name="reminders"
    )
    occurrence = models.CharField(_("occurrence"), max_length=60)
    message = models.ForeignKey(
        OutboxMessage,
        verbose_name=_("mail"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reminders",
    )
    planned_at = models.DateTimeField(_("planned at"), auto_now_add=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-planned_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "milestone", "recipient", "occurrence"], name="roadmap_reminderoccurrence_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.occurrence}"
