"""The three commands on the bundled files: what they say, and what they need."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from roadmap.exchange.bundled import sample_files
from roadmap.exchange.load import load_catalogue
from roadmap.exchange.report import Deed
from roadmap.models import Deliverable, Milestone, ProgressUpdate
from tests.exchange.small import LOADER

pytestmark = pytest.mark.django_db


@pytest.mark.everything
@pytest.mark.usefixtures("smart_customs")
def test_on_an_earlier_clock_only_what_has_happened_is_loaded() -> None:
    files, earlier = sample_files(), datetime(2025, 6, 1, tzinfo=UTC)
    report = load_catalogue(files, by=LOADER, now=earlier)
    assert report.counts[Deed.AHEAD]["updates"] > 100
    assert not ProgressUpdate.objects.filter(reported_on__gt=date(2025, 6, 1)).exists()
    assert not Milestone.objects.filter(completed_on__gt=date(2025, 6, 1)).exists()
    assert not Deliverable.objects.filter(done_on__gt=date(2025, 6, 1)).exists()


@pytest.mark.everything
@pytest.mark.usefixtures("smart_customs")
def test_the_commands_say_what_they_did(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    for name in ("load_catalogue", "load_sample", "load_sample", "remove_sample", "remove_sample"):
        call_command(name)
    assert capsys.readouterr().out.splitlines() == [
        "84 entries were up to date.",
        "Created: organisations 10, people 13, milestones 62, deliverables 186, dependencies 48, progress reports 202,"
        " evidence 24, baselines 1, digest subscriptions 5.",
        "527 entries were up to date.",
        "Removed: baselines 1.",
        "Removed: evidence 24.",
        "Removed: progress reports 202.",
        "Removed: dependencies 48.",
        "Removed: deliverables 186.",
        "Removed: milestones 62.",
        "Removed: digest subscriptions 5.",
        "Removed: people 13.",
        "Removed: organisations 10.",
        "There is no sample layer.",
    ]


@pytest.mark.usefixtures("smart_customs")
def test_the_commands_speak_the_language_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", "zh_CN.UTF-8")):
        monkeypatch.setenv(name, value)
    call_command("load_catalogue")
    monkeypatch.setenv("LC_ALL", "C")
    call_command("load_catalogue")
    assert capsys.readouterr().out.splitlines() == ["84项无需变更。", "84 entries were up to date."]
