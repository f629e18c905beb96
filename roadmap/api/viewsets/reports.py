"""Progress updates of all milestones: read, recorded one by one or many at once, withdrawn; never changed."""

from contextlib import nullcontext
from typing import Any

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api import openapi_many as docs
from roadmap.api.filtersets import ProgressUpdateFilters
from roadmap.api.naming import all_found, milestones_named
from roadmap.api.serializers import acts, many
from roadmap.api.serializers.milestones import ProgressUpdateEntry
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.editing.dry_run import undone
from roadmap.editing.many_reports import Recorded, record_progress_of_many
from roadmap.editing.progress import Report, withdraw_progress
from roadmap.models import Milestone, ProgressUpdate
from roadmap.vocabulary import Scope

UPDATES = ProgressUpdate.every.select_related("milestone", "reported_by", "source", "withdrawn_by")


@docs.described_reports
class ProgressUpdates(ReadOnlyResource):
    """Reports, the latest first."""

    queryset = UPDATES
    shows_plan_only = True
    write_scope = Scope.PROGRESS
    serializer_class = ProgressUpdateEntry
    filterset_class = ProgressUpdateFilters
    ordering_fields = ("id", "reported_on", "recorded_at")

    def create(self, request: Request) -> Response:
        """Record one, of the milestone named in the body; 200 where it was recorded before."""
        values = self.accepted(many.ReportOf)
        with self.one_item():
            found = all_found(milestones_named([values.pop("milestone")]), name="milestone")
            (taken,) = record_progress_of_many([(found[0], Report(**values))], by=self.actor, now=clock.now())
        address = reverse("api:progress-update-detail", args=[taken.update.pk], request=request)
        return Response(
            ProgressUpdateEntry(taken.update).data,
            status=status.HTTP_200_OK if taken.was_known else status.HTTP_201_CREATED,
            headers={"Location": address},
        )

    def milestone_of(self, row: ProgressUpdate) -> Milestone:
        """The one that it tells of."""
        return row.milestone

    @docs.withdraw_report
    @action(detail=True, methods=["post"], url_name="withdraw")
    def withdraw(self, request: Request, pk: str) -> Response:
        """Say that it was wrong."""
        values = self.accepted(acts.GivenReason)
        return Response(
            ProgressUpdateEntry(withdraw_progress(self.get_object(), by=self.actor, now=clock.now(), **values)).data
        )

    @docs.many_reports
    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    def bulk(self, request: Request) -> Response:
        """Record many, all or none."""
        values = self.accepted(many.ManyReports)
        dry_run = values.get("dry_run", False)
        named = milestones_named([item.pop("milestone") for item in values["items"]])
        found = all_found(named, name="milestone")
        reports = [(milestone, Report(**item)) for milestone, item in zip(found, values["items"], strict=True)]
        with undone() if dry_run else nullcontext():
            taken = record_progress_of_many(reports, by=self.actor, now=clock.now())
        return Response(
            many.ReportsTaken(_summary(taken, dry_run=dry_run)).data,
            status=status.HTTP_200_OK if dry_run else status.HTTP_201_CREATED,
        )


def _summary(taken: list[Recorded], *, dry_run: bool) -> dict[str, Any]:
    known = sum(one.was_known for one in taken)
    return {
        "dry_run": dry_run,
        "recorded": len(taken) - known,
        "known": known,
        "items": [
            {
                "outcome": many.KNOWN if one.was_known else many.RECORDED,
                "id": None if dry_run and not one.was_known else one.update.pk,
                "milestone": one.update.milestone_id,
                "external_ref": one.update.external_ref,
            }
            for one in taken
        ],
    }
