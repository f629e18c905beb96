"""The first command on an unfit machine says in one line what is missing."""

import ast
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from embedded import bootstrap

ROOT = Path(__file__).resolve().parent.parent.parent
Usage = namedtuple("Usage", "total used free")


def test_bootstrap_refuses_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 8, 18, "final", 0))
    monkeypatch.setattr(bootstrap.sys, "executable", "/usr/bin/python3.8")
    with pytest.raises(bootstrap.Unfit) as refusal:
        bootstrap.check_machine()
    assert str(refusal.value) == (
        "needs Python 3.11 or newer; this is 3.8.18 (/usr/bin/python3.8); set PYTHON, as in: make run PYTHON=python3.12"
    )


def test_bootstrap_refuses_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 5 * 2**20))
    with pytest.raises(bootstrap.Unfit) as refusal:
        bootstrap.check_disk(str(tmp_path / "not" / "yet"), 100 * 2**20)
    assert str(refusal.value) == f"the disk of {tmp_path} has 5 MB free; 100 MB are needed."


def test_bootstrap_refuses_a_python_without_venv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(bootstrap.Unfit, match=r"^this Python has no venv module; on Debian or Ubuntu: apt install "):
        bootstrap.check_machine()


def test_bootstrap_takes_the_systems_python_only_where_it_is_the_same_and_none_was_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    same, other = tmp_path / "same", tmp_path / "other"
    same.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    other.write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _name: True)
    monkeypatch.delenv("PYTHON", raising=False)
    found = {}
    for system in (same, other, tmp_path / "none"):
        if system.exists():
            system.chmod(0o755)
        monkeypatch.setattr(bootstrap, "SYSTEM", str(system))
        found[system.name] = bootstrap.quickest()
    monkeypatch.setattr(bootstrap, "SYSTEM", str(same))
    monkeypatch.setenv("PYTHON", "python3")
    assert found == {"same": str(same), "other": sys.executable, "none": sys.executable}
    assert bootstrap.quickest() == sys.executable


def test_bootstrap_installs_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path))
    for tools, program in ((False, False), (True, True)):
        assert bootstrap.is_installed("requirements.txt") is program
        assert bootstrap.is_installed("requirements-dev.txt") is tools
        (tmp_path / "requirements-dev.txt.stamp").write_text(bootstrap.stamp_of("requirements-dev.txt"))
    (tmp_path / "requirements-dev.txt.stamp").write_text("of other requirements")
    assert not bootstrap.is_installed("requirements.txt")


def test_bootstrap_lists_its_commands() -> None:
    done = subprocess.run(
        [sys.executable, "embedded/bootstrap.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(bootstrap.COMMANDS)


def test_bootstrap_names_a_command_that_it_does_not_have() -> None:
    done = subprocess.run(
        [sys.executable, "embedded/bootstrap.py", "rum"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "There is no command 'rum'; there are:\n")


def test_bootstrap_is_readable_by_any_python_3() -> None:
    source = (ROOT / "embedded" / "bootstrap.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 5))
