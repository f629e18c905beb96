"""Rights first, sizes next, content last: what nobody may send isn't read, and what is looked at is bounded."""

import io
import time
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from roadmap.editing import attachments
from roadmap.editing.attachments import inspected
from roadmap.errors import InvalidChange
from roadmap.models import Evidence, Person
from roadmap.vocabulary import Role
from tests import factories as make
from tests.api.conftest import caller_for

MEGABYTE = 1024 * 1024


class Untouched(io.RawIOBase):
    """A body of which nothing may be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")

    readline = read  # type: ignore[assignment]


def sent(client: Client, address: str, *, length: int, kind: str = "multipart/form-data; boundary=x") -> int:
    """The status of the answer to a POST of so many bytes, none of which may be read."""
    body = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length), "wsgi.input": Untouched()}
    return int(client.generic("POST", address, **body).status_code)


def entered(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", ["/sign-in/", "/admin/login/", "/", "/i18n/setlang/", "/answer/x/", "/invitation/x/", "/unsubscribe/x/",
             "/my-mail/digests/new/", "/sign-in/code/", "/admin/", "/admin/roadmap/milestone/add/"]
)  # fmt: skip
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"])
def test_nobody_sends_a_large_body_to_a_page_that_takes_none(page: str, kind: str):
    assert sent(Client(), page, length=120 * MEGABYTE, kind=kind) == 413
    assert sent(Client(), page, length=3 * MEGABYTE, kind=kind) == 413


@pytest.mark.django_db
def test_files_are_not_read_for_those_who_may_change_nothing():
    milestone = make.make_milestone(organisation=make.make_organisation())
    pages = [
        reverse("admin:roadmap_milestone_change", args=[milestone.pk]),
        reverse("admin:roadmap_milestone_add"),
        reverse("admin:roadmap_organisation_add"),
        reverse("admin:roadmap_milestone_changelist"),
    ]
    observer = entered(make.make_person(role=Role.OBSERVER, is_staff=True))
    assert [sent(observer, page, length=60 * MEGABYTE) for page in pages] == [413] * len(pages)


@pytest.mark.django_db
def test_there_is_a_bound_for_those_who_may(settings: Settings):
    settings.EVIDENCE_MAX_MEGABYTES = 1
    milestone = make.make_milestone()
    office = entered(make.make_office_person())
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    assert sent(office, page, length=8 * MEGABYTE) == 413
    with pytest.raises(AssertionError, match="the body was read"):
        sent(office, page, length=7 * MEGABYTE)


@pytest.mark.django_db
@pytest.mark.parametrize(("length", "left"), [(1, 0), (100_000, 0), (MEGABYTE, 0), (MEGABYTE + 1, MEGABYTE + 1)])
@pytest.mark.parametrize("address", ["/api/v1/tokens/", "/sign-in/", "/sign-in", "/no/such/page/", "/?%00"])
def test_a_small_body_that_nobody_read_is_not_left_on_the_connection(address: str, length: int, left: int):
    """The server closes a connection on which more than 64 KiB are left, so that the next request on it is lost."""
    body = io.BytesIO(b"x" * length)
    kind = {"CONTENT_TYPE": "text/plain", "CONTENT_LENGTH": str(length), "wsgi.input": body}
    Client().generic("POST", address, **kind)
    assert length - body.tell() == left


@pytest.mark.django_db
def test_the_api_reads_no_more_than_it_takes():
    milestone = make.make_milestone(organisation=make.make_organisation(), owner=make.make_person())
    foreign = make.make_person(role=Role.CONTRIBUTOR, organisation=make.make_organisation())
    owner, stranger = caller_for(milestone.owner), caller_for(foreign)
    evidence = f"/api/v1/milestones/{milestone.pk}/evidence/"

    def answer(caller: Any, address: str, length: int, kind: str = "multipart/form-data; boundary=x") -> int:
        body = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length), "wsgi.input": Untouched()}
        bearer = {"Authorization": f"Bearer {caller.token}"} if caller else {}
        return int(Client().generic("POST", address, headers=bearer, **body).status_code)

    assert answer(owner, evidence, 22 * MEGABYTE) == 413
    assert answer(owner, evidence, 2 * MEGABYTE, "application/json") == 413
    assert answer(owner, "/api/v1/tokens/", 2 * MEGABYTE) == 413
    assert answer(None, evidence, 20 * MEGABYTE) == 401
    assert answer(stranger, evidence, 20 * MEGABYTE) == 404


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["observer", "foreign lead"])
def test_files_are_not_looked_at_for_those_who_may_not_attach_them(who: str, monkeypatch: pytest.MonkeyPatch):
    def looks(*_args: object) -> None:
        raise AssertionError("a file was looked at")

    monkeypatch.setattr("roadmap.admin.uploads.inspected", looks)
    milestone = make.make_milestone(organisation=make.make_organisation())
    role = Role.OBSERVER if who == "observer" else Role.LEAD
    client = entered(make.make_person(role=role, is_staff=True, organisation=make.make_organisation()))
    form = {"milestone": milestone.pk, "kind": "file", "title": "a", "upload": SimpleUploadedFile("a.txt", b"a")}
    change = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    assert client.post(change, {"evidence-0-upload": SimpleUploadedFile("a.txt", b"a")}).status_code == 403
    client.post(reverse("admin:roadmap_evidence_add"), form)
    assert Evidence.objects.count() == 0


def package(parts: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("[Content_Types].xml", "x spreadsheetml.sheet.main+xml")
        for number in range(parts):
            file.writestr(f"xl/part{number}.xml", "")
    return made.getvalue()


def test_a_package_with_more_parts_than_a_document_has_is_not_opened(monkeypatch: pytest.MonkeyPatch):
    content = package(20_000)

    def opens(*_args: object) -> None:
        raise AssertionError("the package was opened")

    monkeypatch.setattr(attachments.zipfile, "ZipFile", opens)
    with pytest.raises(InvalidChange):
        inspected(ContentFile(content, name="a.xlsx"))


@pytest.mark.parametrize("change", ["entries", "locator"])
def test_a_package_that_lies_about_its_parts_is_refused(change: str):
    content = bytearray(package(20_000))
    at = content.rfind(b"PK\x05\x06")
    if change == "entries":
        content[at + 8 : at + 12] = b"\x01\x00\x01\x00"
    else:  # the real numbers are told elsewhere
        content[at:at] = b"PK\x06\x07" + bytes(16)
        content[-10:-6] = b"\x10\x00\x00\x00"
    with pytest.raises(InvalidChange):
        inspected(ContentFile(bytes(content), name="a.xlsx"))


def test_large_texts_are_looked_at_quickly():
    started = time.process_time()
    assert inspected(ContentFile("报告 a\n".encode() * (20 * MEGABYTE // 12), name="a.txt")).type == "text/plain"
    assert time.process_time() - started < 3  # 13 s, when each character was looked up


@pytest.mark.parametrize("wrong", ["\x00", "\x1b", "\x7f"])
def test_control_characters_are_no_text(wrong: str):
    with pytest.raises(InvalidChange):
        inspected(ContentFile(f"a{wrong}b".encode(), name="a.txt"))
