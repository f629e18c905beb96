"""Leave: from when until when a person is away, and who is reminded in their place."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from roadmap.clock import day_in
from roadmap.models.history import change_history
from roadmap.models.person import Person


class LeaveQuerySet(models.QuerySet["Leave"]):
    """Questions about leave."""

    def under_way(self, *, at: datetime) -> "list[Leave]":
        """Those whose person is away at the instant, by the person's own clocks; persons and deputies at hand."""
        day = timedelta(days=1)  # no zone is further from UTC
        rows = self.filter(from_on__lte=(at + day).date(), until_on__gte=(at - day).date())
        found = rows.select_related("person", "deputy").order_by("from_on", "pk")
        return [one for one in found if one.from_on <= day_in(one.person.time_zone, at=at) <= one.until_on]


class Leave(models.Model):
    """One absence of one person: ``from_on`` and ``until_on`` are its first and last day."""

    person = models.ForeignKey(Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="leave")
    from_on = models.DateField(_("first day away"))
    until_on = models.DateField(_("last day away"))
    deputy = models.ForeignKey(
        Person,
        verbose_name=_("deputy"),
        on_delete=models.CASCADE,
        related_name="stands_in",
        help_text=_("Gets the reminders during the leave; best somebody who may report on the same milestones."),
    )
    digests_pause = models.BooleanField(
        _("pause digests"),
        default=True,
        help_text=_("The first one after the leave then covers all of it. Otherwise they are sent as usual."),
    )

    objects = LeaveQuerySet.as_manager()
    history = change_history()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="roadmap_leave_ends_after_it_began",
                condition=Q(until_on__gte=F("from_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="roadmap_leave_somebody_else_stands_in",
                condition=~Q(person=F("deputy")),
                violation_error_message=_("Somebody else has to stand in."),
            ),
        ]
        indexes = [
            # read at each tick of the planners, for those away today
            models.Index(fields=["until_on", "from_on"], name="roadmap_leave_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.from_on} – {self.until_on}"
