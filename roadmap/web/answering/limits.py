"""How many requests a minute the page serves. Counted in the cache; without Redis nothing is counted.

Whoever holds a link of ours is counted as its person, anybody else by address: offices share addresses, so that many
readers who open their mail at the same minute must not shut each other out.
"""

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from roadmap import clock
from roadmap.outbox.answer_links import claim_of
from roadmap.web.callers import client_address

WINDOW_SECONDS = 60


def seconds_to_wait(request: HttpRequest, token: str) -> int:
    """Counts the request; 0 where it is served, else after how many seconds the next one is."""
    limit = settings.ANSWER_REQUESTS_PER_MINUTE
    if not limit:
        return 0
    claim = claim_of(token)
    caller = f"person:{claim.person_id}" if claim else f"address:{client_address(request)}"
    second = int(clock.now().timestamp())
    key = f"answer-requests:{caller}:{second // WINDOW_SECONDS}"
    caches["redis"].add(key, 0, timeout=2 * WINDOW_SECONDS)
    try:
        count = caches["redis"].incr(key)
    except ValueError:  # the counter went away between the two lines, or there is no Redis
        return 0
    return WINDOW_SECONDS - second % WINDOW_SECONDS if count is not None and count > limit else 0
