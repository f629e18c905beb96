"""Indicators, measured figures over time, and their observations."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.bilingual import Localized
from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.plan import Pillar, Roadmap, Titled
from roadmap.models.source import DaysMarked, Marked, days_constraint, marked_constraints
from roadmap.models.text_fields import CharField
from roadmap.vocabulary import Qualifier


class Indicator(Titled):
    """A measured figure with its unit and, where there are such, its target and the value it started from."""

    roadmap = models.ForeignKey(Roadmap, verbose_name=_("roadmap"), on_delete=models.PROTECT, related_name="indicators")
    pillar = models.ForeignKey(
        Pillar, verbose_name=_("pillar"), null=True, blank=True, on_delete=models.PROTECT, related_name="indicators"
    )
    unit_zh = CharField(_("unit (Chinese)"), max_length=60)
    unit_en = CharField(_("unit (English)"), max_length=60)
    target_value = models.DecimalField(_("target"), max_digits=24, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(_("target date"), null=True, blank=True)
    baseline_value = models.DecimalField(_("starting value"), max_digits=24, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(_("starting date"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    unit = Localized("unit")
    history = change_history()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["position", "id"]
        constraints = [
            *marked_constraints("indicator"),
            models.UniqueConstraint(fields=["roadmap", "code"], name="roadmap_indicator_code_unique"),
        ]


class Observation(DaysMarked, Marked):
    """One value of an indicator for a period, such as ``2024-H1``; the period's first day may be unknown.

    ``value`` is for sums and drawings. Where ``stated_*`` are given, people read those: the figure as exact as its
    source, with its qualifier in it (2.9 万, 70 多亿).
    """

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.CASCADE, related_name="observations"
    )
    period = CharField(_("period"), max_length=40)
    period_zh = CharField(_("period (Chinese)"), max_length=80)
    period_en = CharField(_("period (English)"), max_length=80)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=4)
    stated_zh = CharField(_("as the source gives it (Chinese)"), max_length=40, blank=True)
    stated_en = CharField(_("as the source gives it (English)"), max_length=40, blank=True)
    qualifier = CharField(_("stated as"), max_length=10, choices=Qualifier.choices, default=Qualifier.EXACT)
    is_preliminary = models.BooleanField(_("preliminary"), default=False)
    note_zh = CharField(_("note (Chinese)"), max_length=200, blank=True)
    note_en = CharField(_("note (English)"), max_length=200, blank=True)

    period_label = Localized("period")
    note = Localized("note")
    stated = Localized("stated")
    history = change_history()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["ends_on", "id"]
        constraints = [
            *marked_constraints("observation"),
            days_constraint("observation"),
            one_of("observation", "qualifier", Qualifier),
            models.UniqueConstraint(fields=["indicator", "period"], name="roadmap_observation_once_a_period"),
            models.CheckConstraint(
                name="roadmap_observation_ends_not_before_start",
                condition=Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.value.normalize():f}"
