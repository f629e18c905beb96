"""Reminder rules, and the reminders that came of them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from roadmap.models.bilingual import Localized
from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.milestone import Milestone
from roadmap.models.organisation import Organisation
from roadmap.models.outbox import OutboxMessage
from roadmap.models.person import Person
from roadmap.models.plan import Initiative, Phase, Pillar, Roadmap
from roadmap.models.source import Marked, marked_constraints
from roadmap.models.text_fields import CharField, JSONField
from roadmap.vocabulary import Audience, DayKind, RuleKind

# These count from a day in the past on, so they can't do without the number of days
COUNTING_FROM_THE_PAST = (RuleKind.SILENCE, RuleKind.UNVERIFIED)


def first_offsets() -> list[int]:
    """The lead times that a new rule starts with, in days before the day ahead; 0 is the day itself."""
    return [90, 30, 14, 7, 1, 0]


def first_audiences() -> list[str]:
    """Whom a new rule tells: the owner."""
    return [Audience.OWNER.value]


class ReminderRule(Marked):
    """When whom is told about the milestones in its scope; an empty scope field means all of the roadmap.

    What ``offsets`` and ``after_days`` are counted from is each kind's word (``roadmap/reminders/kinds/``): days before
    a day ahead, days since one in the past. Both, and the repeats, are counted in ``day_kind``; escalation always in
    working days.
    """

    roadmap = models.ForeignKey(
        Roadmap, verbose_name=_("roadmap"), on_delete=models.CASCADE, related_name="reminder_rules"
    )
    code = models.SlugField(_("code"), max_length=80)
    name_zh = CharField(_("name (Chinese)"), max_length=120)
    name_en = CharField(_("name (English)"), max_length=200)
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
    kind = CharField(_("kind"), max_length=10, choices=RuleKind.choices, default=RuleKind.DUE)
    audiences = JSONField(_("audiences"), default=first_audiences)
    offsets = JSONField(_("days before the due date or gate"), default=first_offsets, blank=True)
    day_kind = CharField(_("counted in"), max_length=10, choices=DayKind.choices, default=DayKind.CALENDAR)
    after_days = models.PositiveSmallIntegerField(_("after … days"), null=True, blank=True)
    repeat_every_days = models.PositiveSmallIntegerField(_("repeat every … days"), null=True, blank=True, default=7)
    escalate_after_days = models.PositiveSmallIntegerField(
        _("escalate after … working days without an answer"), null=True, blank=True
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
            *marked_constraints("reminderrule"),
            one_of("reminderrule", "kind", RuleKind),
            one_of("reminderrule", "day_kind", DayKind),
            models.UniqueConstraint(fields=["roadmap", "code"], name="roadmap_reminderrule_code_unique"),
            *(
                models.CheckConstraint(
                    name=f"roadmap_reminderrule_{name}_positive",
                    condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 1}),
                    violation_error_message=_("Give a whole number of days from 1 to 365, or nothing."),
                )
                for name, field in (
                    ("repeat", "repeat_every_days"),
                    ("after", "after_days"),
                    ("escalation", "escalate_after_days"),
                )
            ),
            models.CheckConstraint(
                name="roadmap_reminderrule_after_known",
                condition=~Q(kind__in=COUNTING_FROM_THE_PAST) | Q(after_days__isnull=False),
                violation_error_message=_("This kind of rule needs the number of days after which it reminds."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReminderOccurrence(models.Model):
    """One crossing of one threshold, for one person. Unique by business facts, so that no run can plan it twice.

    ``occurrence`` reads ``due=2026-12-31/T-30``, ``due=2026-12-31/overdue-2``, ``silent=2026-10-01/1`` or
    ``done=2026-12-20/unverified-1``; what precedes the slash is the fact that it hangs on. ``audience`` is what its
    recipient was to the milestone, or ``instead_of``, who is on leave. ``message`` is the mail that carries it; null
    when it was folded into later news.
    """

    rule = models.ForeignKey(ReminderRule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="occurrences")
    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="reminders"
    )
    recipient = models.ForeignKey(
        Person, verbose_name=_("recipient"), on_delete=models.CASCADE, related_name="reminders"
    )
    occurrence = CharField(_("occurrence"), max_length=60)
    audience = CharField(_("reminded as"), max_length=12, choices=Audience.choices, default=Audience.OWNER)
    instead_of = models.ForeignKey(
        Person,
        verbose_name=_("in place of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    is_provisional = models.BooleanField(_("counted in days not yet published"), default=False)
    message = models.ForeignKey(
        OutboxMessage,
        verbose_name=_("mail"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reminders",
    )
    planned_at = models.DateTimeField(_("planned at"), db_default=Now())

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-planned_at", "-id"]
        constraints = [
            one_of("reminderoccurrence", "audience", Audience),
            models.UniqueConstraint(
                fields=["rule", "milestone", "recipient", "occurrence"], name="roadmap_reminderoccurrence_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} {self.occurrence}"


def counts_working_days() -> Q:
    """The condition on milestones of roadmaps where any active rule counts in working days."""
    rules = ReminderRule.objects.filter(is_active=True)
    counting = rules.filter(Q(day_kind=DayKind.WORKING) | Q(escalate_after_days__isnull=False))
    return Q(initiative__roadmap__in=counting.values("roadmap"))
