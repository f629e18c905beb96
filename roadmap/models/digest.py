"""A person's subscription to a digest: its schedule, its filters, and how far it has got."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Least, Now
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.organisation import Organisation
from roadmap.models.person import Person
from roadmap.models.plan import Initiative, Phase, Pillar, Roadmap
from roadmap.models.text_fields import CharField
from roadmap.models.zones import check_time_zone
from roadmap.vocabulary import Frequency, Language


class DigestSubscriptionQuerySet(models.QuerySet["DigestSubscription"]):
    """What is asked for many subscriptions at once."""

    def ask_planner_to_look(self, *, at: datetime | Now) -> None:
        """Let the digest planner reckon the next issue anew from ``at`` on, as after its reader moved to another zone.

        One that is due already stays due. Runs inside the act's transaction.
        """
        waiting = self.filter(is_active=True, next_issue_at__isnull=False)
        waiting.update(next_issue_at=Least("next_issue_at", at))


class DigestSubscription(models.Model):
    """When a person gets which digest. Times are local to ``zone``, words in ``told_in``: its own or the person's.

    ``covered_until`` is the cursor: the next issue's window starts there. ``next_issue_at`` is when it is due; both
    move in the transaction that writes the outbox row, so that windows tile time without gap or overlap.
    ``is_first_wanted`` asks for an issue outside of the schedule, the first one, at ``next_issue_at``.
    """

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="digest_subscriptions"
    )
    roadmap = models.ForeignKey(
        Roadmap, verbose_name=_("roadmap"), on_delete=models.CASCADE, related_name="digest_subscriptions"
    )
    frequency = CharField(_("frequency"), max_length=10, choices=Frequency.choices, default=Frequency.WEEKLY)
    weekday = models.PositiveSmallIntegerField(_("weekday (1 = Monday)"), default=1)
    month_day = models.PositiveSmallIntegerField(_("day of the month"), default=1)
    send_at = models.TimeField(_("time of day"), default="08:30")
    time_zone = CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        validators=[check_time_zone],
        help_text=_("Empty: as the person's profile says."),
    )
    language = CharField(
        _("language"),
        max_length=10,
        choices=Language.choices,
        blank=True,
        help_text=_("Empty: as the person's profile says."),
    )
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
    only_mine = models.BooleanField(_("only my milestones"), default=False)
    skip_when_empty = models.BooleanField(_("skip when there is nothing to say"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    covered_until = models.DateTimeField(_("covered until"))
    next_issue_at = models.DateTimeField(_("next issue"), null=True, blank=True)
    is_first_wanted = models.BooleanField(_("first issue at once"), default=False, editable=False)

    objects = DigestSubscriptionQuerySet.as_manager()
    history = change_history(excluded_fields=["covered_until", "next_issue_at", "is_first_wanted"])

    class Meta:
        verbose_name = _("digest subscription")
        verbose_name_plural = _("digest subscriptions")
        ordering = ["id"]
        constraints = [
            one_of("digestsubscription", "frequency", Frequency),
            models.CheckConstraint(
                name="roadmap_digestsubscription_language_known",
                condition=Q(language__in=["", *Language.values]),
            ),
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

    @property
    def zone(self) -> str:
        """The zone by whose clocks it comes out."""
        return self.time_zone or self.person.time_zone

    @property
    def told_in(self) -> str:
        """The language in which it is written."""
        return self.language or self.person.language
