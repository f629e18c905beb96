"""Rounds that compare all rows of a kind with what they should be, a slice at a time, from where the last one ended.

How far a round has come is kept in the database, so that it goes on after a restart. Several runners side by side do
the same slice twice, which is harmless; only one of them moves on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import F, Model, QuerySet

from roadmap.models import Reconciliation

M = TypeVar("M", bound=Model)

SLICE = 500
SLICES_TOGETHER = 20


@dataclass(frozen=True)
class Compared:
    """What one slice came to: how many rows were put right, and whether it was the last one of its round."""

    put_right: int
    ends_round: bool


def compare_slice(
    name: str, rows: QuerySet[M], *, put_right: Callable[[Sequence[M]], int], now: datetime, limit: int = SLICE
) -> Compared:
    """Hand the next ``limit`` of ``rows``, by number, to ``put_right``, which answers how many of them were wrong."""
    seen, _made = Reconciliation.objects.get_or_create(name=name)
    some = list(rows.filter(pk__gt=seen.position).order_by("pk")[:limit])
    wrong = put_right(some) if some else 0
    ends_round = len(some) < limit
    so_far = F("put_right") + wrong
    fields: dict[str, object] = {"put_right_in_all": F("put_right_in_all") + wrong}
    if wrong:
        fields["last_put_right_at"] = now
    if ends_round:
        fields |= {"position": 0, "put_right": 0, "round_ended_at": now, "put_right_last_round": so_far}
    else:
        fields |= {"position": some[-1].pk, "put_right": so_far}
    Reconciliation.objects.filter(pk=seen.pk, position=seen.position).update(**fields)
    return Compared(wrong, ends_round)


def compare_some(compare: Callable[[], Compared]) -> int:
    """One slice; where anything in it was wrong, more of them, until the round ends or a whole run's worth is done:
    what spoilt one row has mostly spoilt others. Returns how many rows were put right."""
    put_right = 0
    for _ in range(SLICES_TOGETHER):
        compared = compare()
        put_right += compared.put_right
        if compared.ends_round or not put_right:
            break
    return put_right
