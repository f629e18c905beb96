"""Sealing: every record of every history that has no link yet gets one, in the order of the records' instants.

A step of its own and not part of the edit, so that edits wait for nothing; it runs each minute, and before each check.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from roadmap.chain.content import NOTHING_BEFORE, columns_of, kinds, link_digest, read_records
from roadmap.clock import steady_seconds
from roadmap.models import HistoryLink, HistoryShape

AT_ONCE = 500
# How far below the newest sealed record of a kind one is looked for that was written before it but committed after it.
LOOK_BACK = 5000
# For how long after a history grew it is looked through again, as something older may still be committed
STILL_COMING_SECONDS = 600.0
LOCK = 7_304_966_221  # any number that nobody else takes for PostgreSQL's advisory locks

Key = tuple[str, int]  # a kind, and the id of a record of its history


def seal_recent(*, now: datetime) -> int:
    """Seal what was written since the last time; how many records. Cheap, however long the history is.

    What a transaction of many hours wrote may be overlooked; ``seal_everything`` finds that.
    """
    return _seal_all(_recent(), now)


class RecentSealer:
    """Seals as ``seal_recent``, but asks only whether there is anything new where nothing was written for a while.

    Each process has its own; what one can't know of, as it began just now, it looks for.
    """

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}
        self._grew_at: dict[str, float] = {}

    def seal(self, *, now: datetime) -> int:
        """Seal what was written since the last time; how many records. One query where nothing was."""
        at, newest = steady_seconds(), _newest_records()
        for kind, number in newest.items():
            if self._newest.get(kind) != number:
                self._grew_at[kind] = at
        self._newest = newest
        # a record of a lower number may still be committed: its transaction began before that of the newest ended
        growing = {kind for kind, grew_at in self._grew_at.items() if at - grew_at <= STILL_COMING_SECONDS}
        recent = {kind: rows for kind, rows in _recent().items() if kind in growing}
        return _seal_all(recent, now) if recent else 0


def seal_everything(*, now: datetime) -> int:
    """Seal whatever has no link, looking through the whole history; how many records."""
    return _seal_all(_records(), now)


def _records() -> dict[str, QuerySet[Any]]:
    return {kind: history._default_manager.order_by() for kind, history in kinds().items()}


def _recent() -> dict[str, QuerySet[Any]]:
    return {kind: rows.filter(history_id__gt=_newest(kind) - LOOK_BACK) for kind, rows in _records().items()}


def _newest_records() -> dict[str, int]:
    """The highest number in each history; one query, by the ends of their indexes."""
    tables = {kind: connection.ops.quote_name(history._meta.db_table) for kind, history in kinds().items()}
    highest = ", ".join(f"(SELECT max(history_id) FROM {table})" for table in tables.values())  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {highest}")
        found = cursor.fetchone() or ()
    return {kind: number or 0 for kind, number in zip(tables, found, strict=True)}


def _newest(kind: str) -> Any:
    newest = HistoryLink.objects.filter(kind=kind).order_by("-record_id").values("record_id")[:1]
    return Coalesce(Subquery(newest), 0)


def _seal_all(records: Mapping[str, QuerySet[Any]], now: datetime) -> int:
    waiting = _unsealed(records)
    return sum(_seal(waiting[first : first + AT_ONCE], now=now) for first in range(0, len(waiting), AT_ONCE))


def _unsealed(records: Mapping[str, QuerySet[Any]]) -> list[Key]:
    """Those without a link, in the order of their instants; one query."""
    parts = [
        rows.filter(~Exists(HistoryLink.objects.filter(kind=kind, record_id=OuterRef("history_id"))))
        .annotate(of_kind=Value(kind))
        .values_list("of_kind", "history_id", "history_date")
        for kind, rows in records.items()
    ]
    found = parts[0].union(*parts[1:], all=True).order_by("history_date", "of_kind", "history_id")
    return [(kind, pk) for kind, pk, _at in found]


def _seal(records: list[Key], *, now: datetime) -> int:
    """Put links on these, but for those that got one meanwhile: one short transaction, one sealer at a time."""
    with transaction.atomic():
        _wait_for_other_sealers()
        shapes, digests = _contents(records)
        last = HistoryLink.objects.order_by("-number").first()
        number, digest = (last.number, last.digest) if last else (0, NOTHING_BEFORE)
        links = []
        for kind, pk in records:
            content = digests.get((kind, pk))
            if content is None:
                continue
            number += 1
            digest = link_digest(before=digest, number=number, content=content, sealed_at=now)
            links.append(
                HistoryLink(
                    number=number,
                    kind=kind,
                    record_id=pk,
                    shape=shapes[kind],
                    content_digest=content,
                    digest=digest,
                    sealed_at=now,
                )
            )
        HistoryLink.objects.bulk_create(links)
    return len(links)


def _contents(records: Iterable[Key]) -> tuple[dict[str, HistoryShape], dict[Key, str]]:
    """The shape of each kind, and the digests of those records that have no link yet; three queries a kind."""
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for kind, pk in records:
        by_kind[kind].append(pk)
    shapes: dict[str, HistoryShape] = {}
    digests: dict[Key, str] = {}
    for kind, pks in by_kind.items():
        columns = columns_of(kinds()[kind])
        shapes[kind], _is_new = HistoryShape.objects.get_or_create(kind=kind, columns=" ".join(columns))
        sealed = set(HistoryLink.objects.filter(kind=kind, record_id__in=pks).values_list("record_id", flat=True))
        found = read_records(kind, columns=columns, pks=[pk for pk in pks if pk not in sealed])
        digests.update({(kind, pk): record.digest for pk, record in found.items() if record.digest is not None})
    return shapes, digests


def _wait_for_other_sealers() -> None:
    """SQLite lets one write at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
