"""``python3 embedded/bootstrap.py lock``: writes the lock files, which pin what the requirement files need in turn.

What is locked stays at its version where it still fits; ``lock --upgrade`` takes the newest of all that isn't pinned.
"""

import subprocess
import sys
from pathlib import Path

from embedded.place import ROOT

UV = Path(sys.executable).parent / "uv"
LOCKED = ("requirements", "requirements-dev")
AGAIN = "python3 embedded/bootstrap.py lock"


def main(arguments: list[str]) -> int:
    """Runs uv for each file, for all systems and Pythons that we run on; gives 1 when one can't be solved."""
    how = ["--quiet", "--universal", "--python-version", "3.11", "--custom-compile-command", AGAIN, *arguments]
    return max(
        subprocess.call([str(UV), "pip", "compile", *how, f"{name}.txt", "-o", f"{name}.lock"], cwd=ROOT)
        for name in LOCKED
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
