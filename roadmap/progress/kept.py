"""Keeps the rows of a costly statement for as long as the plan is unchanged, which its revision tells.

A row is only as true as its revision, so the statement brings the revision along: both are of one snapshot of the
database, whatever is committed meanwhile. A transaction's own changes have no revision yet; inside one, nothing is
kept and nothing kept is read.
"""

import hashlib
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Subquery

from roadmap.models import KeptSums, Revision
from roadmap.models.kept import SLOTS

FROM_MILESTONES = 1000  # below, a write costs more than working it out again


def question_of(statement: str, *, roadmap_id: int, day: date) -> str:
    """A digest of what is asked; a program that counts otherwise writes another statement, and asks anew."""
    return hashlib.sha256(f"{roadmap_id} {day} {statement}".encode()).hexdigest()


def kept_rows(question: str) -> list[Any] | None:
    """The rows as they were kept, if the plan hasn't changed since. One query; none inside a transaction."""
    if connection.in_atomic_block:
        return None
    latest = Subquery(Revision.objects.values("number")[:1])
    kept = KeptSums.objects.filter(slot=_slot(question), question=question, revision=latest)
    return kept.values_list("rows", flat=True).first()


def keep_rows(question: str, rows: list[list[int | None]], *, revision: int | None, milestones: int) -> None:
    """Keep the rows, which were read together with the revision. One statement, in a transaction
    of its own; none where it isn't worth it."""
    if connection.in_atomic_block or revision is None or milestones < FROM_MILESTONES:
        return
    KeptSums.objects.bulk_create(
        [KeptSums(slot=_slot(question), question=question, revision=revision, rows=rows)],
        update_conflicts=True,
        unique_fields=["slot"],
        update_fields=["question", "revision", "rows"],
    )


def _slot(question: str) -> int:
    return int(question[:8], 16) % SLOTS
