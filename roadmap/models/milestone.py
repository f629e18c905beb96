"""Milestones with their deliverables and the dependencies between them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roadmap.models.bilingual import Localized
from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.organisation import Organisation
from roadmap.models.person import Person
from roadmap.models.plan import Initiative, Phase, Titled, Workstream
from roadmap.models.source import Marked, marked_constraints
from roadmap.models.tags import TagsField
from roadmap.models.text_fields import CharField, TextField
from roadmap.states import is_open, is_overdue
from roadmap.vocabulary import CURRENCIES, OPEN_STATUSES, USUAL_CURRENCY, MilestoneStatus

# Since when the planner was to look, where what is crossed already is told at once, as after an outage
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def open_on(day: date) -> Q:
    """The condition that a milestone is neither done nor cancelled by the day, as far as is known now."""
    not_done = Q(completed_on=None) | Q(completed_on__gt=day)
    return not_done & (Q(cancelled_on=None) | Q(cancelled_on__gt=day))


def check_currency(code: str) -> None:
    """Raise ValidationError unless ``code`` is a currency's of ISO 4217."""
    if code not in CURRENCIES:
        raise ValidationError(_("“%(code)s” is no currency; write its three letters, as CNY."), params={"code": code})


def currency_for(budget: Decimal | None, currency: str) -> str:
    """The currency given, or the usual one where a budget has none."""
    return currency or ("" if budget is None else USUAL_CURRENCY)


LONGEST_LAG = 1000  # working days; four years


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Questions about milestones, and the one thing that is asked for many of them at once."""

    def open_on(self, day: date) -> "MilestoneQuerySet":
        """Those neither done nor cancelled by the day, as far as is known now."""
        return self.filter(open_on(day))

    def still_open(self) -> "MilestoneQuerySet":
        """Neither done nor cancelled."""
        return self.filter(status__in=OPEN_STATUSES)

    def told_of(self) -> "MilestoneQuerySet":
        """Those of which reminders may have to tell something: the open ones, and done ones that await a look."""
        return self.filter(Q(status__in=OPEN_STATUSES) | Q(status=MilestoneStatus.DONE, remind_at__isnull=False))

    def ask_planner_to_look(self, *, at: datetime | Now) -> None:
        """Let the reminder planner look at these milestones again from ``at`` on. Runs inside the act's transaction.
        What an edit brings waits for its rule's hour, but an edit puts off nothing: a look that is due stays due since
        then, also where an outage kept the planner from it for days.

        They are locked in the order of their ids first, so that two acts on many milestones don't block each other.
        """
        rows = self.order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        self.model._default_manager.filter(pk__in=rows.order_by().values("pk")).locked_ask_planner_to_look(at=at)

    def locked_ask_planner_to_look(self, *, at: datetime | Now) -> None:
        """The same for rows that the caller has locked. One query."""
        is_due = When(remind_at__lt=at, then=F("remind_at"))
        since = Case(is_due, default=at, output_field=models.DateTimeField())
        self.update(remind_at=since)

    def let_planner_catch_up(self) -> None:
        """Let the planner tell at its next look what these milestones have crossed untold, as after an outage."""
        self.ask_planner_to_look(at=LONG_AGO)


class Milestone(Titled):
    """A dated, owned, weighted result of an initiative, towards a phase of the same roadmap.

    ``version`` rises by one at each edit (stale edits are told by it). ``remind_at`` is the instant at which the
    reminder planner has to look at it again; null means never, an edit sets it to the present. ``verified_at`` is when
    somebody other than its reporters verified that it is done, ``verified_on`` the day of that in its roadmap's zone;
    ``verify_by`` is the day by which that was to be, null while it is open. ``entered_on`` is the day in its roadmap's
    zone on which it was created; from it a first report is missed, where its planned start lies before. One of the two
    titles is enough; the other one then stands for both.
    """

    code = models.SlugField(_("code"), max_length=80, unique=True)
    title_zh = CharField(_("title (Chinese)"), max_length=200, blank=True)
    title_en = CharField(_("title (English)"), max_length=300, blank=True)
    initiative = models.ForeignKey(
        Initiative, verbose_name=_("initiative"), on_delete=models.PROTECT, related_name="milestones"
    )
    phase = models.ForeignKey(Phase, verbose_name=_("phase"), on_delete=models.PROTECT, related_name="milestones")
    workstream = models.ForeignKey(
        Workstream,
        verbose_name=_("workstream"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="milestones",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="milestones",
    )
    owner = models.ForeignKey(
        Person, verbose_name=_("owner"), null=True, blank=True, on_delete=models.PROTECT, related_name="milestones"
    )
    planned_start_on = models.DateField(_("planned start"))
    due_on = models.DateField(_("due date"))
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    entered_on = models.DateField(_("entered on"), null=True, blank=True, editable=False)
    verify_by = models.DateField(_("verify by"), null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True, editable=False)
    verified_on = models.DateField(_("verified on"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        Person,
        verbose_name=_("verified by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    weight = models.DecimalField(_("weight"), max_digits=8, decimal_places=2, default=Decimal(1))
    budget = models.DecimalField(
        _("budget"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0, _("An amount can't be negative."))],
    )
    currency = CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[check_currency],
        help_text=_("The three letters of ISO 4217; CNY where a budget is given without."),
    )
    status = CharField(_("status"), max_length=10, choices=MilestoneStatus.choices, default=MilestoneStatus.PLANNED)
    tags = TagsField(_("tags"), blank=True, help_text=_("Words to find it by, with commas between them."))
    acceptance_criteria_zh = TextField(_("acceptance criteria (Chinese)"), blank=True)
    acceptance_criteria_en = TextField(_("acceptance criteria (English)"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    remind_at = models.DateTimeField(_("next check by the reminder planner"), null=True, blank=True, editable=False)

    objects = MilestoneQuerySet.as_manager()
    acceptance_criteria = Localized("acceptance_criteria")
    history = change_history(excluded_fields=["remind_at"])

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "id"]
        constraints = [
            *marked_constraints("milestone"),
            one_of("milestone", "status", MilestoneStatus),
            models.CheckConstraint(
                name="roadmap_milestone_titled",
                condition=~Q(title_zh="") | ~Q(title_en=""),
                violation_error_message=_("Give a title in at least one language."),
            ),
            models.CheckConstraint(
                name="roadmap_milestone_due_not_before_start",
                condition=Q(due_on__gte=F("planned_start_on")),
                violation_error_message=_("The due date lies before the planned start."),
            ),
            models.CheckConstraint(
                name="roadmap_milestone_weight_not_negative",
                condition=Q(weight__gte=0),
                violation_error_message=_("A weight can't be negative."),
            ),
            models.CheckConstraint(
                name="roadmap_milestone_budget_not_negative", condition=Q(budget__isnull=True) | Q(budget__gte=0)
            ),
            models.CheckConstraint(
                name="roadmap_milestone_budget_with_currency",
                condition=Q(budget__isnull=True, currency="") | (Q(budget__isnull=False) & ~Q(currency="")),
            ),
            models.CheckConstraint(
                name="roadmap_milestone_done_has_its_day",
                condition=Q(status=MilestoneStatus.DONE, completed_on__isnull=False)
                | (~Q(status=MilestoneStatus.DONE) & Q(completed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="roadmap_milestone_cancelled_has_its_day",
                condition=Q(status=MilestoneStatus.CANCELLED, cancelled_on__isnull=False)
                | (~Q(status=MilestoneStatus.CANCELLED) & Q(cancelled_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="roadmap_milestone_verified_when_done",
                condition=Q(verified_at__isnull=True, verified_on__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_on__isnull=False, status=MilestoneStatus.DONE),
            ),
        ]
        indexes = [
            # read by the reminder planner's tick, so that a minute costs what is due, not what exists
            models.Index(fields=["remind_at"], name="roadmap_milestone_remind", condition=Q(remind_at__isnull=False)),
            models.Index(fields=["status", "due_on"], name="roadmap_milestone_open_by_due"),
            # read for a page of the list in its own order
            models.Index(fields=["due_on", "id"], name="roadmap_milestone_by_due"),
        ]

    def clean(self) -> None:
        """A budget is an amount with its currency, the usual one where none is given."""
        self.currency = currency_for(self.budget, self.currency)
        if self.budget is None and self.currency:
            raise ValidationError({"currency": _("A currency says nothing without a budget; give both, or neither.")})

    @property
    def missing_title(self) -> str:
        """What the title is called that is still to be given, empty where both are there."""
        if not self.title_zh:
            return gettext("title (Chinese)")
        return "" if self.title_en else gettext("title (English)")

    def is_overdue_on(self, today: date) -> bool:
        """Whether it is open on the day, past its due date."""
        still_open = is_open(completed_on=self.completed_on, cancelled_on=self.cancelled_on, today=today)
        return is_overdue(is_open=still_open, due_on=self.due_on, today=today)

    def ask_planner_to_look(self, *, at: datetime) -> None:
        """The same as the query's for one row, which the caller has locked and saves."""
        if self.remind_at is None or self.remind_at > at:
            self.remind_at = at


