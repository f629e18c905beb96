"""People's own word on working days, over the published calendars."""

from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from roadmap.models.choices import one_of
from roadmap.models.history import change_history
from roadmap.models.text_fields import CharField
from roadmap.vocabulary import CalendarCode, PublishedBy
from roadmap.workdays import WorkCalendar


class WorkdayOverrideManager(models.Manager["WorkdayOverride"]):
    """Overrides, and the calendar that they make."""

    def calendar(self, code: str = CalendarCode.MAINLAND) -> WorkCalendar:
        """The calendar of that code with people's word over it; one query."""
        days = self.filter(calendar=code).order_by().annotate(year=Value(0))
        years = PublishedYear.objects.filter(calendar=code, published_by=PublishedBy.PEOPLE).order_by()
        no_day = Value(None, output_field=models.DateField())
        entered = years.annotate(day=no_day, is_working=Value(None, output_field=models.BooleanField()))
        columns = ("day", "is_working", "year")
        rows = list(days.values_list(*columns).union(entered.values_list(*columns), all=True))
        return WorkCalendar(
            overrides={day: is_working for day, is_working, _year in rows if day is not None},
            code=code,
            entered_years=frozenset(year for day, _is_working, year in rows if day is None),
        )


class WorkdayOverride(models.Model):
    """One day of one calendar that is worked, or not, whatever the published calendar says."""

    calendar = CharField(_("calendar"), max_length=20, choices=CalendarCode.choices, default=CalendarCode.MAINLAND)
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("worked"))
    reason = CharField(_("reason"), max_length=200, blank=True)

    objects = WorkdayOverrideManager()
    history = change_history()

    class Meta:
        verbose_name = _("working-day override")
        verbose_name_plural = _("working-day overrides")
        ordering = ["-day"]
        constraints = [
            one_of("workdayoverride", "calendar", CalendarCode),
            models.UniqueConstraint(fields=["calendar", "day"], name="roadmap_workdayoverride_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.day}"


class PublishedYear(models.Model):
    """A year of which the schedule of holidays and make-up days is known: from the program's own calendar data, or
    because people entered it in full as overrides. Before that, what is counted in its working days is provisional.
    """

    calendar = CharField(_("calendar"), max_length=20, choices=CalendarCode.choices, default=CalendarCode.MAINLAND)
    year = models.PositiveSmallIntegerField(_("year"))
    published_by = CharField(
        _("known from"), max_length=10, choices=PublishedBy.choices, default=PublishedBy.PEOPLE, editable=False
    )
    reference = CharField(_("notice"), max_length=200, blank=True)

    history = change_history()

    class Meta:
        verbose_name = _("published year")
        verbose_name_plural = _("published years")
        ordering = ["-year", "calendar"]
        constraints = [
            one_of("publishedyear", "calendar", CalendarCode),
            one_of("publishedyear", "published_by", PublishedBy),
            models.CheckConstraint(
                name="roadmap_publishedyear_within_reach",
                condition=models.Q(year__gte=1950, year__lte=2099),
                violation_error_message=_("Give a year from 1950 to 2099."),
            ),
            models.UniqueConstraint(
                fields=["calendar", "year", "published_by"],
                name="roadmap_publishedyear_once",
                violation_error_message=_("This year is entered already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.year}"
