"""How milestones are shown: measured a page at a time, one as a whole with its version, and as it is when stale."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework import status
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api.etags import etag_of
from roadmap.api.parameters import day_asked_for
from roadmap.api.problems import Stale
from roadmap.api.renderers import FastJSONRenderer
from roadmap.api.serializers.milestones import MilestoneDetail
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.errors import StaleEdit
from roadmap.models import Milestone
from roadmap.progress.facts import lines_on_their_day

SHOWN = Milestone.objects.select_related(
    "initiative__roadmap", "initiative__pillar", "phase", "workstream", "organisation", "owner", "source"
)
WHOLE = SHOWN.prefetch_related("deliverables", "predecessor_links__predecessor")


class MilestonesShown(ReadOnlyResource):
    """Answers with milestones."""

    shape_of_one = MilestoneDetail
    version_shown: int | None = None

    def zone_shown(self) -> str:
        """Of one milestone's roadmap, also where the milestone is one of then."""
        zones = Milestone.history.filter(id=self.kwargs.get("pk")).order_by().values("initiative__roadmap__time_zone")
        found: str | None = zones.values_list("initiative__roadmap__time_zone", flat=True).first()
        return found or super().zone_shown()

    def measured(self, milestones: list[Milestone], serializer: type) -> Any:
        """The milestones as ``serializer`` shows them, with the figures of the day asked for."""
        lines = lines_on_their_day(milestones, as_of=day_asked_for(self.request), now=clock.now())
        by_id = {line.milestone.pk: (line, day) for line, day in lines}
        return serializer(milestones, many=True, context={**self.get_serializer_context(), "lines": by_id}).data

    def shown(self, pk: int, *, status_code: int = status.HTTP_200_OK) -> Response:
        """The answer with one milestone as stored now; its tag begins with its version."""
        milestone, data = self._whole(pk)
        self.version_shown = milestone.version
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
            current, data = self._whole(milestone.pk)
            tag = etag_of(FastJSONRenderer().render(data), version=current.version)
            raise Stale(error.message, current=data, etag=tag) from error

    def _whole(self, pk: int) -> tuple[Milestone, Any]:
        milestone = WHOLE.get(pk=pk)
        return milestone, self.measured([milestone], MilestoneDetail)[0]
