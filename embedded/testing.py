"""``make test``: the static checks and the whole suite, each test once: on PostgreSQL what tells something about the
database, all else on SQLite; on both, what sends SQL of our own.

Checks and PostgreSQL run beside SQLite; their words come when it has ended. ``make test-everything`` takes its time:
every test on both databases, every mail at every width, and every guard of delivery taken out.
Arguments go to pytest: ``python3 embedded/bootstrap.py test tests/outbox -k lease``; that part runs on both databases.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from embedded.place import ROOT
from tests.servers.browser import chromium
from tests.servers.postgres import running_postgres

EVERYTHING = "--everything"
ON_SQLITE = "not everything and (both_databases or not on_postgresql)"
ON_POSTGRESQL = "not everything and (both_databases or on_postgresql)"
MARKED = re.compile(r"\.(both_databases|on_postgresql)\b")
SLOW = re.compile(r"([\d.]+)s (?:call|setup|teardown) +(\S.*)")
# What would change the tests' meaning when it is set in the shell that starts them.
OURS = {"DATABASE_URL", "DATA_DIR", "TRACKER_MODE", "HOST", "PORT", "SITE_URL", "EMAIL_HOST", "REDIS_URL", "SECRET_KEY"}


@dataclass
class Part:
    """A part of it: its name, the code it ended with, its closing line, and its slowest tests as (seconds, words)."""

    name: str
    code: int = 0
    closing: str = ""
    slowest: list[tuple[float, str]] = field(default_factory=list)


def run_part(name: str, command: list[str], say: Callable[[str], object], **environment: str) -> Part:
    """Runs a command of Python's; ``say`` gets its lines as they come."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    part, began = Part(name), time.monotonic()
    say(f"=== {name} ===\n")
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**inherited, "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            if slow := SLOW.fullmatch(line.strip()):
                part.slowest.append((float(slow[1]), f"{slow[2]} ({name})"))
            else:
                say(line)
                part.closing = line.strip() or part.closing
    part.code, part.closing = process.returncode, f"{part.closing} [{time.monotonic() - began:.0f} s]"
    return part


def suite(database: str, url: str, say: Callable[[str], object], *arguments: str, workers: int) -> Part:
    """Runs pytest on one database."""
    spread = ["-n", str(workers), "--dist", "loadgroup"] if workers else []
    command = ["-m", "pytest", "-q", "--durations=10", "--durations-min=1", *spread, *arguments]
    return run_part(database, command, say, DATABASE_URL=url)


def marked_files() -> list[str]:
    """The files that hold tests for PostgreSQL, so that the others needn't be read."""
    files = (ROOT / "tests").rglob("test_*.py")
    return sorted(str(file.relative_to(ROOT)) for file in files if MARKED.search(file.read_text(encoding="utf-8")))


def say(line: str) -> None:
    """On the terminal, at once."""
    print(line, end="", flush=True)


def quick(workers: int) -> list[Part]:
    """Checks and PostgreSQL in one lane, SQLite in another."""
    kept: list[str] = []

    def beside() -> list[Part]:
        checked = run_part("Checks", ["-m", "embedded.checks"], kept.append)
        with running_postgres() as (url, words):
            return [checked, suite(words, url, kept.append, "-m", ON_POSTGRESQL, *marked_files(), workers=workers)]

    with ThreadPoolExecutor(1) as lane:
        others = lane.submit(beside)
        whole = suite("SQLite", "sqlite:///", say, "-m", ON_SQLITE, workers=workers)
        parts = [whole, *others.result()]
    say("".join(kept))
    return parts


def on_both(arguments: list[str], workers: int) -> list[Part]:
    """The tests that ``arguments`` choose, on one database after the other."""
    parts = [suite("SQLite", "sqlite:///", say, *arguments, workers=workers)]
    with running_postgres() as (url, words):
        return [*parts, suite(words, url, say, *arguments, workers=workers)]


def everything(workers: int) -> list[Part]:
    """All there is, one after the other."""
    return [
        run_part("Checks", ["-m", "embedded.checks"], say),
        *on_both(["--hypothesis-profile=everything"], workers),
        run_part("Every mail", ["-m", "docs.mails"], say),
        run_part("Guards taken out", ["-m", "chaos.power"], say),
    ]


def main(arguments: list[str]) -> int:
    """Runs everything that was asked for, whatever fails on the way; gives 0 when all passed."""
    began, workers = time.monotonic(), min(os.cpu_count() or 2, 4)
    say(
        f"Browser tests: with {chromium()}\n" if chromium() else "Browser tests: skipped, as no Chromium is installed\n"
    )
    if arguments == [EVERYTHING]:
        parts = everything(workers)
    else:
        parts = on_both(arguments, workers) if arguments else quick(workers)
    say(f"=== All in {time.monotonic() - began:.0f} s; the slowest: ===\n")
    for seconds, words in sorted((one for part in parts for one in part.slowest), reverse=True)[:10]:
        say(f"{seconds:6.1f} s  {words}\n")
    for part in parts:
        say(f"{part.name}: {'FAILED, ' if part.code else ''}{part.closing}\n")
    return max(abs(part.code) for part in parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
