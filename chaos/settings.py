"""The program's own settings; the ``chaos`` application then gives it the run's clock and the run's patience."""

from tracker.settings import *  # noqa: F403 (all of them)
from tracker.settings import INSTALLED_APPS as _THEIRS
from tracker.timetable import TIMETABLE

INSTALLED_APPS = ["chaos", *_THEIRS]
TICK_SECONDS = 2.0
for _entry in TIMETABLE.values():
    _entry["schedule"] = TICK_SECONDS
    _entry["options"] = {"expires": TICK_SECONDS}
