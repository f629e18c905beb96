"""Addresses that no database could be asked for."""

import pytest
from django.test import Client

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.parametrize(
    "address",
    [
        "/milestones/?q=a%00b",
        "/milestones/?phase=%00",
        "/admin/search/?s=a%00&extended=1",
        "/admin/autocomplete/?app_label=roadmap&model_name=milestone&field_name=owner&term=%00",
        "/admin/files/%00",
    ],
)
def test_nul_in_an_address_is_a_bad_request_whatever_the_page(client: Client, address: str) -> None:
    make.make_milestone()
    client.force_login(make.make_office_person(is_superuser=True))
    assert client.get(address).status_code == 400


def test_nul_is_told_of_by_the_api_itself(client: Client) -> None:
    answer = client.get("/api/v1/milestones/?search=%00")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_percent_sign_and_zeros_are_looked_for(client: Client) -> None:
    make.make_milestone()
    assert client.get("/milestones/?q=%2500").status_code == 200
