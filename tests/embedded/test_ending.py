"""Asked to end, the program and all that it started end soon, also when a script started it in the background."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.program import ROOT, environment_for, processes_of
from tests.servers.waiting import wait_for

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("program"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]
SOON = 20.0  # 5 s on a calm machine, which the suite's isn't
INSTALLING = """
from embedded import bootstrap
bootstrap.end_when_asked()
bootstrap.run(["sh", "-c", "sleep 300 & sleep 300"])
"""


def start_in_background(data_dir: Path, *command: str) -> int:
    """The process id of a Python command that a script started by ``&``, and which so ignores SIGINT at first."""
    script = f'"$0" "$@" > {data_dir}.out 2>&1 & echo $!'
    shell = ["sh", "-c", script, sys.executable, *command]
    environment = environment_for(data_dir)
    return int(subprocess.run(shell, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout)


def ignores_sigint(pid: int) -> bool:
    """Whether the process would not hear a SIGINT."""
    status = Path(f"/proc/{pid}/status").read_text()
    ignored = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn")), 16)
    return bool(ignored >> (signal.SIGINT - 1) & 1)


def test_program_started_by_a_script_ends_at_either_signal(tmp_path: Path) -> None:
    data_dir, output = tmp_path / "var", tmp_path / "var.out"
    data_dir.mkdir()
    (data_dir / "sample.loaded").touch()  # nothing of it is needed here
    for number, told in ((signal.SIGINT, "Program loaded"), (signal.SIGTERM, "Ctrl-C ends everything")):
        pid = start_in_background(data_dir, "-m", "embedded.supervisor")
        wait_for(lambda told=told: told in output.read_text(encoding="utf-8"))
        assert [line for child, line in processes_of(data_dir).items() if ignores_sigint(child)] == []
        os.kill(pid, number)
        wait_for(lambda: processes_of(data_dir) == {}, within=SOON)
        assert "Ending … 正在停止……" in output.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_installing_ends_with_all_that_it_started(number: int, tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    pid = start_in_background(data_dir, "-c", INSTALLING)
    wait_for(lambda: list(processes_of(data_dir).values()).count("sleep 300 ") == 2)
    os.kill(pid, number)
    wait_for(lambda: processes_of(data_dir) == {}, within=SOON)
