"""What lists can be narrowed and sorted by. A value that can't be understood is refused, never ignored."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.views import APIView

from roadmap.api.fields import MOST_ID, as_id
from roadmap.api.problems import BadParameter
from roadmap.written_days import RIGHT_DAY

MOST_WORDS = 10
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def parameters_of(filterset: type[django_filters.FilterSet] | None) -> set[str]:
    """The names of the query parameters that a filter set reads."""
    filters: dict[str, Any] = filterset.base_filters if filterset is not None else {}
    return set(filters)


def lists_of(filterset: type[django_filters.FilterSet] | None) -> set[str]:
    """Those of the names that take several values."""
    filters: dict[str, Any] = filterset.base_filters if filterset is not None else {}
    return {name for name, one in filters.items() if isinstance(one, WordsFilter)}


class FieldFilters(DjangoFilterBackend):
    """The fields of a view's filter set, as query parameters."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """The rows that are asked for. Raises BadParameter."""
        if not set(request.query_params).intersection(parameters_of(getattr(view, "filterset_class", None))):
            return queryset  # a filter set is costly to make
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        empty = [name for name in filterset.filters if request.query_params.get(name) == ""]
        if empty:
            raise BadParameter({name: _("Give a value, or leave the parameter out.") for name in empty})
        if not filterset.is_valid():
            raise BadParameter({name: " ".join(map(str, messages)) for name, messages in filterset.errors.items()})
        return filterset.qs  # type: ignore[no-any-return]


class Search(SearchFilter):
    """``?search=``: entries that contain every word, in either language."""

    search_description = "Words that each must occur, in either language; quotes keep a phrase together."

    def get_search_terms(self, request: Request) -> list[str]:
        """The words. Raises BadParameter for more than make sense."""
        terms: list[str] = super().get_search_terms(request)
        if len(terms) > MOST_WORDS:
            raise BadParameter({self.search_param: _("Search for %(most)d words at most.") % {"most": MOST_WORDS}})
        return terms


class Ordering(OrderingFilter):
    """``?ordering=due_on`` or ``-due_on``, several with commas; among the view's ``ordering_fields``."""

    ordering_description = "Columns to sort by, in turn; `-` before one turns it round."

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> Any:
        """The columns, or the default. Raises BadParameter for a column that isn't offered."""
        asked = [name.strip() for name in request.query_params.get(self.ordering_param, "").split(",") if name.strip()]
        offered = self.get_valid_fields(queryset, view)
        names = {name for name, _label in offered}
        columns = [name.removeprefix("-") for name in asked]
        if not names.issuperset(columns) or len(set(columns)) < len(columns):
            words = ", ".join(sorted(names))
            raise BadParameter({self.ordering_param: _("Sort by these, each once: %(words)s.") % {"words": words}})
        return asked or self.get_default_ordering(view)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """For the OpenAPI description: the columns offered."""
        names = sorted(getattr(view, "ordering_fields", None) or ["id"])
        both = [name for column in names for name in (column, f"-{column}")]
        return [
            {
                "name": self.ordering_param,
                "in": "query",
                "required": False,
                "description": self.ordering_description,
                "schema": {"type": "array", "items": {"type": "string", "enum": both}},
            }
        ]


def entries_named(rows: QuerySet[Any], value: str, *, parameter: str) -> list[Any]:
    """The entries of this code, or else of this id (one query). Raises BadParameter where there is none."""
    pk = as_id(value)
    found = list(rows.filter(Q(code=value) if pk is None else Q(code=value) | Q(pk=pk)))
    if not found:
        raise BadParameter({parameter: _("There is no such entry.")}, code="unknown")
    return [entry for entry in found if entry.code == value] or found


@extend_schema_field({"type": "string", "description": "A code, or an id."})
class ReferenceFilter(django_filters.Filter):
    """Rows that refer to the entry of this code, or else of this id, through the relation ``field_name``."""

    field_class = forms.CharField

    def __init__(self, target: type[Model], **options: Any) -> None:
        super().__init__(**options)
        self.target = target

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows. Raises BadParameter where there is no such entry (one query)."""
        if not value:
            return qs
        return self.referring(qs, self._named(value))

    def referring(self, qs: QuerySet[Any], entries: list[Any]) -> QuerySet[Any]:
        """The rows that refer to one of the entries."""
        return qs.filter(**{f"{self.field_name}__in": [entry.pk for entry in entries]})

    def _named(self, value: str) -> list[Model]:
        return entries_named(self.target._default_manager.all(), value, parameter=self.extra_name)

    @property
    def extra_name(self) -> str:
        """The parameter's own name."""
        return next(str(name) for name, one in self.parent.filters.items() if one is self)


class SubtreeFilter(ReferenceFilter):
    """Rows of an organisation or of one below it; ``field_name`` leads to the organisation, empty for itself."""

    def referring(self, qs: QuerySet[Any], entries: list[Any]) -> QuerySet[Any]:
        """The rows of the subtree."""
        path = f"{self.field_name}__path" if self.field_name else "path"
        return qs.filter(**{f"{path}__startswith": entries[0].path})


class _TrueOrFalse(forms.Field):
    WORDS: ClassVar[dict[str, bool]] = {"true": True, "false": False}

    def to_python(self, value: str | None) -> bool | None:
        if not value:
            return None
        if value not in self.WORDS:
            raise forms.ValidationError(_("Write true or false."))
        return self.WORDS[value]


@extend_schema_field(OpenApiTypes.BOOL)
class BooleanFilter(django_filters.Filter):
    """``true`` or ``false``."""

    field_class = _TrueOrFalse


class DayFilter(django_filters.DateFilter):
    """A day as 2026-06-30."""

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], error_messages={"invalid": RIGHT_DAY}, **options)


class InstantFilter(django_filters.IsoDateTimeFilter):
    """An instant as 2026-06-30T08:00:00Z; without an offset it is in the server's time zone."""

    def __init__(self, **options: Any) -> None:
        bounds = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
        super().__init__(validators=bounds, **options)


class WordsFilter(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    """One or several of a closed list: the parameter given several times, or commas between them."""


@extend_schema_field({"type": "integer", "minimum": 1})
class IdFilter(django_filters.NumberFilter):
    """An id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=MOST_ID, decimal_places=0, **options)

    def get_max_validator(self) -> None:
        """The bound is given above."""
        return
