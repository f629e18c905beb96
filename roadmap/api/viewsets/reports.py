"""Progress updates of all milestones. Recorded at their milestone; never changed."""

from roadmap.api.filtersets import ProgressUpdateFilters
from roadmap.api.openapi import described
from roadmap.api.serializers.milestones import ProgressUpdateEntry
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.models import ProgressUpdate

UPDATES = ProgressUpdate.objects.select_related("milestone", "reported_by", "source")


@described("progress update", "progress updates")
class ProgressUpdates(ReadOnlyResource):
    """Reports, the latest first."""

    queryset = UPDATES
    serializer_class = ProgressUpdateEntry
    filterset_class = ProgressUpdateFilters
    ordering_fields = ("id", "reported_on", "recorded_at")
