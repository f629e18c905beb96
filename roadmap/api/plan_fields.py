"""The fields of a body that writes the plan, made from the register and the model's columns."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from rest_framework import serializers

from roadmap.api.fields import AmountField, PersonField, ReferenceField
from roadmap.fields import Field
from roadmap.models import Initiative, Person
from roadmap.models.tags import LONGEST_TAG, MOST_TAGS, TagsField
from roadmap.texts import LONGEST_TEXT

MOST = 32_767  # that a small integer holds
# What can be named, where it isn't all rows, or what acts look at of them
ROWS: Mapping[type[models.Model], models.QuerySet[Any]] = {
    Initiative: Initiative.objects.select_related("roadmap", "pillar"),
    Person: Person.objects.filter(is_active=True),
}


def body_fields(fields: Iterable[Field]) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """The fields by name. Required is what the column can't be without; the acts check the values."""
    return {one.name: body_field(one.column, help_text=one.about or None) for one in fields}


def body_field(column: Any, **options: Any) -> serializers.Field[Any, Any, Any, Any]:
    """One field, for a column of the model."""
    options["required"] = not (column.blank or column.null or column.has_default())
    if column.null:
        options["allow_null"] = True
    match column:
        case models.ForeignKey(related_model=model):
            kind = PersonField if model is Person else ReferenceField
            return kind(ROWS.get(model, model._default_manager.all()), **options)
        case TagsField():
            tag = serializers.CharField(max_length=LONGEST_TAG)
            return serializers.ListField(child=tag, max_length=MOST_TAGS, **options)
        case models.DateField():
            return serializers.DateField(**options)
        case models.DecimalField():
            return AmountField(max_digits=column.max_digits, decimal_places=column.decimal_places, **options)
        case models.PositiveSmallIntegerField():
            return serializers.IntegerField(min_value=0, max_value=MOST, **options)
        case models.SlugField():
            return serializers.SlugField(max_length=column.max_length, **options)
    return serializers.CharField(max_length=column.max_length or LONGEST_TEXT, allow_blank=column.blank, **options)
