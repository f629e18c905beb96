"""The frame of a programme: roadmap, phases with their gates, pillars, workstreams, initiatives."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from roadmap.models.bilingual import Localized
from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.source import DaysMarked, Marked, days_constraint, marked_constraints
from roadmap.models.text_fields import CharField, TextField
from roadmap.models.zones import check_time_zone
from roadmap.vocabulary import CalendarCode


class Titled(Marked):
    """What every part of the frame has: a code, a title and a description in both languages."""

    code = models.SlugField(_("code"), max_length=80)
    title_zh = CharField(_("title (Chinese)"), max_length=200)
    title_en = CharField(_("title (English)"), max_length=300)
    description_zh = TextField(_("description (Chinese)"), blank=True)
    description_en = TextField(_("description (English)"), blank=True)

    title = Localized("title")
    description = Localized("description")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class RoadmapQuerySet(models.QuerySet["Roadmap"]):
    """Questions about roadmaps."""

    def zones(self) -> list[str]:
        """Their time zones, each once. One query."""
        return sorted(set(self.order_by().values_list("time_zone", flat=True)))


class Roadmap(DaysMarked, Titled):
    """The root: one programme. Its ``time_zone`` says when its days begin, ``calendar`` which are worked.

    ``verify_within_days`` working days after a milestone's completion, its verification is overdue.
    """

    code = models.SlugField(_("code"), max_length=80, unique=True)
    starts_on = models.DateField(_("starts on"))
    time_zone = CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[check_time_zone])
    calendar = CharField(
        _("working days of"), max_length=20, choices=CalendarCode.choices, default=CalendarCode.MAINLAND
    )
    verify_within_days = models.PositiveSmallIntegerField(
        _("working days for verification"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(250)],
        help_text=_(
            "What is reported done and not verified within so many working days becomes at risk. It counts for "
            "milestones that are completed from now on."
        ),
    )

    is_default = models.BooleanField(
        _("shown first"),
        default=False,
        editable=False,
        help_text=_("What pages, feeds and cards show where no roadmap is named."),
    )

    objects = RoadmapQuerySet.as_manager()
    history = change_history()

    class Meta:
        verbose_name = _("roadmap")
        verbose_name_plural = _("roadmaps")
        ordering = [
            "-is_default",
            "id",
        ]  # the first of all is shown where none is named; a newer one never takes its place
        constraints = [
            *marked_constraints("roadmap"),
            days_constraint("roadmap"),
            one_of("roadmap", "calendar", CalendarCode),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="roadmap_roadmap_one_default"
            ),
        ]


class Phase(DaysMarked, Titled):
    """A dated stage; ``gate_on`` is the day by which it is to be complete."""

    roadmap = models.ForeignKey(Roadmap, verbose_name=_("roadmap"), on_delete=models.PROTECT, related_name="phases")
    starts_on = models.DateField(_("starts on"))
    gate_on = models.DateField(_("gate"))

    history = change_history()

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["gate_on", "id"]
        constraints = [
            *marked_constraints("phase"),
            days_constraint("phase"),
            models.UniqueConstraint(fields=["roadmap", "code"], name="roadmap_phase_code_unique"),
            models.CheckConstraint(
                name="roadmap_phase_gate_not_before_start",
                condition=Q(gate_on__gte=F("starts_on")),
                violation_error_message=_("The gate lies before the first day."),
            ),
        ]


class Pillar(Titled):
    """What a result serves."""

    roadmap = models.ForeignKey(Roadmap, verbose_name=_("roadmap"), on_delete=models.PROTECT, related_name="pillars")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    history = change_history()

    class Meta:
        verbose_name = _("pillar")
        verbose_name_plural = _("pillars")
        ordering = ["position", "id"]
        constraints = [
            *marked_constraints("pillar"),
            models.UniqueConstraint(fields=["roadmap", "code"], name="roadmap_pillar_code_unique"),
        ]


class Workstream(Titled):
    """How the work is done."""

    roadmap = models.ForeignKey(
        Roadmap, verbose_name=_("roadmap"), on_delete=models.PROTECT, related_name="workstreams"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    history = change_history()

    class Meta:
        verbose_name = _("workstream")
        verbose_name_plural = _("workstreams")
        ordering = ["position", "id"]
        constraints = [
            *marked_constraints("workstream"),
            models.UniqueConstraint(fields=["roadmap", "code"], name="roadmap_workstream_code_unique"),
        ]


class Initiative(Titled):
    """A named system or measure in a pillar."""

    roadmap = models.ForeignKey(
        Roadmap, verbose_name=_("roadmap"), on_delete=models.PROTECT, related_name="initiatives"
    )
    pillar = models.ForeignKey(Pillar, verbose_name=_("pillar"), on_delete=models.PROTECT, related_name="initiatives")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    history = change_history()

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        ordering = ["pillar__position", "position", "id"]
        constraints = [
            *marked_constraints("initiative"),
            models.UniqueConstraint(fields=["roadmap", "code"], name="roadmap_initiative_code_unique"),
        ]
