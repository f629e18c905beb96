"""What is written down of every group of mails that goes out: about to be handed over, as they were made, taken.

These statements are put together by hand: the ORM takes longer over it than the database to carry them out. Each holds
only for rows that are still held under the fence claimed with, as everything in ``claim.py``.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet

from roadmap.models.delivery import Delivery
from roadmap.outbox import claim
from roadmap.outbox.moment import Moment, in_sql
from roadmap.vocabulary import MessageState

D = TypeVar("D", bound=Delivery)


def note_committing(
    rows: Sequence[D], *, now: Moment, lease: timedelta, unless: QuerySet[Any] | None = None
) -> list[D]:
    """Write down, before it happens, that ``rows`` are handed over; then hold them until ``now + lease``.

    Gives those whose claim still stood: the others were taken over or taken back meanwhile, or are just now (locked by
    whoever does it, for whom nobody waits here), and must not be sent. None while ``unless`` finds anything, such as a
    hold.
    """
    if not rows:
        return []
    (at, at_values), (until, until_values) = in_sql(now), in_sql(now, later=lease)
    which, values = _free(rows)
    if unless is not None:
        found, found_values = unless.query.sql_with_params()
        which, values = f"{which} AND NOT EXISTS ({found})", [*values, *found_values]
    setting = f"committing_at = {at}, leased_until = {until}"
    marked = _update(rows, setting, which, [*at_values, *until_values, *values])
    return list(rows) if marked == len(rows) else claim.still_held(rows, committing_at__isnull=False)


def keep(rows: Sequence[Delivery], *fields: str) -> None:
    """Store those fields of ``rows``, as far as they are still held: one prepared statement, whatever the values."""
    if not rows:
        return
    columns: list[Any] = [rows[0]._meta.get_field(name) for name in fields]
    setting = ", ".join(f"{connection.ops.quote_name(column.column)} = %s" for column in columns)
    values = [
        [
            *(column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns),
            *(row.pk, row.fence, MessageState.SENDING.value),
        ]
        for row in rows
    ]
    with _binding_cursor() as cursor:  # nothing in the statement comes from outside
        cursor.executemany(f"UPDATE {_table(rows)} SET {setting} WHERE id = %s AND fence = %s AND state = %s", values)  # noqa: S608


def note_sent(rows: Sequence[Delivery], *, now: Moment) -> int:
    """The other side took ``rows``; returns how many could be marked so.

    Also one whose lease had ended meanwhile, as long as its outcome still counts as unknown.
    """
    if not rows:
        return 0
    at, at_values = in_sql(now)
    setting = f"state = %s, sent_at = {at}, attempts = attempts + 1, last_error = '', leased_until = NULL"
    noted = 0
    for which, values in (_held(rows), _released(rows)):
        if noted < len(rows):
            noted += _update(rows, setting, which, [MessageState.SENT.value, *at_values, *values])
    return noted


def _free(rows: Sequence[Delivery]) -> tuple[str, list[Any]]:
    """Those held that nobody else has locked, where rows have locks; else all held."""
    held, values = _held(rows)
    if connection.features.has_select_for_update_skip_locked:
        found = f"SELECT id FROM {_table(rows)} WHERE {held} ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"  # noqa: S608
        return f"id IN ({found})", values
    return held, values


def _held(rows: Sequence[Delivery]) -> tuple[str, list[Any]]:
    """The rows, as far as they are held under the fence claimed with."""
    return _those(rows, state=MessageState.SENDING, fences_later=0)


def _released(rows: Sequence[Delivery]) -> tuple[str, list[Any]]:
    """The rows, as far as nothing but their release came after: their lease ended while they were handed over."""
    return _those(rows, state=MessageState.UNSURE, fences_later=1)


def _those(rows: Sequence[Delivery], *, state: MessageState, fences_later: int) -> tuple[str, list[Any]]:
    terms, values = [], []
    for fence, numbers in claim.by_fence(rows).items():
        terms.append(f"(fence = %s AND id IN ({', '.join(['%s'] * len(numbers))}))")
        values += [fence + fences_later, *numbers]
    return f"({' OR '.join(terms)}) AND state = %s", [*values, state.value]


def _update(rows: Sequence[Delivery], setting: str, which: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:  # nothing in the statement comes from outside
        cursor.execute(f"UPDATE {_table(rows)} SET {setting} WHERE {which}", values)  # noqa: S608
        return int(cursor.rowcount)


def _table(rows: Sequence[Delivery]) -> str:
    return connection.ops.quote_name(rows[0]._meta.db_table)


def _binding_cursor() -> AbstractContextManager[Any]:
    """A cursor that sends values beside the statement: a mail as its bytes, not as a literal twice as long to parse."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from psycopg import Cursor

    connection.ensure_connection()
    cursor: Any = Cursor(connection.connection)
    return connection.make_cursor(cursor)
