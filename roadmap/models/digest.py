"""A person's subscription to a digest: its schedule, its filters, and how far it has got."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.organisation import Organisation
from roadmap.models.person import Person
from roadmap.models.plan import Phase, Pillar, Roadmap
from roadmap.vocabulary import Frequency


class DigestSubscription(models.Model):
    """When a person gets which digest. Times are local to the person's zone.

    ``covered_until`` is the cursor: the next issue's window starts there. ``next_issue_at`` is when it is due; both
    move in the transaction that writes the outbox row, so that windows tile time without gap or overlap.
    """

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="digest_subscriptions"
    )
    roadmap = models.ForeignKey(
        Roadmap, verbose_name=_("roadmap"), on_delete=models.CASCADE, related_name="digest_subscriptions"
    )
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency.choices, default=Frequency.WEEKLY)
    weekday = models.PositiveSmallIntegerField(_("weekday (1 = Monday)"), default=1)
    month_day = models.PositiveSmallIntegerField(_("day of the month"), default=1)
    send_at = models.TimeField(_("time of day"), default="08:30")
    phase = models.ForeignKey(
        Phase, verbose_name=_("phase"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    pillar = models.ForeignKey(
        Pillar, verbose_name=_("pillar"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    only_mine = models.BooleanField(_("only my milestones"), default=False)
    skip_when_empty = models.BooleanField(_("skip when there is nothing to say"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    covered_until = models.DateTimeField(_("covered until"))
    next_issue_at = models.DateTimeField(_("next issue"), null=True, blank=True)

    history = change_history(excluded_fields=["covered_until", "next_issue_at"])

    class Meta:
        verbose_name = _("digest subscription")
        verbose_name_plural = _("digest subscriptions")
        ordering = ["id"]
        constraints = [
            one_of("digestsubscription", "frequency", Frequency),
            models.CheckConstraint(
                name="roadmap_digestsubscription_weekday_in_week",
                condition=Q(weekday__gte=1, weekday__lte=7),
                violation_error_message=_("A weekday is a number from 1 to 7."),
            ),
            models.CheckConstraint(
                name="roadmap_digestsubscription_month_day_in_month",
                condition=Q(month_day__gte=1, month_day__lte=31),
                violation_error_message=_("A day of the month is a number from 1 to 31."),
            ),
        ]
        indexes = [
            # read by the digest planner's tick
            models.Index(
                fields=["next_issue_at"],
                name="roadmap_digest_next_issue",
                condition=Q(is_active=True, next_issue_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_frequency_display()}"
