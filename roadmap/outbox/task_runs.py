"""Writing down that a periodic task was done, or failed; read by ``tracker.state_metrics`` and ``tracker.health``."""

from datetime import datetime

from django.db.models import F

from roadmap.models import TaskRun


def note_done(*names: str, now: datetime) -> None:
    """The tasks of these names came to their end at ``now``."""
    for name in names:
        TaskRun.objects.update_or_create(name=name, defaults={"ended_at": now})


def note_failure(name: str) -> None:
    """The task of that name ended by an error."""
    TaskRun.objects.get_or_create(name=name)
    TaskRun.objects.filter(name=name).update(failures=F("failures") + 1)