class Deliverable(Marked):
    """A checkable, weighted item of a milestone."""

    milestone = models.ForeignKey(
        Milestone, verbose_name=_("milestone"), on_delete=models.CASCADE, related_name="deliverables"
    )
    title_zh = CharField(_("title (Chinese)"), max_length=200)
    title_en = CharField(_("title (English)"), max_length=300)
    weight = models.DecimalField(_("weight"), max_digits=8, decimal_places=2, default=Decimal(1))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    title = Localized("title")
    history = change_history()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering = ["position", "id"]
        constraints = [
            *marked_constraints("deliverable"),
            models.CheckConstraint(
                name="roadmap_deliverable_weight_not_negative",
                condition=Q(weight__gte=0),
                violation_error_message=_("A weight can't be negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Dependency(Marked):
    """Finish to start: the successor begins on the working day after ``lag_working_days`` have passed since the
    predecessor was done, by the calendar of the successor's roadmap."""

    predecessor = models.ForeignKey(
        Milestone, verbose_name=_("predecessor"), on_delete=models.CASCADE, related_name="successor_links"
    )
    successor = models.ForeignKey(
        Milestone, verbose_name=_("successor"), on_delete=models.CASCADE, related_name="predecessor_links"
    )
    lag_working_days = models.PositiveSmallIntegerField(
        _("lag in working days"),
        default=0,
        validators=[MaxValueValidator(LONGEST_LAG)],
        help_text=_(
            "So many working days lie between the end of the predecessor and the start of the successor, by the "
            "calendar of the successor's roadmap; the successor starts on a working day."
        ),
    )

    history = change_history()

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        ordering = ["id"]
        constraints = [
            *marked_constraints("dependency"),
            models.UniqueConstraint(fields=["predecessor", "successor"], name="roadmap_dependency_unique"),
            models.CheckConstraint(
                name="roadmap_dependency_not_on_itself",
                condition=~Q(predecessor=F("successor")),
                violation_error_message=_("A milestone can't wait for itself."),
            ),
            models.CheckConstraint(
                name="roadmap_dependency_lag_within_reach",
                condition=Q(lag_working_days__lte=LONGEST_LAG),
                violation_error_message=_("A lag has at most 1000 working days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"
