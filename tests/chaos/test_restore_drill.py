"""The drill that operators run, as they run it."""

import subprocess
import sys

import pytest

from embedded.place import ROOT


@pytest.mark.journey
@pytest.mark.everything
def test_nobody_is_told_twice_after_a_restore_on_another_host() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chaos.restore_drill"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["The restore drill came as it must."]), done.stderr
