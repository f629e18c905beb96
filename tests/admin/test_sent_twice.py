"""The same form sent twice, at once or one after the other, is done once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from roadmap.models import Evidence, Organisation, Person, ProgressUpdate, Source
from tests import factories as make

pytestmark = pytest.mark.on_postgresql

REPORT = {
    "progress_updates-TOTAL_FORMS": "1",
    "progress_updates-0-percent_complete": "40",
    "progress_updates-0-confidence": "green",
    "progress_updates-0-narrative_en": "Half of it.",
}


@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_sent_twice_at_once_is_stored_once(office: Person, enter: Any, filled: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite is in memory, where nobody waits for anybody")
    milestone = make.make_milestone(status="active")
    for page, report in (
        (reverse("admin:roadmap_milestone_change", args=[milestone.pk]), REPORT),
        (reverse("admin:roadmap_progressupdate_add"), {"milestone": str(milestone.pk), "percent_complete": "50"}),
    ):
        browser = enter(office)
        sent = filled(browser.get(page)) | report
        known, start = ProgressUpdate.objects.count(), Barrier(2)

        def send(one: Client, page: str = page, sent: Any = sent, start: Barrier = start) -> int:
            start.wait()
            try:
                return one.post(page, sent).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            assert list(threads.map(send, [browser, enter(office)])) == [302, 302]
        assert ProgressUpdate.objects.count() == known + 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_is_sent_twice_at_once_is_no_error_of_ours(office: Person, enter: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite is in memory, where nobody waits for anybody")
    page, sent = "/admin/roadmap/person/invite/", {"full_name": "G", "email": "g@example.org", "role": "observer"}
    start = Barrier(2)

    def send(one: Client) -> int:
        start.wait()
        try:
            return one.post(page, {**sent, "language": "en"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        codes = sorted(threads.map(send, [enter(office), enter(office)]))
    assert codes in ([200, 302], [302, 409])  # where it came later, its form tells that the address is taken
    assert Person.objects.filter(email="g@example.org").count() == 1


@pytest.mark.django_db
def test_a_form_that_is_sent_again_tells_so_and_adds_nothing(browser: Client, filled: Any) -> None:
    milestone = make.make_milestone()
    page = reverse("admin:roadmap_evidence_add")
    sent = filled(browser.get(page)) | {
        "milestone": milestone.pk,
        "kind": "note",
        "title": "Minutes",
        "note": "Agreed.",
    }
    assert browser.post(page, sent).status_code == 302
    again = browser.post(page, sent, follow=True)
    assert [str(one) for one in again.context["messages"]][-1:] == ["This form was sent twice; it is saved once."]
    assert Evidence.objects.count() == 1
    assert browser.post(page, sent | {"title": "Others"}).status_code == 302  # gone back to, and filled in anew
    assert Evidence.objects.count() == 2
    Evidence.objects.filter(title="Others").delete()
    fresh = filled(browser.get(page)) | {name: sent[name] for name in ("milestone", "kind", "title", "note")}
    assert browser.post(page, fresh).status_code == 302
    assert Evidence.objects.count() == 2


@pytest.mark.django_db
def test_a_form_that_was_refused_may_be_sent_again(browser: Client, filled: Any) -> None:
    page = reverse("admin:roadmap_organisation_add")
    sent = filled(browser.get(page)) | {
        "name_zh": "单",
        "name_en": "Unit",
        "code": "not a code",
        "provenance": "entered",
    }
    refused = browser.post(page, sent)
    assert refused.status_code == 200
    assert browser.post(page, filled(refused) | {"code": "unit"}).status_code == 302
    assert Organisation.objects.get().code == "unit"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["abc", "9" * 5000, "G" * 32])
def test_a_key_that_is_none_of_ours_is_a_bad_request(key: str, browser: Client) -> None:
    assert browser.post(reverse("admin:roadmap_source_add"), {"form_key": key}).status_code == 400
    assert not Source.objects.exists()
