"""Fixtures that every room's tests share: real servers and an environment for real processes."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import hypothesis
import pytest
from django.core.cache import caches
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

import tracker.celery  # noqa: F401 (makes the application current, so that tasks are bound to it)
from tests.servers.databases import connected_to_copy, copied_database, loaded_database, migrated_database
from tests.servers.program import Program, start
from tests.servers.smtp import Sink, running_sink
from tests.servers.valkey import running_valkey
from tracker.serving import when_ready

ROOT = Path(__file__).resolve().parent.parent
LONG = {"embedded", "journeys", "catalogue"}

# A busy machine makes generating slow; that is no finding. The quick suite says the same of the same code at each run;
# test-everything looks further, by chance
BUSY = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("quick", BUSY, derandomize=True, max_examples=30)
hypothesis.settings.register_profile("everything", BUSY)
hypothesis.settings.load_profile("quick")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker is left with it while the others have nothing to do."""
    items.sort(key=lambda item: item.path.parent.name not in LONG)


def pytest_collection_finish() -> None:
    """As the web server does it: thousands of collected tests are never garbage, and aren't looked through for it."""
    when_ready(None)


@pytest.fixture(autouse=True)
def _forget_throttles() -> None:
    """Each test starts with an empty cache, so with no request counted."""
    for cache in caches.all():
        cache.clear()


@pytest.fixture(autouse=True)
def _speak_the_sites_language(settings: Settings) -> None:
    """A request or a command of the test before may have left another language active."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _sends_the_sql_it_names(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test whose mark ``both_databases`` names modules has each of them send a statement to PostgreSQL."""
    named = {module for mark in request.node.iter_markers("both_databases") for module in mark.args}
    if not named or connection.vendor != "postgresql":
        yield
        return
    sent: set[str] = set()

    def note(execute: Callable[..., object], *statement: object) -> object:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            sent.add(frame.f_globals.get("__name__", ""))
            frame = frame.f_back
        return execute(*statement)

    with connection.execute_wrapper(note):
        yield
    assert named - sent == set()


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The URL of a real Valkey for the whole session."""
    with tempfile.TemporaryDirectory(prefix="tracker-valkey-") as folder, running_valkey(Path(folder)) as url:
        yield url


@pytest.fixture(scope="session")
def _smtp_sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def smtp_sink(_smtp_sink: Sink, settings: Settings) -> Sink:
    """A real SMTP server, empty, to which the settings point; ``.messages`` are the mails that arrived."""
    _smtp_sink.forget()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = _smtp_sink.host, _smtp_sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.MAIL_JOURNAL = settings.MAIL_JOURNAL_ADDRESS = ""
    return _smtp_sink


@pytest.fixture(scope="session")
def _programs() -> Iterator[list[Program]]:
    """The program as it was started in this session, once and after each time that a test ended it."""
    programs: list[Program] = []
    yield programs
    for one in programs:
        one.end()


@pytest.fixture
def program(_programs: list[Program], tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The embedded program, running. Its tests share it: they are marked ``xdist_group("program")``."""
    if not _programs or _programs[-1].process.poll() is not None:
        data_dir = _programs[-1].data_dir if _programs else tmp_path_factory.mktemp("embedded") / "var"
        _programs.append(start(data_dir))
        _programs[-1].await_greeting()
    return _programs[-1]


@pytest.fixture
def first_start(program: Program, _programs: list[Program]) -> Program:
    """The start that prepared its data; a later one finds them."""
    return _programs[0]


@pytest.fixture(scope="session")
def _migrated() -> str:
    """The URL of a migrated database that nobody uses, to be copied."""
    return migrated_database()


@pytest.fixture(scope="session")
def _loaded(_migrated: str) -> str:
    """The URL of a database with the bundled roadmap and its sample layer that nobody uses, to be copied."""
    return loaded_database(_migrated)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, _migrated: str
) -> Iterator[None]:
    """The test database is a copy of the migrated one: every run would migrate for many seconds."""
    with django_db_blocker.unblock(), connected_to_copy(_migrated):
        yield


@pytest.fixture
def process_environment(valkey_url: str, smtp_sink: Sink, _migrated: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of real processes (``manage.py``, workers): a migrated database of this run's kind without rows,
    its own data folder, the session's Valkey and the sink. The interpreter is ``sys.executable``."""
    with copied_database(_migrated, tmp_path) as database_url:
        yield {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "TRACKER_MODE": "embedded",
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": database_url,
            "REDIS_URL": valkey_url,
            "EMAIL_HOST": smtp_sink.host,
            "EMAIL_PORT": str(smtp_sink.port),
        }
