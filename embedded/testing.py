"""``make test``: the static checks, then the whole suite twice, on SQLite and on PostgreSQL.

Arguments go to pytest: ``python3 embedded/bootstrap.py test tests/outbox -k lease``; the checks are then left out.
"""

import os
import subprocess
import sys
import time

from embedded import checks
from embedded.place import ROOT
from tests.servers.browser import chromium
from tests.servers.postgres import running_postgres

SLOWEST = ["--durations=10", "--durations-min=3"]
# What would change the tests' meaning when it is set in the shell that starts them.
OURS = {"DATABASE_URL", "DATA_DIR", "TRACKER_MODE", "HOST", "PORT", "SITE_URL", "EMAIL_HOST", "REDIS_URL", "SECRET_KEY"}


def run_suite(database_url: str, arguments: list[str]) -> tuple[int, str]:
    """Runs pytest on one database; gives its exit code and its closing line."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(min(os.cpu_count() or 2, 4)),
        "--dist",
        "loadgroup",
        *SLOWEST,
        *arguments,
    ]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as suite:
        closing = ""
        for line in suite.stdout or ():
            print(line, end="", flush=True)
            closing = line.strip() or closing
    return suite.returncode, closing


def main(arguments: list[str]) -> int:
    """Runs everything, whatever fails on the way; gives 0 when all passed."""
    began = time.monotonic()
    codes = [] if arguments else [checks.main()]
    summary = [] if arguments else ["checks: " + ("FAILED" if codes[0] else "passed")]
    print(f"Browser tests: with {chromium()}" if chromium() else "Browser tests: skipped, as no Chromium is installed")
    print("=== SQLite ===", flush=True)
    code, closing = run_suite("sqlite:///", arguments)
    codes.append(code)
    summary.append(f"SQLite: {closing}")
    with running_postgres() as (url, words):
        print(f"=== {words} ===", flush=True)
        # what tells nothing about the database has had its run
        code, closing = run_suite(url, arguments or ["-m", "not once"])
    codes.append(code)
    summary.append(f"{words}: {closing}")
    print(f"=== All in {time.monotonic() - began:.0f} s ===", *summary, sep="\n", flush=True)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
