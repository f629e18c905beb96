"""Milestones of one page, measured together, so that a list costs the same however many rows it shows."""

from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.views import ChangeList

from roadmap import clock
from roadmap.models import Milestone, ProgressUpdate
from roadmap.progress.facts import lines_on_their_day
from roadmap.progress.measure import DUE_SOON_DAYS, SILENT_AFTER_DAYS
from roadmap.vocabulary import OPEN_STATUSES


def measured(milestones: list[Milestone], *, now: datetime) -> list[Milestone]:
    """The same milestones, each with its ``line`` as of today in its roadmap's zone."""
    for line, _day in lines_on_their_day(milestones, as_of=None, now=now):
        line.milestone.line = line  # type: ignore[attr-defined]
    return milestones


class MilestoneChangeList(ChangeList):
    """The list page, with each row measured."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Django's page of rows, then their figures."""
        super().get_results(request)
        rows: list[Milestone] = list(self.result_list)
        self.result_list = measured(rows, now=clock.now())


def standing_filter(standing: str, *, today: date) -> Q:
    """The condition of ``open``, ``late``, ``soon`` or ``silent``, by the same bounds as ``progress.measure``."""
    still_open = Q(status__in=OPEN_STATUSES)
    if standing == "late":
        return still_open & Q(due_on__lt=today)
    if standing == "soon":
        return still_open & Q(due_on__gte=today, due_on__lte=date.fromordinal(today.toordinal() + DUE_SOON_DAYS))
    if standing == "silent":
        since = date.fromordinal(today.toordinal() - SILENT_AFTER_DAYS)
        heard = ProgressUpdate.objects.filter(milestone=OuterRef("pk"), reported_on__gt=since, reported_on__lte=today)
        return still_open & Q(planned_start_on__lte=since) & ~Q(Exists(heard))
    return still_open


def with_standing(milestones: QuerySet[Milestone], standing: str) -> QuerySet[Milestone]:
    """Those that stand so today, by the day of the site's zone."""
    today = clock.day_in(timezone.get_default_timezone_name(), at=clock.now())
    return milestones.filter(standing_filter(standing, today=today))


def shown_line(milestone: Milestone) -> Any:
    """The line that ``measured`` put on the milestone."""
    return milestone.line  # type: ignore[attr-defined]
