"""Says at the start of a process that this machine's clock and the database's are apart, so that it is set right early.

Mail is held by itself from five minutes on (``roadmap.outbox.hold``); the codes of second factors fail much sooner.
"""

import logging
from datetime import timedelta

from django.db import DatabaseError, connection

from roadmap import clock
from roadmap.outbox.moment import database_clock, instant

TOLD_FROM = timedelta(seconds=30)  # for so long a code of a second factor is taken
log = logging.getLogger(__name__)


def clocks_apart() -> timedelta:
    """By how much this machine's clock is ahead of the database's. Raises DatabaseError."""
    return clock.now() - instant(database_clock())


def tell_of_clocks() -> None:
    """One line in the log where they are far apart; without a database there is nothing to tell, as others do."""
    try:
        apart = clocks_apart()
    except DatabaseError:
        return
    finally:
        connection.close()  # whoever asks goes on to fork, or has nothing else to ask
    if abs(apart) >= TOLD_FROM:
        log.error(
            "This machine's clock is %d seconds %s the database's: set both by a time server (NTP). "
            "Mail is held from 300 seconds on.",
            *(abs(apart.total_seconds()), "ahead of" if apart > timedelta(0) else "behind"),
        )
