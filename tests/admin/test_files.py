"""Evidence as files: for staff, as a download, and nothing else from the folder."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from roadmap.models import Evidence
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def attach(browser: Client, filled: Any) -> Evidence:
    milestone = make.make_milestone()
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    sent = filled(browser.get(page)) | {
        "evidence-TOTAL_FORMS": "1",
        "evidence-0-kind": "file",
        "evidence-0-title": "Minutes",
        "evidence-0-file": SimpleUploadedFile("minutes.html", b"<script>alert(1)</script>", "text/html"),
    }
    assert browser.post(page, sent).status_code == 302
    return Evidence.objects.get()


def test_a_file_is_attached_and_comes_back_as_a_download(browser: Client, filled: Any):
    evidence = attach(browser, filled)
    response = browser.get(evidence.file.url)
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_is_for_staff_only(browser: Client, enter: Any, filled: Any):
    evidence = attach(browser, filled)
    for outsider in (Client(), enter(make.make_person())):
        assert outsider.get(evidence.file.url).status_code == 302


@pytest.mark.parametrize("name", ["secret-key", "../secret-key", "evidence/2026/other.pdf"])
def test_what_is_no_evidence_is_not_found(name: str, browser: Client, tmp_path: Path):
    (tmp_path / "secret-key").write_text("secret")
    assert browser.get(f"/admin/files/{name}").status_code == 404
