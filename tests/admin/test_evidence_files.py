"""Evidence as files on the milestone's page: looked at, kept under a made-up name, fetched as a download."""

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
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(browser: Client, filled: Any, file: SimpleUploadedFile) -> Any:
    page = reverse("admin:roadmap_milestone_change", args=[make.make_milestone().pk])
    sent = filled(browser.get(page)) | {
        "evidence-TOTAL_FORMS": "1",
        "evidence-0-kind": "file",
        "evidence-0-title": "Minutes",
        "evidence-0-upload": file,
    }
    return browser.post(page, sent)


def attach(browser: Client, filled: Any) -> Evidence:
    assert send(browser, filled, SimpleUploadedFile("纪要 1.pdf", PDF, "text/html")).status_code == 302
    return Evidence.objects.get()


def address(evidence: Evidence) -> str:
    return reverse("web:evidence-file", args=[evidence.pk])


def test_a_file_is_attached_and_comes_back_as_a_download(browser: Client, filled: Any, tmp_path: Path):
    evidence = attach(browser, filled)
    assert (evidence.file_name, evidence.file_type, evidence.file_size) == ("纪要 1.pdf", "application/pdf", len(PDF))
    assert evidence.file.name.startswith("evidence/")
    assert len(Path(evidence.file.name).name) == 32
    assert [one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()] == [PDF]
    response = browser.get(address(evidence))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E7%BA%AA%E8%A6%81%201.pdf"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    page = browser.get(reverse("admin:roadmap_milestone_change", args=[evidence.milestone_id])).content.decode()
    assert f'<a href="{address(evidence)}">纪要 1.pdf</a>' in page
    own = browser.get(reverse("admin:roadmap_evidence_change", args=[evidence.pk])).content.decode()
    assert f'<a href="{address(evidence)}">纪要 1.pdf</a>' in own


def test_a_file_is_for_whoever_is_known_and_has_no_address_of_its_own(browser: Client, enter: Any, filled: Any):
    evidence = attach(browser, filled)
    assert b"".join(enter(make.make_person()).get(address(evidence)).streaming_content) == PDF
    assert Client().get(address(evidence)).headers["Location"].startswith(reverse("account_login"))
    for guess in (f"/{evidence.file.name}", f"/media/{evidence.file.name}", f"/admin/files/{evidence.file.name}"):
        assert browser.get(guess, follow=True).status_code == 404


def test_what_is_no_file_is_not_found(browser: Client, filled: Any, tmp_path: Path):
    evidence = attach(browser, filled)
    (tmp_path / evidence.file.name).unlink()
    assert browser.get(address(evidence)).status_code == 404
    assert browser.get(address(make.make_evidence(evidence.milestone))).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("minutes.html", b"<script>alert(1)</script>", "Files of this kind can&#x27;t be uploaded."),
        ("minutes.pdf", PDF + bytes(1024 * 1024), "Files may have up to 1 MB"),
    ],
)
def test_a_file_that_may_not_be_attached_is_refused_at_its_field(
    name: str, content: bytes, told: str, browser: Client, filled: Any, settings: Settings, tmp_path: Path
):
    settings.EVIDENCE_MAX_MEGABYTES = 1
    response = send(browser, filled, SimpleUploadedFile(name, content, "application/pdf"))
    assert response.status_code == 200
    assert told in response.content.decode()
    assert not Evidence.objects.exists()
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_a_name_is_kept_without_what_deceives_the_eye(browser: Client, filled: Any):
    assert send(browser, filled, SimpleUploadedFile("a\u202efdp.x\x07.pdf", PDF)).status_code == 302
    assert Evidence.objects.get().file_name == "afdp.x.pdf"
