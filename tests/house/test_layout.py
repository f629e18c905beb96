"""The rules of the house that no linter knows: size of files, one reader of the clock. ``embedded.checks`` has more."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = sorted(
    path
    for folder in ("roadmap", "tracker", "embedded", "chaos")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
DRAWERS = {"utils.py", "helpers.py", "common.py", "services.py", "misc.py", "signals.py"}
MAY_READ_THE_CLOCK = {"roadmap/clock.py"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_longer_than_400_lines():
    assert {named(path): size for path in OURS if (size := len(path.read_text().splitlines())) > 400} == {}


def test_every_file_says_what_lives_in_it():
    empty_or_described = (
        path for path in OURS if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    )
    assert [named(path) for path in empty_or_described] == []


def test_no_drawer_is_named_for_nothing():
    assert [named(path) for path in OURS if path.name in DRAWERS] == []


@pytest.mark.parametrize("call", ["datetime.now(", "date.today(", "timezone.now(", "localdate(", "time.time("])
def test_only_the_clock_reads_the_clock(call):
    readers = [named(path) for path in OURS if path.is_relative_to(ROOT / "roadmap") and call in path.read_text()]
    assert [name for name in readers if name not in MAY_READ_THE_CLOCK] == []


def test_mail_leaves_through_one_file():
    senders = [named(path) for path in OURS if "django.core.mail" in path.read_text() or "smtplib" in path.read_text()]
    assert senders == ["roadmap/outbox/smtp.py"]


def test_what_redis_may_lose_says_so():
    """The cache without a name is the database's; what is kept outside it, or may be lost, names Redis."""
    words = "from django.core.cache import cache\n"
    unnamed = [named(path) for path in OURS if words in path.read_text()]
    assert unnamed == ["roadmap/web/signing/limits.py"]


def test_no_test_sleeps_but_the_one_that_waits_for_others():
    """And none waits for the network to be idle, which says nothing of what a page shows."""
    words = ("sleep" + "(", "wait_for_" + "timeout", "network" + "idle")
    tests = (path for path in (ROOT / "tests").rglob("*.py") if any(word in path.read_text() for word in words))
    assert [named(path) for path in tests] == ["tests/servers/waiting.py"]
