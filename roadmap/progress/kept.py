"""Keeps the rows of a costly statement for as long as the plan is unchanged, which its revision tells.

A row is only as true as its revision, so the statement brings the revision along: both are of one snapshot of the
database, whatever is committed meanwhile. A transaction's own changes have no revision yet; inside one, nothing is
kept and nothing kept is read.

Rows that add up are kept by block of milestones as well. After a change only the blocks that it touched are read.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Subquery

from roadmap.models import KeptSums, RevisedBlock, Revision
from roadmap.models.kept import FRAME, SLOTS

FROM_MILESTONES = 1000  # below, a write costs more than working it out again
MOST_BLOCKS = 24  # that are worth being read by themselves
Row = Sequence[int | None]
Rows = list[list[int | None]]
Parts = Mapping[int, Sequence[Row]]  # by block


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows as they were at ``revision``, when the plan's ``latest`` is perhaps another."""

    question: str
    rows: list[Any]
    revision: int
    latest: int

    @property
    def holds(self) -> bool:
        """Whether nothing has changed since."""
        return self.revision == self.latest


def question_of(statement: str, *, roadmap_id: int, day: date) -> str:
    """A digest of what is asked; a program that counts otherwise writes another statement, and asks anew."""
    return hashlib.sha256(f"{roadmap_id} {day} {statement}".encode()).hexdigest()


def kept_for(question: str) -> Kept | None:
    """What was kept for the question, if anything. One query; none inside a transaction."""
    if connection.in_atomic_block:
        return None
    latest = Subquery(Revision.objects.values("number")[:1])
    asked = KeptSums.objects.filter(slot=_slot(question), question=question)
    found = asked.values_list("rows", "revision", latest).first()
    return Kept(question, *found) if found else None


def rows_while_unchanged(question: str, make: Callable[[], Rows], *, milestones: Callable[[Rows], int]) -> Rows:
    """The kept rows if they hold, else those that ``make`` makes by whichever queries, kept unless the plan changed
    meanwhile; ``milestones`` tells of them how many they stand for. One query where they hold, two or three more where
    they don't."""
    if connection.in_atomic_block:
        return make()
    kept = kept_for(question)
    if kept and kept.holds:
        return kept.rows
    before = kept.latest if kept else _revision()
    rows = make()
    keep_rows(question, rows, revision=before if before == _revision() else None, milestones=milestones(rows))
    return rows


def _revision() -> int | None:
    return Revision.objects.values_list("number", flat=True).first()


def kept_parts(kept: Kept) -> tuple[dict[int, list[Row]], list[int]] | None:
    """The rows of each block, and the blocks that have changed since; two queries.

    None if all is to be read anew: what the blocks hang on has changed, or most of them, or they weren't kept.
    """
    changed = sorted(RevisedBlock.objects.filter(revision__gt=kept.revision).values_list("id", flat=True))
    if FRAME in changed or len(changed) > MOST_BLOCKS:
        return None
    asked = KeptSums.objects.filter(slot=_slot(kept.question), question=kept.question, revision=kept.revision)
    text = asked.values_list("parts", flat=True).first()
    return ({int(block): rows for block, rows in json.loads(text).items()}, changed) if text else None


def keep_rows(
    question: str, rows: Iterable[Row], *, revision: int | None, milestones: int, parts: Parts | None = None
) -> None:
    """Keep the rows, which were read together with the revision. One statement, in a transaction
    of its own; none where it isn't worth it."""
    if connection.in_atomic_block or revision is None or milestones < FROM_MILESTONES:
        return
    text = json.dumps(parts, separators=(",", ":")) if parts else ""
    KeptSums.objects.bulk_create(
        [KeptSums(slot=_slot(question), question=question, revision=revision, rows=list(rows), parts=text)],
        update_conflicts=True,
        unique_fields=["slot"],
        update_fields=["question", "revision", "rows", "parts"],
    )


def _slot(question: str) -> int:
    return int(question[:8], 16) % SLOTS
