"""How milestones are shown: measured a page at a time, one as a whole with its version, and as it is when stale."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from rest_framework import status
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api.etags import etag_of
from roadmap.api.expansion import PARTS
from roadmap.api.parameters import day_asked_for
from roadmap.api.problems import Stale
from roadmap.api.renderers import FastJSONRenderer
from roadmap.api.serializers.milestones import MilestoneDetail, WarningEntry
from roadmap.api.shapes import milestone_entries
from roadmap.api.validators import stand_of
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.editing.verification import Missing, missing_for_verification
from roadmap.errors import StaleEdit
from roadmap.models import Milestone
from roadmap.models.bilingual import in_language
from roadmap.progress.due_dates import Heed, told_of_due_date
from roadmap.progress.page import measured_rows
from roadmap.vocabulary import OPEN_STATUSES, MilestoneStatus


class MilestonesShown(ReadOnlyResource):
    """Answers with milestones."""

    shape_of_one = MilestoneDetail
    version_shown: int | None = None

    def zone_shown(self) -> str:
        """Of one milestone's roadmap, also where the milestone is one of then."""
        zones = Milestone.history.filter(id=self.kwargs.get("pk")).order_by().values("initiative__roadmap__time_zone")
        found: str | None = zones.values_list("initiative__roadmap__time_zone", flat=True).first()
        return found or super().zone_shown()

    def shown(self, pk: int, *, status_code: int = status.HTTP_200_OK) -> Response:
        """The answer with one milestone as stored now; its tag begins with its version."""
        data = self._whole(pk)
        self.version_shown = data["version"]
        headers = {}
        if self.request.method not in {"GET", "HEAD"}:
            address = reverse("api:milestone-detail", args=[pk], request=self.request)
            headers = {"Content-Location": address}
            if status_code == status.HTTP_201_CREATED:
                headers["Location"] = address
        if self.choice is not None:
            (data,) = self.choice.of([data])
        return Response(data, status=status_code, headers=headers)

    @contextmanager
    def stale_shown(self, milestone: Milestone) -> Iterator[None]:
        """Turns a stale edit within the block into Stale, which shows the current state."""
        try:
            yield
        except StaleEdit as error:
            data = self._whole(milestone.pk)
            tag = etag_of(FastJSONRenderer().render(data), version=data["version"])
            raise Stale(error.message, current=data, etag=tag) from error

    def day_of_all(self) -> date | None:
        """The day asked for, or else today, if it is the same in all roadmaps; else None."""
        if (asked := day_asked_for(self.request)) is not None:
            return asked
        stand, now = getattr(self, "stand", None) or stand_of(self.request), clock.now()
        days = {clock.day_in(zone, at=now) for zone in stand.zones}
        return days.pop() if len(days) == 1 else None

    def _whole(self, pk: int) -> dict[str, Any]:
        """What ``MilestoneDetail`` describes. Four queries at most, one more while days differ. Raises Http404."""
        day = self.day_of_all()
        if day is None:
            zones = Milestone.objects.filter(pk=pk).order_by().values_list("initiative__roadmap__time_zone", flat=True)
            day = clock.day_in(zones.first() or "UTC", at=clock.now())
        measured = measured_rows([(pk, day)])
        if not measured:
            raise Http404
        (entry,) = milestone_entries(measured)
        parts = {name: parts_of([pk])[pk] for name, parts_of in PARTS.items()}
        return {**entry, **parts, "warnings": WarningEntry(_warnings(measured[0].row), many=True).data}


def _warnings(row: Any) -> Sequence[Missing | Heed]:
    """Of its due date while it is open, of its verification until it is verified. Two queries at most."""
    if row.milestone_status in OPEN_STATUSES:
        return told_of_due_date(
            title=in_language(row.milestone_title_zh, row.milestone_title_en, get_language()),
            due=row.milestone_due_on,
            gate_on=row.phase_gate_on,
            calendar=row.roadmap_calendar,
        )
    if row.milestone_status == MilestoneStatus.DONE and row.milestone_verified_on is None:
        return missing_for_verification([row.milestone_id]).get(row.milestone_id, [])
    return []
