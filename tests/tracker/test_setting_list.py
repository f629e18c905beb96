"""The one list of settings against everything that reads, hands on or tells of them."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded.setting_pages import pages
from tests.tracker.test_settings import GOOD, Starter, started  # noqa: F401 (a fixture)
from tracker.setting import Where
from tracker.setting_list import GROUPS, SETTINGS
from tracker.unknown_settings import unknown_names

ROOT = Path(__file__).resolve().parent.parent.parent
READERS = {
    *("text", "boolean", "whole_number", "choice", "time_zone", "hours", "words", "networks", "ports", "database"),
    *("redis", "journal", "origin", "origins", "hosts", "host", "mailbox", "sender"),
}
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("migrate", "web", "worker", "beat")


def names_read() -> set[str]:
    """Every name that a reader is given, anywhere in the program."""
    files = [file for folder in ("tracker", "embedded", "roadmap") for file in (ROOT / folder).rglob("*.py")]
    calls = (node for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
    found = set()
    for call in calls:
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        name = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
        if called in READERS and isinstance(name, str) and re.fullmatch(r"[A-Z][A-Z_]+", name):
            found.add(name)
    return found


def test_list_has_every_setting_that_is_read_and_no_other() -> None:
    read_by_bootstrap = {"VENV", "PYTHON"}  # before anything is installed
    listed = {name for name, one in SETTINGS.items() if one.where is not Where.COMPOSE}
    assert names_read() == listed - read_by_bootstrap


def test_names_are_listed_once() -> None:
    assert sum(len(group) for group in GROUPS.values()) == len(SETTINGS)


def test_pages_are_written_from_the_list() -> None:
    stale = [file.name for file, text in pages().items() if file.read_text(encoding="utf-8") != text]
    assert stale == [], "run `python -m embedded.setting_pages`"


def test_whatever_stands_in_the_env_file_reaches_every_container() -> None:
    read = [COMPOSE["services"][name]["env_file"] for name in OURS]
    assert read == [["${ENV_FILE:-.env}"]] * len(OURS)


def test_compose_decides_only_what_the_list_says() -> None:
    decided = {name: f"${{{name}:-{one.in_compose}}}" for name, one in SETTINGS.items() if one.in_compose is not None}
    fixed = {"TRACKER_MODE": "production", "DATABASE_URL_PASSWORD": "${POSTGRES_PASSWORD:-}"}
    assert COMPOSE["x-app"]["environment"] == decided | fixed


def test_list_has_every_variable_of_the_compose_files() -> None:
    used = {
        name
        for file in ROOT.glob("docker-compose*.yml")
        for name in re.findall(r"(?<!\$)\$\{([A-Z_]+)", file.read_text())
    }
    of_compose = {name for name, one in SETTINGS.items() if one.where is Where.COMPOSE}
    assert (used - SETTINGS.keys(), of_compose - used) == (set(), set())


def test_folders_that_settings_name_have_a_volume() -> None:
    for name in OURS:
        assert COMPOSE["services"][name]["volumes"] == [
            "data:/data",
            "${BOUNCE_FOLDER:-bounces}:/bounces",
            "${JOURNAL_FOLDER:-journal}:/journal",
        ]
    assert {"data", "bounces", "journal"} <= COMPOSE["volumes"].keys()


def test_logs_of_containers_are_bounded() -> None:
    bounds = [service["logging"]["options"] for service in COMPOSE["services"].values()]
    assert bounds == [{"max-size": "10m", "max-file": "5"}] * len(bounds)


SHOW = """
plain = (str, int, float, type(None), tuple, frozenset)
for name in (one for one in dir(settings) if one.isupper()):
    if isinstance(value := getattr(settings, name), plain) or name in ("DATABASES", "ALLOWED_HOSTS"):
        print(name, sorted(value) if isinstance(value, frozenset) else value)
"""


def settings_with(started: Starter, folder: Path, environment: dict[str, str]) -> str:  # noqa: F811
    done = started(SHOW, folder, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_what_the_example_shows_commented_out_is_what_holds(started: Starter, tmp_path: Path) -> None:  # noqa: F811
    lines = (ROOT / ".env.example").read_text().splitlines()
    shown = dict(line[1:].split("=", 1) for line in lines if re.match(r"#[A-Z_]+=", line))
    in_compose = {name for name, one in SETTINGS.items() if one.in_compose is not None}
    given = {name: value for name, value in shown.items() if name not in in_compose}
    assert given.keys() >= {"MAIL_CONNECTIONS", "QUIET_HOURS", "WEBHOOK_PORTS", "EMAIL_PORT"}
    assert settings_with(started, tmp_path, {**GOOD, **given}) == settings_with(started, tmp_path, GOOD)


IMAGE = frozenset({"PATH", "LANG", "PYTHON_VERSION", "DATA_DIR"})


@pytest.mark.parametrize(
    ("names", "of_image", "told"),
    [
        (["MAIL_CONNECTIONS", "SECRET_KEY_FILE", "PATH", "LANG", "MAIL"], None, {}),
        (["MAIL_CONECTIONS"], None, {"MAIL_CONECTIONS": "MAIL_CONNECTIONS"}),
        (["SECRETKEY"], None, {"SECRETKEY": "SECRET_KEY"}),
        (["EMAIL_PASWORD_FILE"], None, {"EMAIL_PASWORD_FILE": "EMAIL_PASSWORD"}),
        (["MAIL_COLOUR"], None, {"MAIL_COLOUR": ""}),
        (["COLOUR"], None, {}),  # some other program's
        (["COLOUR"], IMAGE, {"COLOUR": ""}),  # in a container, nobody else's
        (["HOSTNAME", "HOME", "DATABASE_PORT_5432_TCP", "KUBERNETES_PORT", "HTTPS_PROXY", "PYTHON_VERSION"], IMAGE, {}),
    ],
)
def test_names_that_are_no_setting_are_found(names: list[str], of_image: Any, told: dict[str, str]) -> None:
    assert unknown_names(names, of_image=of_image) == told


def test_misspelt_name_is_told_at_the_start(started: Starter, tmp_path: Path) -> None:  # noqa: F811
    done = started("pass", tmp_path, **GOOD, QUIET_HOUR="none")
    assert (done.returncode, done.stderr) == (
        0,
        "Unknown setting QUIET_HOUR is ignored; is QUIET_HOURS meant?\n",
    )
