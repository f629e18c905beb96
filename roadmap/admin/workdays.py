"""Working days: people's overrides of single days, and the years of which the schedule is known."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from roadmap.admin.base import ActingAdmin
from roadmap.admin.lists import DayRangeFilter
from roadmap.models import PublishedYear, WorkdayOverride
from roadmap.vocabulary import PublishedBy
from roadmap.workdays import LAST_PUBLISHED


class SaysWhatIsKnown(ActingAdmin):
    """A list that says up to which year mainland China's schedule is known."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with that sentence as its subtitle."""
        entered = PublishedYear.objects.filter(published_by=PublishedBy.PEOPLE, calendar="CN", year__gt=LAST_PUBLISHED)
        years = [str(year) for year in entered.order_by("year").values_list("year", flat=True)]
        known = gettext("Mainland China's schedules are known up to %(year)s.") % {"year": LAST_PUBLISHED}
        if years:
            known += " " + gettext("Entered by people: %(years)s.") % {"years": ", ".join(years)}
        known += " " + gettext("What is counted in the working days of other years to come is provisional.")
        return super().changelist_view(request, {**(extra_context or {}), "subtitle": known})


@admin.register(PublishedYear)
class PublishedYearAdmin(SaysWhatIsKnown):
    """Years that people have entered in full as overrides; those of the program's own data stand beside them."""

    list_display = ["year", "calendar", "published_by", "reference"]
    list_filter = [("calendar", ChoicesDropdownFilter)]
    search_fields = ["year", "reference"]
    fieldsets = [(None, {"fields": [("calendar", "year"), "reference"]})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What the program's data say is nobody's to change."""
        own = obj is None or obj.published_by == PublishedBy.PEOPLE
        return own and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return self.has_change_permission(request, obj)


@admin.register(WorkdayOverride)
class WorkdayOverrideAdmin(SaysWhatIsKnown):
    """People's own word on working days."""

    list_display = ["day", "calendar", "is_working", "reason_given"]
    list_filter = [("day", DayRangeFilter), ("calendar", ChoicesDropdownFilter)]
    search_fields = ["calendar", "day"]
    fieldsets = [(None, {"fields": ["calendar", ("day", "is_working")]})]

    @display(description=_("reason"))
    def reason_given(self, entry: WorkdayOverride) -> str:
        """Why."""
        return entry.reason
