"""What operations are called in the OpenAPI description, and what it says of ``?fields=``, ``?expand=`` and ids.

An answer is described whole: ``fields`` leaves out values that programs made from the description count on.
"""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from roadmap.api.choosing import EXPAND, FIELDS, names_of
from roadmap.api.expansion import PARTS, expandable
from roadmap.api.fields import MOST_ID

ONLY = (
    "Only these values of each entry; all without it. The answer is described as it is without it: a program that "
    "checks answers by this description leaves `fields` out."
)
WHOLE = "Entries to show whole, as at their own addresses, in the place of small references."
PLAIN_NAMES = {"partial_update": "update", "destroy": "delete"}


class Operation(AutoSchema):
    """One operation's part of the description."""

    def get_operation_id(self) -> str:
        """The resource, then what is done: ``milestones_complete``."""
        resource = str(self.path).removeprefix("/api/").split("/")[1].replace("-", "_")
        action = str(getattr(self.view, "action", ""))  # viewsets have one
        return f"{resource}_{PLAIN_NAMES.get(action, action)}"

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
    return OpenApiParameter(name, schema, description=description, examples=[example])


def add_parts(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of the generator: what milestones of lists hold only where it is asked for; and ids are numbers."""
    schemas = result["components"]["schemas"]
    whole = schemas["MilestoneDetail"]["properties"]
    schemas["MilestoneEntry"]["properties"] |= {
        name: {**whole[name], "description": "With `expand` only."} for name in PARTS
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            for one in operation.get("parameters", ()):
                if (one["in"], one["name"]) == ("path", "id"):
                    one["schema"] = {"type": "integer", "minimum": 1, "maximum": MOST_ID}
                if one["schema"].get("type") == "array":  # clients repeat the parameter; commas are for people
                    one.pop("explode", None)
                    one.pop("style", None)
    return result
