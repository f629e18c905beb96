"""A page is sent again only when it would be another: never a stale figure, never a form that would be refused."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from tests.servers.databases import as_if_committed
from tests.web.rows import Frame, make_milestone

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


def status(client: Client, etag: str, address: str = "/", language: str = "en") -> int:
    as_if_committed()
    return client.get(address, headers={"If-None-Match": etag, "Accept-Language": language}).status_code


@pytest.fixture
def etag(frame: Frame, client: Client) -> str:
    make_milestone(frame, code="one", due_on=date(2026, 10, 20))
    as_if_committed()
    response = client.get("/", headers={"Accept-Language": "en"})
    assert response["Cache-Control"] == "public, no-cache"
    return response["ETag"]


def test_unchanged_page_is_not_sent_again_and_costs_one_query(
    etag: str, client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert status(client, etag) == 304
    assert status(client, f"W/{etag}") == 304


def test_page_is_sent_again_after_any_change_on_another_day_in_another_language_and_at_another_address(
    etag: str, frame: Frame, client: Client, time_machine: Any
) -> None:
    assert status(client, etag, language="zh-hans") == 200
    assert status(client, etag, "/?as_of=2026-09-01") == 200
    make.make_update(frame.initiative.milestones.get(), 40, date(2026, 9, 30))
    assert status(client, etag) == 200
    etag = client.get("/", headers={"Accept-Language": "en"})["ETag"]
    frame.owner.full_name = "Another"
    frame.owner.save()
    assert status(client, etag) == 200
    etag = client.get("/", headers={"Accept-Language": "en"})["ETag"]
    assert status(client, etag) == 304
    time_machine.move_to(datetime(2026, 10, 2, 4, tzinfo=UTC), tick=False)
    assert status(client, etag) == 200


def test_page_of_somebody_else_or_with_a_token_no_longer_known_is_sent_again(
    etag: str, frame: Frame, client: Client
) -> None:
    assert status(Client(), etag) == 304  # neither signed in: it is the page of everybody
    client.force_login(frame.owner)
    assert status(client, etag) == 200


@pytest.mark.parametrize("address", ["/", "/api/v1/milestones/", "/api/v1/milestones/{pk}/", "/api/feeds/changes.atom"])
def test_a_304_bears_the_tag_that_the_answer_had_compressed_or_not(address: str, frame: Frame, client: Client) -> None:
    pk = make_milestone(frame, code="one", due_on=date(2026, 10, 20)).pk
    address = address.format(pk=pk)
    for accepted in ("gzip", "identity"):
        as_if_committed()
        asked = {"Accept-Language": "en", "Accept-Encoding": accepted}
        tag = client.get(address, headers=asked)["ETag"]
        again = client.get(address, headers={**asked, "If-None-Match": tag})
        assert (again.status_code, again["ETag"], tag.startswith("W/")) == (304, tag, accepted == "gzip")
