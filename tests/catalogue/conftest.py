"""The bundled files, loaded once a module; each test's own changes are rolled back to that state."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from roadmap.exchange.bundled import SMART_CUSTOMS, sample_files
from roadmap.exchange.load import load_catalogue
from tests.catalogue.snapshot import everything
from tests.exchange.small import LOADER, NOW


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker has all tests of a module, so that it is loaded once."""
    for item in items:
        if "smart_customs" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope="module")
def smart_customs(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The bundled catalogue, for every test of the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_catalogue([SMART_CUSTOMS], names=["smart_customs.yaml"], by=LOADER, now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def with_sample(smart_customs: None) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The bundled catalogue with the sample layer over it, for every test of the module; gives the state before it."""
    files, before = sample_files(), everything()
    with transaction.atomic():
        load_catalogue(files, names=[path.name for path in files], by=LOADER, now=NOW)
        yield before
        transaction.set_rollback(True)
