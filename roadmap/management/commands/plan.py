"""``manage.py plan``: what a tick of the planner does, by hand."""

from typing import Any

from roadmap import clock
from roadmap.digests.planner import plan_due_digests
from roadmap.editing.days_to_verify import work_out_days_to_verify
from roadmap.management import terminal
from roadmap.outbox.hold import Watch
from roadmap.outbox.moment import database_clock, instant
from roadmap.reminders.calendars import notice_published_years
from roadmap.reminders.planner import plan_due_reminders


class Command(terminal.Command):
    """Turn due reminders and digests into waiting mail. Safe to run at any time, as often as one likes."""

    help = "Turns due reminders and digests into waiting mail. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        # from now on a copy of this database is known as one
        Watch().look(worker=now, database=instant(database_clock()))
        milestones = digests = 0
        notice_published_years(now=now, put_right=work_out_days_to_verify)
        while looked := plan_due_reminders(now=now):
            milestones += looked
        while due := plan_due_digests(now=now):
            digests += due
        self.stdout.write(f"{milestones} milestones looked at, {digests} digests due.")
