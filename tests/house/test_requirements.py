"""What is installed is what the requirement files say, with everything that it needs in turn pinned too."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z0-9,-]+\])?==([^\s;]+)", re.MULTILINE)


def pins(file: str) -> dict[str, str]:
    """The version of each package that ``file`` pins, by its name in the registry's spelling."""
    found = PIN.findall((ROOT / file).read_text(encoding="utf-8"))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def asked_for(lock: str, by: str) -> set[str]:
    """The packages that ``lock`` has because the requirement file ``by`` names them."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8"))
    named = {entry for entry in entries if re.search(rf"-r {re.escape(by)}$", entry, re.MULTILINE)}
    return {re.sub(r"[-_.]+", "-", entry.partition("==")[0]).lower() for entry in named}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_lock_holds_what_its_requirement_file_pins(name: str) -> None:
    asked, locked = pins(f"{name}.txt"), pins(f"{name}.lock")
    again = "run `python3 embedded/bootstrap.py lock`"
    assert asked_for(f"{name}.lock", f"{name}.txt") == set(asked), again
    assert {package: locked[package] for package in asked} == asked, again


def test_development_has_the_versions_that_the_program_runs_on() -> None:
    program, tools = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {package: tools.get(package) for package in program} == program
