"""Writing down that a periodic task was done, or failed; read by ``tracker.state_metrics`` and ``tracker.health``."""

from datetime import datetime

from django.db.models import F

from roadmap.models import TaskRun
from roadmap.outbox.idle import Seldom


def note_done(*names: str, now: datetime) -> None:
    """The tasks of these names came to their end at ``now``."""
    for name in names:
        if not TaskRun.objects.filter(name=name).update(ended_at=now):
            TaskRun.objects.get_or_create(name=name, defaults={"ended_at": now})


NOTED = Seldom(seconds=90.0)  # what ticks each minute, or oftener, is written down every other minute


def note_done_seldom(name: str, *, now: datetime) -> None:
    """The same for what this process does so often that each time needn't be written down."""
    if NOTED.is_time(name):
        note_done(name, now=now)


def note_failure(name: str) -> None:
    """The task of that name ended by an error."""
    TaskRun.objects.get_or_create(name=name)
    TaskRun.objects.filter(name=name).update(failures=F("failures") + 1)
