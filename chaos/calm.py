"""Waiting for the program: until somebody is at work, and until all is done that it knows of."""

import time
from datetime import datetime

import psycopg

from chaos.cluster import Cluster

# By the database's clock: what is due now and not done; what waits for its time; what failed for good
TO_DO = """
SELECT
    (SELECT count(*) FROM roadmap_outboxmessage
      WHERE state = 'sending' OR (state IN ('pending', 'unsure') AND deliver_after <= statement_timestamp()))
  + (SELECT count(*) FROM roadmap_milestone WHERE remind_at <= statement_timestamp())
  + (SELECT count(*) FROM roadmap_digestsubscription WHERE is_active AND next_issue_at <= statement_timestamp()),
    (SELECT count(*) FROM roadmap_outboxmessage WHERE state IN ('pending', 'unsure')),
    (SELECT count(*) FROM roadmap_outboxmessage WHERE state = 'failed')
"""
# Whoever sends looks at the clocks first, and leaves a note of when
LAST_LOOK = "SELECT max(last_tick_at) FROM roadmap_deliverygate"
LOOK_EVERY = 1.0
QUIET_LOOKS = 3  # so many looks in a row must find nothing due


def left_to_do(cluster: Cluster) -> tuple[int, int, int]:
    """How much is due now, how many mails wait for their time, how many failed."""
    with psycopg.connect(cluster.postgres.url) as database:
        row = database.execute(TO_DO).fetchone()
    assert row is not None  # noqa: S101  (an aggregate has a row)
    return int(row[0]), int(row[1]), int(row[2])


def somebody_is_at_work(cluster: Cluster, *, since: datetime, within: float) -> bool:
    """Comes back once somebody has begun a round of sending after ``since``; False when nobody did in that time."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        with psycopg.connect(cluster.postgres.url) as database:
            row = database.execute(LAST_LOOK).fetchone()
        if row and row[0] is not None and row[0] > since:
            return True
        time.sleep(LOOK_EVERY / 4)
    return False


def nothing_is_due(cluster: Cluster, *, within: float) -> bool:
    """Comes back once nothing is due any more; False when that took longer than ``within`` seconds."""
    ends, quiet = time.monotonic() + within, 0
    while quiet < QUIET_LOOKS:
        if time.monotonic() > ends:
            return False
        time.sleep(LOOK_EVERY)
        quiet = quiet + 1 if left_to_do(cluster)[0] == 0 else 0
    return True
