"""Python: made by openapi-python-client from /api/schema/. Set TRACKER_URL and TRACKER_TOKEN."""

import io
import os

from roadmap_tracker_api_client import AuthenticatedClient
from roadmap_tracker_api_client.api.milestones import (
    milestones_attach_file,
    milestones_list,
    milestones_record_progress,
    milestones_retrieve,
)
from roadmap_tracker_api_client.models import MilestonesListStatusItem, NewEvidenceFileRequest, ReportRequest
from roadmap_tracker_api_client.types import File


def main(api: AuthenticatedClient) -> None:
    """Read, report, and attach a file."""
    open_ones = [MilestonesListStatusItem.PLANNED, MilestonesListStatusItem.ACTIVE]
    page = milestones_list.sync(client=api, status=open_ones, page_size=3)
    print(f"{len(page.results)} open milestones; the first is {page.results[0].code}")

    milestone = milestones_retrieve.sync(page.results[0].id, client=api)
    print(f"due on {milestone.due_on}, {milestone.progress.earned_percent:g} % done")

    report = milestones_record_progress.sync(milestone.id, client=api, body=ReportRequest(percent_complete=40))
    print(f"reported {report.percent_complete:g} %")

    paper = File(payload=io.BytesIO(b"It was accepted.\n"), file_name="acceptance.txt", mime_type="text/plain")
    body = NewEvidenceFileRequest(title="Acceptance report", file=paper)
    evidence = milestones_attach_file.sync(milestone.id, client=api, body=body)
    print(f"attached {evidence.title}")


with AuthenticatedClient(base_url=os.environ["TRACKER_URL"], token=os.environ["TRACKER_TOKEN"]) as client:
    main(client)
