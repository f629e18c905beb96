"""Milestones of one page, measured together, so that a list costs the same however many rows it shows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from roadmap import clock
from roadmap.admin.lists import OwnFiltersList
from roadmap.models import Milestone
from roadmap.models.milestone import open_on
from roadmap.progress.conditions import due_soon_on, overdue_on, silent_on, unverified_on, verification_overdue_on
from roadmap.progress.facts import lines_on_their_day
from roadmap.progress.today import on_its_day
from roadmap.reminders.ahead import Ahead, next_reminders
from roadmap.vocabulary import MilestoneStatus


def measured(milestones: list[Milestone], *, now: datetime) -> list[Milestone]:
    """The same milestones, each with its ``line`` as of today in its roadmap's zone."""
    for line, _day in lines_on_their_day(milestones, as_of=None, now=now):
        line.milestone.line = line  # type: ignore[attr-defined]
    return milestones


class MilestoneChangeList(OwnFiltersList):
    """The list page: each row measured, with its next reminder."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Django's page of rows, then their figures and what comes next."""
        super().get_results(request)
        rows: list[Milestone] = list(self.result_list)
        now = clock.now()
        ahead = next_reminders(rows, now=now)
        for milestone in rows:
            milestone.ahead = ahead.get(milestone.pk)  # type: ignore[attr-defined]
        self.result_list = measured(rows, now=now)


def with_standing(milestones: QuerySet[Milestone], standing: str) -> QuerySet[Milestone]:
    """Those that stand so today, each in its roadmap's zone; ``standing`` is a key of ``STANDINGS``."""
    return milestones.filter(on_its_day(STANDINGS[standing], now=clock.now()))


def _this_month(today: date) -> Q:
    first = today.replace(day=1)
    next_first = (first + timedelta(days=31)).replace(day=1)
    return ~Q(status=MilestoneStatus.CANCELLED) & Q(due_on__gte=first, due_on__lt=next_first)


STANDINGS: dict[str, Callable[[date], Q]] = {
    "open": open_on,
    "late": overdue_on,
    "month": _this_month,
    "soon": due_soon_on,
    "silent": silent_on,
    "unverified": unverified_on,
    "unverified-long": verification_overdue_on,
}


def shown_line(milestone: Milestone) -> Any:
    """The line that ``measured`` put on the milestone."""
    return milestone.line  # type: ignore[attr-defined]


def shown_ahead(milestone: Milestone) -> Ahead | None:
    """The next reminder that the list page put on the milestone."""
    return milestone.ahead  # type: ignore[attr-defined]
