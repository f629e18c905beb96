"""What the OpenAPI description says of ``?fields=`` and ``?expand=``: the names each operation offers, and that an
entry may then hold a part of its values only."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from roadmap.api.choosing import EXPAND, FIELDS, names_of
from roadmap.api.expansion import PARTS, expandable

ONLY = "Only these values of each entry, with commas; all without it."
WHOLE = "Entries to show whole, as at their own addresses, in the place of small references; with commas."


class Operation(AutoSchema):
    """One operation's part of the description."""

    def get_override_parameters(self) -> list[Any]:
        """Those that choose what entries hold, for reading actions that show any."""
        shape_in = getattr(self.view, "shape_in", None)
        action = str(getattr(self.view, "action", ""))  # of viewsets only
        shape = shape_in(action) if shape_in is not None and self.method == "GET" else None
        if shape is None:
            return []
        whole = expandable(shape)
        offered = list(dict.fromkeys([*names_of(shape), *whole]))
        return [
            _names_parameter(FIELDS, offered, description=ONLY),
            *([_names_parameter(EXPAND, list(whole), description=WHOLE)] if whole else []),
        ]


def _names_parameter(name: str, offered: list[str], *, description: str) -> OpenApiParameter:
    schema = {
        "type": "array",
        "items": {"type": "string", "enum": offered},
        "minItems": 1,
        "uniqueItems": True,
    }
    example = OpenApiExample("Two of them" if len(offered) > 1 else "The one", value=offered[:2])
    return OpenApiParameter(name, schema, description=description, explode=False, style="form", examples=[example])


def add_parts(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of the generator: where ``fields`` may be given, entries are whole or a part."""
    schemas = result["components"]["schemas"]
    for operations in result["paths"].values():
        for operation in operations.values():
            if any(one["name"] == FIELDS for one in operation.get("parameters", ())):
                content = operation["responses"]["200"]["content"]["application/json"]
                listed = _named(content["schema"], schemas).get("properties", {}).get("results")
                holder = listed if listed is not None else content
                key = "items" if listed is not None else "schema"
                if "$ref" in holder[key]:
                    holder[key] = _whole_or_part(holder[key], schemas)
    schemas["MilestoneEntry"]["properties"] |= _only_by_expand(schemas)
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _whole_or_part(whole: dict[str, str], schemas: dict[str, Any]) -> dict[str, Any]:
    name = f"{whole['$ref'].rsplit('/', 1)[1]}Part"
    described = _named(whole, schemas)
    schemas[name] = {
        "type": "object",
        "description": "Only what was asked for by `fields`.",
        "minProperties": 1,
        "properties": described["properties"],
    }
    return {"anyOf": [whole, {"$ref": f"#/components/schemas/{name}"}]}


def _only_by_expand(schemas: dict[str, Any]) -> dict[str, Any]:
    """The parts of milestones that lists hold where they are asked for."""
    whole = schemas["MilestoneDetail"]["properties"]
    return {name: {**whole[name], "description": "With `expand` only."} for name in PARTS}


def _named(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    return schemas[schema["$ref"].rsplit("/", 1)[1]]
