"""Every kind of bad catalogue file: the exact file, line and reason, in the reader's language, and nothing loaded."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from roadmap.errors import BadCatalogue
from roadmap.exchange.load import load_catalogue
from roadmap.models import Roadmap, Source
from tests.exchange.small import LOADER, NOW, SMALL, load_text

CIRCLE = """
    after:
      - {milestone: north-2}
"""

BAD = [
    pytest.param(
        "title: {zh: 安全, en: Safe}}\ninitiatives",
        "title: {zh: 安全, en: Safe}\ninitiatives",
        ["plan.yaml:17: This is not valid YAML: did not find expected ',' or '}'."],
        id="yaml-syntax",
    ),
    pytest.param(
        "code: bridge",
        "code: *bridge",
        ["plan.yaml:3: This is not valid YAML: aliases (*name) are not read here."],
        id="alias",
    ),
    pytest.param(
        "citation: {zh: 公报第1期",
        "zitat: 1\n    citation: {zh: 公报第1期",
        ["plan.yaml:9: There is no key “zitat” here; there are: code, title, citation, published_on, url."],
        id="unknown-key",
    ),
    pytest.param("    published_on: 2024-01-02\n", "", ["plan.yaml:7: “published_on” is missing."], id="missing-key"),
    pytest.param(
        "code: gazette\n", "code: gazette\n    code: gazette\n", ["plan.yaml:8: “code” is given twice."], id="key-twice"
    ),
    pytest.param(
        "title: {zh: 公报, en: Gazette}",
        "title: Gazette",
        ["plan.yaml:8: “title”: write the text in both languages, as {zh: …, en: …}."],
        id="one-language",
    ),
    pytest.param(
        "{zh: 公报, en: Gazette}",
        "{zh: 公报, en: 2024}",
        ["plan.yaml:8: “title”: write a text (in quotes when it looks like a number or a date)."],
        id="number-for-text",
    ),
    pytest.param(
        "organisations:\n  - ",
        "organisations:\n    ",
        [
            "plan.yaml:12: Write a list (lines that begin with “- ”) here.",
            "plan.yaml:32: There is no “works” among the organisations.",
        ],
        id="no-list",
    ),
    pytest.param(
        "  - {code: safe, title: {zh: 安全, en: Safe}}",
        "  - safe",
        [
            "plan.yaml:16: Write keys with values (key: value) here.",
            "plan.yaml:18: There is no “safe” among the pillars.",
        ],
        id="no-mapping",
    ),
    pytest.param(
        "pillar: safe", "pillar: fast", ["plan.yaml:18: There is no “fast” among the pillars."], id="unknown-reference"
    ),
    pytest.param(
        "published_on: 2024-01-02",
        "published_on: 2024-02-30",
        ["plan.yaml:10: “published_on”: write a day that exists, as 2026-12-31."],
        id="bad-date",
    ),
    pytest.param(
        "due_on: 2026-12-01",
        "due_on: 2023-12-01",
        ["plan.yaml:34: “due_on” lies before “planned_start_on” (2024-02-01)."],
        id="due-before-start",
    ),
    pytest.param(
        "code: north-2",
        "code: north-1",
        [
            "plan.yaml:37: “north-1” is there already, at plan.yaml:28.",
            "plan.yaml:44: Milestones wait for each other in a circle: north-1 → north-1.",
        ],
        id="duplicate-code",
    ),
    pytest.param(
        "    source: gazette\n", "", ["plan.yaml:21: A sourced entry needs its source."], id="sourced-without-source"
    ),
    pytest.param(
        "  - {code: works, name",
        "  - {code: works, mark: guess, name",
        ["plan.yaml:12: “mark”: write one of: sourced, derived, sample, entered."],
        id="unknown-mark",
    ),
    pytest.param(
        "code: bridge",
        "code: The Bridge",
        ["plan.yaml:3: “code”: write a code of small letters, digits and hyphens."],
        id="bad-code",
    ),
    pytest.param(
        "bridge",
        "bridge\n  time_zone: Mars/Base",
        ["plan.yaml:4: “time_zone”: write the name of a time zone, as Asia/Shanghai."],
        id="bad-zone",
    ),
    pytest.param("value: 12.5", "value: much", ["plan.yaml:26: “value”: write a number, as 12.5."], id="bad-number"),
    pytest.param(
        "qualifier: about",
        "qualifier: perhaps",
        ["plan.yaml:26: “qualifier”: write one of: exact, rounded, more_than, about, nearly."],
        id="unknown-word",
    ),
    pytest.param(
        "    deliverables:",
        "    updates:\n      - {reported_on: 2026-01-01, percent: 101}\n    deliverables:",
        ["plan.yaml:36: “percent”: write a percentage from 0 to 100."],
        id="percent-out-of-range",
    ),
    pytest.param(
        "    deliverables:",
        CIRCLE[1:] + "    deliverables:",
        ["plan.yaml:46: Milestones wait for each other in a circle: north-1 → north-2 → north-1."],
        id="circle",
    ),
    pytest.param(
        "code: works,", "code: works, parent: works,", ["plan.yaml:12: “works” belongs to itself."], id="own-parent"
    ),
    pytest.param(
        'send_at: "08:30"',
        'send_at: "8 Uhr"',
        ["plan.yaml:46: “send_at”: write a time of day, as 08:30."],
        id="bad-time",
    ),
    pytest.param(
        "offsets: [30, 7, 0]",
        "offsets: [30, 30]",
        ["plan.yaml:46: “offsets”: Give up to 20 different whole numbers of days from 0 to 365."],
        id="refused-by-an-act",
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("good", "bad", "told"), BAD)
def test_a_bad_file_is_told_by_file_line_and_reason_and_nothing_is_loaded(
    tmp_path: Path, good: str, bad: str, told: list[str]
) -> None:
    assert good in SMALL
    with translation.override("en"), pytest.raises(BadCatalogue) as caught:
        load_text(tmp_path, SMALL.replace(good, bad, 1))
    assert str(caught.value).splitlines() == told
    assert not Roadmap.objects.exists()
    assert not Source.objects.exists()


NO_FILES = [
    pytest.param(b"", "plan.yaml:1: The file is empty.", id="empty"),
    pytest.param(b"mark: derived\nroadmap: \xff\n", "plan.yaml:2: The file is not written in UTF-8.", id="not-utf-8"),
    pytest.param(b"- 1\n", "plan.yaml:1: Write keys with values (key: value) here.", id="a-list"),
    pytest.param(b"mark: derived\n", "plan.yaml:1: “roadmap” is missing.", id="no-roadmap"),
    pytest.param(
        b"roadmap: a\nbridge: 1\n",
        "plan.yaml:2: There is no key “bridge” here; there are: roadmap, mark, sources, organisations, people, phases,"
        " pillars, workstreams, initiatives, indicators, milestones, baselines, reminder_rules, subscriptions.",
        id="unknown-section",
    ),
    pytest.param(
        b"a: 1\n---\nb: 2\n", "plan.yaml:2: This is not valid YAML: but found another document.", id="two-documents"
    ),
    pytest.param(
        b"a: \x07\n", "plan.yaml:1: This is not valid YAML: control characters are not allowed.", id="control"
    ),
    pytest.param(b"[" * 9999, "plan.yaml:1: The file is nested too deeply.", id="too-deep"),
    pytest.param(
        b"roadmap: a\npillars:\n  - {code: b, mark: derived, title: {zh: c, en: d}}\n",
        "plan.yaml:3: There is no roadmap “a”; load its catalogue first.",
        id="unknown-roadmap",
    ),
    pytest.param(
        b"roadmap: {code: a, title: {zh: c, en: d}, starts_on: 2024-01-01}\n",
        "plan.yaml:1: “mark” is missing.",
        id="no-mark",
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "told"), NO_FILES)
def test_a_file_that_is_no_catalogue_is_told_by_line_and_reason(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(content)
    with translation.override("en"), pytest.raises(BadCatalogue) as caught:
        load_catalogue([path], names=["plan.yaml"], by=LOADER, now=NOW)
    assert str(caught.value) == told


@pytest.mark.django_db
def test_all_faults_are_told_at_once_in_the_readers_language(tmp_path: Path) -> None:
    bad = SMALL.replace("due_on: 2026-12-01", "due_on: soon").replace("value: 12.5", "value: much")
    with translation.override("zh-hans"), pytest.raises(BadCatalogue) as caught:
        load_text(tmp_path, bad)
    assert str(caught.value).splitlines() == [
        "plan.yaml:26: “value”：请写数字，例如12.5。",
        "plan.yaml:34: “due_on”：请写真实存在的日期，例如2026-12-31。",
    ]


@pytest.mark.django_db
def test_a_bad_second_file_loads_nothing_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("roadmap: bridge\nmark: derived\npillars: [1]\n", encoding="utf-8")
    with translation.override("en"), pytest.raises(BadCatalogue) as caught:
        load_catalogue([tmp_path / "a.yaml", tmp_path / "b.yaml"], names=["a.yaml", "b.yaml"], by=LOADER, now=NOW)
    assert str(caught.value) == "b.yaml:3: Write keys with values (key: value) here."
    assert not Roadmap.objects.exists()


@pytest.mark.django_db
def test_the_command_ends_with_the_faults_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    path = tmp_path / "plan.yaml"
    with pytest.raises(CommandError) as caught:
        call_command("load_catalogue", str(path))
    assert str(caught.value) == f"{path}:1: The file can't be read: No such file or directory.\nNothing was loaded."


@pytest.mark.django_db
def test_the_sample_layer_needs_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(CommandError) as caught:
        call_command("load_sample")
    assert str(caught.value).splitlines()[0] == (
        "1_people.yaml:8: There is no roadmap “smart-customs”; load its catalogue first."
    )
