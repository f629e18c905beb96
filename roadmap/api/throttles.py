"""How many requests a minute are served to one caller. Counted in the cache; without Redis nothing is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from roadmap import clock

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it reads the settings that name this class

WINDOW_SECONDS = 60


class PerMinute(BaseThrottle):
    """A counter for each caller and minute: a person by account, a stranger by address. A limit of 0 means none."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Counts the request; False when it is one too many for this minute."""
        if request.user.is_authenticated:
            limit, caller = settings.API_REQUESTS_PER_MINUTE, f"person:{request.user.pk}"
        else:
            limit, caller = settings.API_REQUESTS_PER_MINUTE_ANONYMOUS, f"address:{self.get_ident(request)}"
        if not limit:
            return True
        second = int(clock.now().timestamp())
        self.seconds_left = WINDOW_SECONDS - second % WINDOW_SECONDS
        key = f"api-requests:{caller}:{second // WINDOW_SECONDS}"
        count = _counted(key)
        return count is None or count <= limit

    def wait(self) -> float:
        """Seconds until requests are served again."""
        return self.seconds_left


def _counted(key: str) -> int | None:
    """One more at the counter, which begins with the minute's first request; None where there is no Redis to count."""
    try:
        return caches["redis"].incr(key)
    except ValueError:  # the first of this minute
        if caches["redis"].add(key, 1, timeout=2 * WINDOW_SECONDS):
            return 1
    try:
        return caches["redis"].incr(key)  # another was first
    except ValueError:
        return None
