"""While the program is being worked on."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def _maintained(tmp_path: Path, settings: Settings) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    settings.MAINTENANCE_FILE.touch()


@pytest.mark.usefixtures("_maintained")
@pytest.mark.parametrize("address", ["/", "/milestones/", "/admin/", "/no/such/page/"])
def test_pages_say_in_both_languages_that_the_site_will_be_back(address: str, client: Client) -> None:
    response = client.get(address)
    assert response.status_code == 503
    assert response["Retry-After"] == "300"
    assert response["Cache-Control"] == "no-store"
    for words in ("系统维护中", "Under maintenance"):
        assert words in response.content.decode()


@pytest.mark.usefixtures("_maintained")
def test_programs_get_a_problem_and_the_engine_still_its_answer(client: Client) -> None:
    response = client.get("/api/v1/milestones/")
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db
def test_site_is_back_once_the_file_is_gone(tmp_path: Path, client: Client, settings: Settings) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    assert client.get("/").status_code == 200
