"""What time it is for deliveries: the database's, so that workers whose clocks differ agree on what is due and held.

Doors pass ``database_clock``; tests pass a clock that they move. Rules get the plain instant that ``instant`` gives.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from roadmap import clock

Moment = datetime | Now
Clock = Callable[[], Moment]


def database_clock() -> Moment:
    """The database's own time, at the statement in which it is used."""
    return Now()


def instant(moment: Moment) -> datetime:
    """``moment`` as a value, in UTC; the database's time costs one query."""
    if isinstance(moment, datetime):
        return moment
    if connection.vendor == "sqlite":  # its clock is this machine's
        return clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (at,) = cursor.fetchone() or (None,)
    assert isinstance(at, datetime)  # noqa: S101  # what the server's function gives
    return at


def in_sql(moment: Moment, *, later: timedelta = timedelta(0)) -> tuple[str, list[Any]]:
    """``moment``, or so much later, for a statement written by hand: the words in it, and their values."""
    if isinstance(moment, datetime) or connection.vendor == "sqlite":
        return "%s", [connection.ops.adapt_datetimefield_value(instant(moment) + later)]
    return ("statement_timestamp() + %s", [later]) if later else ("statement_timestamp()", [])
