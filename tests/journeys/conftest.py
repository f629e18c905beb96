"""The browser that journeys through pages use, and the person of the programme office who signs in with it."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from roadmap.models import Person
from tests import factories as make
from tests.servers.browser import chromium

PASSWORD = "customs-roadmap-2029"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The installed Chromium, headless; tests that need it are skipped where there is none."""
    if chromium() is None:
        pytest.skip("no Chromium is installed")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop in this thread; rows are made beside it
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def office(transactional_db: None) -> Person:
    """Of the programme office, with ``PASSWORD``."""
    person = make.make_office_person(username="office", full_name="Zhao Min")
    person.set_password(PASSWORD)
    person.save()
    return person
