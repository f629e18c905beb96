"""What a list's address may ask for: its page, search, order and filters, and nothing else of the table behind it.

Django lets an address filter by any field of the model, so that whoever sees a list could read, letter by letter, what
it doesn't show. Here a list takes what one of its own filters took, and answers 400 to the rest.
"""

from typing import Any

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import make_aware
from unfold.contrib.filters.admin import RangeDateFilter, RangeDateTimeFilter
from unfold.utils import parse_datetime_str
from unfold.views import ChangeList

# What filters, dates and numbers of the address raise when they can't be read, or are beyond what can be reckoned with
UNREADABLE = (IncorrectLookupParameters, ValueError, OverflowError)


class OwnFiltersList(ChangeList):
    """A list that is narrowed by its own filters only; every list of the administration is one."""

    def get_filters(self, request: HttpRequest) -> Any:
        """As Django reads them. Raises DisallowedModelAdminLookup where no filter of this list took a parameter."""
        specs, has_filters, left, *others = super().get_filters(request)
        hierarchy = self.date_hierarchy
        of_hierarchy = (
            {f"{hierarchy}__gte", f"{hierarchy}__lt"} if f"{hierarchy}__year" in self.filter_params else set()
        )
        if strange := set(left) - of_hierarchy:
            raise DisallowedModelAdminLookup(f"Filtering by {', '.join(sorted(strange))} not allowed")
        return specs, has_filters, left, *others

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str | None] | None = None) -> QuerySet[Any]:
        """The rows that the address asks for. Raises BadRequest where a value can't be read."""
        try:
            return super().get_queryset(request, exclude_parameters)
        except UNREADABLE as error:
            raise BadRequest("The list can't be asked for that.") from error

    def get_results(self, request: HttpRequest) -> None:
        """A page of the rows; the first where there aren't so many. Raises BadRequest as ``get_queryset``."""
        try:
            super().get_results(request)
        except IncorrectLookupParameters:
            self.page_num = 1
            super().get_results(request)
        except (ValueError, OverflowError) as error:  # found only when the statement is written
            raise BadRequest("The list can't be asked for that.") from error


class DayRangeFilter(RangeDateFilter):
    """From one day to another; what isn't a day is refused and not passed over."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows within. Raises IncorrectLookupParameters."""
        rows: QuerySet[Any] | None = super().queryset(request, queryset)
        if rows is None:
            raise IncorrectLookupParameters
        return rows


class InstantRangeFilter(RangeDateTimeFilter):
    """From one instant to another, in the site's zone; the same."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows within. Raises IncorrectLookupParameters."""
        for end, lookup in (("from", "gte"), ("to", "lte")):
            day, time = (self.used_parameters.get(f"{self.parameter_name}_{end}_{part}") for part in (0, 1))
            if day and time:
                instant = parse_datetime_str(f"{day} {time}")
                if instant is None:
                    raise IncorrectLookupParameters
                queryset = queryset.filter(**{f"{self.parameter_name}__{lookup}": make_aware(instant)})
        return queryset
