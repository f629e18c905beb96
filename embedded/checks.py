"""``make check``: everything that can be said of the code without running it. Nothing is changed by it."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from embedded.messages import stale_messages
from embedded.place import ROOT

BIN = Path(sys.executable).parent
COMMANDS = {
    "types": [str(BIN / "mypy")],
    "lint": [str(BIN / "ruff"), "check", "--quiet"],
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet"],
    "floors": [str(BIN / "lint-imports")],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "system": [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
}


def run_check(name: str) -> tuple[bool, str]:
    """Whether the check passed, and what it said."""
    done = subprocess.run(COMMANDS[name], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def run_message_check() -> tuple[bool, str]:
    """The same for the translations."""
    found = stale_messages(ROOT)
    return not found, "\n".join(found)


def main() -> int:
    """Runs all checks, two at a time; prints the failing ones in full; gives 1 when one failed."""
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        results = {name: pool.submit(run_check, name) for name in COMMANDS}
        results["messages"] = pool.submit(run_message_check)
    failed = [name for name, result in results.items() if not result.result()[0]]
    for name in failed:
        print(f"--- {name} ---\n{results[name].result()[1].rstrip()}\n")
    passed = [name for name in results if name not in failed]
    print(f"Checks in {time.monotonic() - began:.0f} s. Passed: {', '.join(passed) or 'none'}.", end=" ")
    print(f"Failed: {', '.join(failed)}." if failed else "", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
