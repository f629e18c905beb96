"""What is wrong though pages work on, each with its remedy: told by ``/health/ready`` and the heartbeat."""

import logging
from datetime import datetime, timedelta
from http.client import HTTPException
from urllib.request import urlopen

from django.conf import settings
from django.db.models import Min
from django.utils import translation

from roadmap.coded_reasons import in_words
from roadmap.models import OutboxMessage, TaskRun
from roadmap.outbox.breaker import MAIL, gate
from roadmap.vocabulary import MessageState

log = logging.getLogger(__name__)

PLANNERS = ("roadmap.plan_reminders", "roadmap.plan_digests")
LONGEST_WITHOUT_PLAN, LONGEST_WAIT = timedelta(minutes=5), timedelta(minutes=15)
CALL_SECONDS = 10.0


def degraded(*, now: datetime) -> list[str]:
    """One line each, in English; none when all is well. Raises DatabaseError."""
    found, current = [], gate(MAIL)
    if current.held_since is not None:
        with translation.override("en"):
            why = in_words(current.held_reason)
        found.append(f"Mail is held ({why}): look at it with manage.py waiting, then manage.py release.")
    elif current.closed_until is not None:
        found.append("The mail server takes nothing: look after EMAIL_HOST; mail goes on by itself.")
    else:
        due = OutboxMessage.objects.filter(state=MessageState.PENDING, deliver_after__lte=now)
        oldest = due.aggregate(at=Min("deliver_after"))["at"]
        if oldest is not None and now - oldest > LONGEST_WAIT:
            found.append(f"Mail has been due since {oldest:%Y-%m-%d %H:%M} UTC: look whether a worker runs.")
    planned = dict(TaskRun.objects.filter(name__in=PLANNERS).values_list("name", "ended_at"))
    last = min((at for at in planned.values() if at is not None), default=None)
    if last is not None and now - last > LONGEST_WITHOUT_PLAN:
        found.append(
            f"Nothing has been planned since {last:%Y-%m-%d %H:%M} UTC: look whether beat and a worker run "
            "(manage.py dispatch does without both)."
        )
    return found


def send_heartbeat(*, now: datetime) -> None:
    """Call HEARTBEAT_URL, if there is one and all is well; whoever is behind it tells when calls stay out."""
    if not settings.HEARTBEAT_URL or degraded(now=now):
        return
    try:
        with urlopen(settings.HEARTBEAT_URL, timeout=CALL_SECONDS):  # noqa: S310 (the operator's; http or https)
            log.debug("Heartbeat sent")
    except (OSError, HTTPException) as error:
        log.warning("HEARTBEAT_URL could not be called: %s", error)
