"""Programs of npm that tests need, installed for the one run; only ``make test-everything`` does."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm on this machine")


def ran(*command: str, at: Path, **environment: str) -> str:
    """What the command prints; fails with it where it ends badly."""
    done = subprocess.run(
        command, cwd=at, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def installed(folder: Path, *packages: str) -> Path:
    """A folder with the packages and what they bring."""
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    ran("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages, at=folder)
    return folder
