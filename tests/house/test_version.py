"""The number of this release stands at one place, and every way to ask for it tells that one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tracker.api_description import SPECTACULAR_SETTINGS
from tracker.version import VERSION

ROOT = Path(__file__).resolve().parent.parent.parent
TELLING_OF_IT = {"CHANGELOG.md", "CHANGELOG.zh-hans.md", "docs/openapi.yaml"}  # the last is written from the program


def test_version_stands_at_one_place() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    other_numbers = re.compile(r"\.(lock|po|svg|png|mo)$|^requirements")
    number = re.compile(rf"(?<![\d.]){re.escape(VERSION)}(?![\d.])")
    texts = [name for name in tracked if name and not other_numbers.search(name) and (ROOT / name).is_file()]
    found = {name for name in texts if number.search((ROOT / name).read_text(encoding="utf-8", errors="ignore"))}
    assert found - TELLING_OF_IT == {"pyproject.toml"}


@pytest.mark.parametrize(
    "command", [["embedded/bootstrap.py", "--version"], ["manage.py", "--version"], ["manage.py", "version"]]
)
def test_commands_tell_the_version(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{VERSION}\n"


def test_description_of_the_api_tells_the_version() -> None:
    assert SPECTACULAR_SETTINGS["VERSION"] == VERSION


@pytest.mark.parametrize("file", ["CHANGELOG.md", "CHANGELOG.zh-hans.md"])
def test_list_of_changes_begins_with_this_release(file: str) -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == VERSION
