"""Tables that their reader sorts by a link in a column's head: ``?sort=due``, ``?sort=-due`` for the greatest first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from roadmap.web.frame import query_of

Row = TypeVar("Row")


@dataclass(frozen=True)
class Heading:
    """The head of a column: ``order`` as ``aria-sort`` says it, empty for the others; ``query`` sorts by it."""

    name: str
    label: str
    meaning: str
    query: str
    order: str


def heading(
    name: str, label: str, *, sort: str, kept: Mapping[str, str], meaning: str = "", first: str = ""
) -> Heading:
    """The head of the column ``name``; ``first`` is the order that it sorts by at first, the least first without."""
    first = first or name
    other = first.removeprefix("-") if first.startswith("-") else f"-{first}"
    order = "" if sort.removeprefix("-") != name else "descending" if sort.startswith("-") else "ascending"
    query = query_of(dict(kept) | {"sort": other if sort == first else first})
    return Heading(name=name, label=label, meaning=meaning, query=query, order=order)


def sorted_by(rows: Iterable[Row], key: Callable[[Row], Any], *, is_falling: bool) -> list[Row]:
    """Stable, so that equals keep their order; those without a value come last either way."""
    valued = [(key(row), row) for row in rows]
    known = sorted((one for one in valued if one[0] is not None), key=lambda one: one[0], reverse=is_falling)
    return [row for _value, row in known] + [row for value, row in valued if value is None]
