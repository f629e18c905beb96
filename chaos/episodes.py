"""Which stretches of time a run lives through, one after the other; between them the program is down.

The days are chosen for what clocks do on them: in Berlin 02:10 comes twice on 2026-10-25 and is left out on 2027-03-28;
in Cairo the hour before midnight comes twice on 2026-10-29; New York sets its clocks back on 2026-11-01.
"""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Episode:
    """A stretch that begins at ``begins``; after ``is_calm`` ones everything is left alone until nothing is to do."""

    begins: datetime
    is_calm: bool


BEGINS = datetime(2026, 10, 22, 0, 0, tzinfo=UTC)
EPISODES = (
    Episode(datetime(2026, 10, 22, 0, 9, 55, tzinfo=UTC), is_calm=False),
    Episode(datetime(2026, 10, 23, 0, 9, 55, tzinfo=UTC), is_calm=True),
    Episode(datetime(2026, 10, 25, 0, 9, 55, tzinfo=UTC), is_calm=False),  # a day down, then Berlin's long night
    Episode(datetime(2026, 10, 26, 0, 9, 55, tzinfo=UTC), is_calm=False),
    Episode(datetime(2026, 10, 29, 0, 9, 55, tzinfo=UTC), is_calm=True),  # three days down
    Episode(datetime(2026, 10, 30, 0, 9, 55, tzinfo=UTC), is_calm=False),
    Episode(datetime(2026, 11, 2, 0, 9, 55, tzinfo=UTC), is_calm=True),  # over New York's change
    Episode(datetime(2027, 3, 26, 0, 9, 55, tzinfo=UTC), is_calm=False),  # months down
    Episode(datetime(2027, 3, 28, 0, 9, 55, tzinfo=UTC), is_calm=False),  # Berlin's short night
    Episode(datetime(2027, 3, 29, 0, 9, 55, tzinfo=UTC), is_calm=True),
)
SHORT = (EPISODES[0], EPISODES[2], EPISODES[4])
