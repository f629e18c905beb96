"""Serializer fields of our own: numbers as the API writes them, references to other entries, day filters' kin."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roadmap.account_rights import deputies_found_by
from roadmap.models import Person
from roadmap.progress.shown import percent_number
from roadmap.rights import people_seen_by

MOST_ID = 2**63 - 1
MOST_ID_DIGITS = 18
ID_OR_CODE = {
    "oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1}],
    "description": "Its id (a number) or its code (a string).",
}
ID_CODE_OR_EXTERNAL = {
    "oneOf": [
        *({"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1}),
        {
            "type": "object",
            "required": ["system", "reference"],
            "properties": {
                "system": {"type": "string", "minLength": 1},
                "reference": {"type": "string", "minLength": 1},
            },
            "additionalProperties": False,
        },
    ],
    "description": "Its id (a number), its code (a string), or what another system calls it.",
}
EXACT = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["37000"]}


def as_id(text: str) -> int | None:
    """The id that the text writes in digits, None when it can't be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_ID_DIGITS else None


@extend_schema_field({"type": "number"})
class NumberField(serializers.Field):
    """A Decimal as JSON number, rounded half even to ``places``; read-only."""

    def __init__(self, *, places: int = 2, **options: Any) -> None:
        super().__init__(read_only=True, **options)
        self.step = Decimal(1).scaleb(-places)

    def to_representation(self, value: Decimal) -> float | int:
        """A float, or an int where nothing follows the point."""
        rounded = value.quantize(self.step)
        return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 100})
class PercentField(NumberField):
    """A percentage as JSON number, rounded to two places; 100 only where it is whole, 0 only where there is nothing."""

    def to_representation(self, value: Decimal) -> float | int:
        """A float, or an int where nothing follows the point."""
        return percent_number(value, decimals=2)


@extend_schema_field({"type": "number"})
class AmountField(serializers.DecimalField):
    """A weight or an amount: 0 or more, read with up to two places, written as JSON number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 8, "decimal_places": 2, "min_value": Decimal(0), **options})

    def to_representation(self, value: Decimal) -> float:  # type: ignore[override]
        """A JSON number."""
        return NumberField().to_representation(value)


@extend_schema_field(EXACT)
class ExactField(serializers.DecimalField):
    """A measured value as text, exact, without trailing zeros; JSON numbers would lose digits beyond the fifteenth."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=24, decimal_places=4, **options)

    def to_representation(self, value: Decimal) -> str:
        """``37000`` or ``1.2``."""
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


@extend_schema_field(ID_OR_CODE)
class ReferenceField(serializers.Field):
    """Another entry, named by its id (a number) or its code (a string)."""

    default_error_messages = {
        "wrong_type": _("Name it by its id (a number) or its code (a string)."),
        "unknown": _("There is no such entry."),
        "ambiguous": _("Several roadmaps have an entry of this code; name it by its id."),
    }

    def __init__(self, queryset: QuerySet[Any], *, code: str = "code", **options: Any) -> None:
        super().__init__(**options)
        self.queryset = queryset
        self.code = code

    def rows(self) -> QuerySet[Any]:
        """Those that can be named."""
        return self.queryset

    def to_internal_value(self, value: object) -> Model:
        """The entry. The number of queries doesn't depend on what is stored: one."""
        if isinstance(value, bool) or not isinstance(value, int | str):
            self.fail("wrong_type")
        if isinstance(value, int):
            named = Q(pk=value if 0 < value <= MOST_ID else 0)
        else:
            named = Q(**{self.code: value if "\x00" not in value else ""})
        found = list(self.rows().filter(named)[:2])
        if len(found) != 1:
            self.fail("ambiguous" if found else "unknown")
        return found[0]  # type: ignore[no-any-return]

    def to_representation(self, value: Model) -> Any:
        """Not used: answers show references as small objects."""
        return value.pk


class PersonField(ReferenceField):
    """A person, by id or user name. No answer tells those whom the caller may not know from nobody: who can be named
    are those whom they see, and in whose hands the entry is already (``kept`` gives an id)."""

    def __init__(self, queryset: QuerySet[Person], **options: Any) -> None:
        super().__init__(queryset, code="username", **options)

    def known_to(self, person: Person) -> QuerySet[Person]:
        """Whom the caller sees."""
        return people_seen_by(person)

    def rows(self) -> QuerySet[Person]:
        """Those who can be named."""
        known = Q(pk__in=self.known_to(self.context["person"]).values("pk"))
        return self.queryset.filter(known | Q(pk=self.context["kept"]()))


class DeputyField(PersonField):
    """Who stands in, found more widely: as on the page of one's own leave."""

    def known_to(self, person: Person) -> QuerySet[Person]:
        """Whom the caller finds there."""
        return deputies_found_by(person)


@dataclass(frozen=True)
class Name:
    """How a body names an entry: by its id, by its code, or by what another system calls it."""

    id: int | None = None
    code: str | None = None
    system: str | None = None
    reference: str | None = None


@extend_schema_field(ID_OR_CODE)
class NameField(serializers.Field):
    """The name of another entry, looked up later, so that a thousand names cost no thousand queries."""

    default_error_messages = {"wrong_type": _("Name it by its id (a number) or its code (a string).")}

    def to_internal_value(self, value: object) -> Name:
        """The name as written."""
        if isinstance(value, bool) or not isinstance(value, int | str):
            self.fail("wrong_type")
        if isinstance(value, int):
            return Name(id=value if 0 < value <= MOST_ID else 0)
        return Name(code=value if "\x00" not in value else "")

    def to_representation(self, value: Name) -> Any:
        """Not used: answers show references as small objects."""
        return value.id or value.code


@extend_schema_field(ID_CODE_OR_EXTERNAL)
class MilestoneNameField(NameField):
    """A milestone's name: besides id and code, ``{"system": …, "reference": …}`` for what another system calls it."""

    default_error_messages = {
        "wrong_type": _("Name it by its id (a number), its code (a string), or an object of system and reference.")
    }

    def to_internal_value(self, value: object) -> Name:
        """The name as written."""
        if not isinstance(value, dict):
            return super().to_internal_value(value)
        texts = [value.get("system"), value.get("reference")]
        if set(value) != {"system", "reference"} or not all(
            isinstance(one, str) and "\x00" not in one for one in texts
        ):
            self.fail("wrong_type")
        return Name(system=texts[0], reference=texts[1])
