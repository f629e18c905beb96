"""Files of evidence in a bucket of an S3-compatible server: put there, handed out, cleared of what is left over."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from roadmap import clock
from roadmap.editing.downloads import download_of
from roadmap.editing.leftover_files import leftover_files, remove_leftover_file
from tests import factories as make
from tracker.evidence_storage import evidence_storage

NAMED = {"EVIDENCE_BUCKET": "evidence", "EVIDENCE_BUCKET_KEY": "key", "EVIDENCE_BUCKET_SECRET": "secret"}


@pytest.fixture(scope="module")
def _server() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(_server: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The storage is an empty bucket of the server."""
    for name, value in {**NAMED, "EVIDENCE_BUCKET_URL": _server}.items():
        monkeypatch.setenv(name, value)
    client = boto3.client(
        "s3", endpoint_url=_server, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket="evidence")
    settings.STORAGES = {**settings.STORAGES, "default": evidence_storage()}


@pytest.mark.django_db
@pytest.mark.usefixtures("bucket")
def test_files_are_kept_in_the_bucket_and_handed_out_from_it() -> None:
    milestone = make.make_milestone()
    kept = make.make_evidence(
        milestone, note="", kind="file", url="", file=SimpleUploadedFile("a.pdf", b"%PDF-1.7"), file_name="纪要.pdf"
    )
    again = make.make_evidence(
        milestone, note="", kind="file", url="", file=SimpleUploadedFile("a.pdf", b"%PDF-1.8"), file_name="b.pdf"
    )
    assert kept.file.name != again.file.name
    answer = download_of(kept)
    assert answer is not None
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"
    assert "attachment" in answer["Content-Disposition"]
    answer.close()
    place = default_storage.save("evidence/2026/lost.pdf", ContentFile(b"%PDF"))
    found = leftover_files(stored_before=clock.now() + timedelta(hours=1))
    assert ([one.place for one in found.files], found.known) == ([place], 2)
    remove_leftover_file(found.files[0])
    assert not default_storage.exists(place)
    kept.file = "evidence/nowhere.pdf"
    assert download_of(kept) is None


@pytest.mark.parametrize("missing", ["EVIDENCE_BUCKET_URL", "EVIDENCE_BUCKET_KEY", "EVIDENCE_BUCKET_SECRET"])
def test_bucket_needs_an_address_and_a_login(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**NAMED, "EVIDENCE_BUCKET_URL": "https://s3.example.org"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)
    with pytest.raises(ImproperlyConfigured, match=f"^EVIDENCE_BUCKET is 'evidence'; set {missing} too.$"):
        evidence_storage()


def test_address_of_the_storage_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**NAMED, "EVIDENCE_BUCKET_URL": "s3.example.org"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match="EVIDENCE_BUCKET_URL"):
        evidence_storage()
