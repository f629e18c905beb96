"""Who stands in for whom: people on leave, and those who are reminded in their place."""

from collections.abc import Mapping
from datetime import datetime

from roadmap.models import Leave, Person


def deputies_at(now: datetime) -> dict[int, Person]:
    """The deputy of everybody who is away, by the id of who is away. One query."""
    return {leave.person_id: leave.deputy for leave in Leave.objects.under_way(at=now)}


def stand_in_for(person: Person, deputies: Mapping[int, Person]) -> Person:
    """Who is reminded in the place of ``person``: the deputy, where that one is away too theirs, and so on.

    Nobody is asked twice: where the way leads back, it stays with ``person``.
    """
    seen = {person.pk}
    current = person
    while current.pk in deputies:
        current = deputies[current.pk]
        if current.pk in seen:
            return person
        seen.add(current.pk)
    return current
