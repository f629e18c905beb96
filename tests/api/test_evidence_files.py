"""Files of evidence through the API: sent as form data, looked at, fetched again."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from roadmap.models import Evidence, Milestone
from roadmap.vocabulary import Role
from tests import factories as make
from tests.api.conftest import Caller, caller_for

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(caller: Caller, milestone: Milestone, content: bytes = PDF, **other: Any) -> Any:
    """A body of form data as a program sends it."""
    key = {"Idempotency-Key": other.pop("key")} if "key" in other else {}
    body = {"title": "Minutes", "file": SimpleUploadedFile("minutes.pdf", content), **other}
    headers = {"Authorization": f"Bearer {caller.token}", "Accept-Language": "en", **key}
    return caller.client.post(f"/api/v1/milestones/{milestone.pk}/evidence/", body, headers=headers)


def test_a_file_is_attached_and_fetched_again(office: Caller, stranger: Caller, milestone: Milestone):
    update = make.make_update(milestone, 10, milestone.planned_start_on)
    answer = send(office, milestone, progress_update=str(update.pk))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["kind"], told["file_name"], told["file_type"]) == ("file", "minutes.pdf", "application/pdf")
    assert (told["file_size"], told["progress_update"]) == (len(PDF), update.pk)
    fetched = office.get(f"evidence/{told['id']}/file/")
    assert b"".join(fetched.streaming_content) == PDF
    assert fetched["Content-Disposition"] == 'attachment; filename="minutes.pdf"'
    assert fetched["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert stranger.get(f"evidence/{told['id']}/file/").status_code == 401
    assert office.get(f"evidence/{make.make_evidence(milestone).pk}/file/").status_code == 404


def test_a_file_that_may_not_be_attached_is_refused_at_its_name(office: Caller, milestone: Milestone, settings: Any):
    answer = send(office, milestone, b"<html><script>")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/file")
    assert answer.json()["errors"][0]["detail"] == "The content of this file doesn't match its name (pdf)."
    settings.EVIDENCE_MAX_MEGABYTES = 1
    assert send(office, milestone, PDF + bytes(1024 * 1024)).status_code == 422
    assert send(office, milestone, PDF + bytes(3 * 1024 * 1024)).status_code == 413
    unknown = send(office, milestone, kind="file")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "#/kind")
    assert not Evidence.objects.exists()


def test_only_who_may_report_gets_a_file_as_far_as_the_scanner(milestone: Milestone, settings: Any):
    settings.EVIDENCE_SCANNER = "/nowhere/scanner"  # would refuse with 422
    observer = caller_for(make.make_person(role=Role.OBSERVER, organisation=milestone.organisation))
    assert send(observer, milestone).status_code == 403


def test_a_file_sent_again_under_its_key_is_attached_once(office: Caller, milestone: Milestone):
    large = PDF + bytes(3 * 1024 * 1024)
    first, second = (send(office, milestone, large, key="k") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Evidence.objects.count() == 1
    assert send(office, milestone, PDF, key="k").status_code == 422
