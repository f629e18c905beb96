"""The browser that journeys through pages use, and the person of the programme office who signs in with it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from roadmap.models import Person
from tests import factories as make
from tests.servers.browser import chromium
from tests.servers.databases import copied_database

expect.set_options(timeout=60_000)  # of a busy machine; what is expected comes in a moment
PASSWORD = "correct horse battery"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys of a file share a browser and one worker."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture
def loaded(process_environment: dict[str, str], _loaded: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of real processes, with the bundled roadmap and its sample layer in the database."""
    with copied_database(_loaded, tmp_path) as url:
        yield {**process_environment, "DATABASE_URL": url}


@pytest.fixture
def browser(_chromium: Browser) -> Iterator[Browser]:
    """The browser, whose windows are closed after each test, so that none asks for anything in the next one."""
    yield _chromium
    for context in _chromium.contexts:
        context.close()


@pytest.fixture(scope="module")
def _chromium() -> Iterator[Browser]:
    """The installed Chromium, headless; tests that need it are skipped where there is none.

    Ended with its file, as Playwright leaves a running loop in the thread, in which no other can be run then.
    """
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
