"""Examples of answers in the OpenAPI description: what the bundled roadmap's entries look like, from ``answers.json``.

A test checks each of them against its shape, and that no answer lacks one.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).with_name("answers.json")


def add_examples(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of the generator: each shape of an answer gets its example."""
    schemas = result["components"]["schemas"]
    for name, answer in _answers().items():
        schemas[name]["examples"] = [answer]
    return result


@cache
def _answers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return found
