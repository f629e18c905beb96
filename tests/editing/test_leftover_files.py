"""Stored files to which nothing leads: what counts as such, and the command that takes them away."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from pytest_django import Settings

from roadmap import clock
from roadmap.editing.evidence import remove_evidence
from roadmap.models import Evidence
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import EvidenceKind
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept; the terminal speaks English."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def attached() -> Evidence:
    return make.make_evidence(
        make.make_milestone(), kind=EvidenceKind.FILE, note="", file=ContentFile(b"kept", name="minutes.pdf")
    )


def left_over(folder: Path, place: str, *, hours: int = 48) -> Path:
    """A file that is so many hours old, without an entry."""
    file = folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"nobody's")
    then = (clock.now() - timedelta(hours=hours)).timestamp()
    os.utime(file, (then, then))
    return file


def run(*options: str) -> list[str]:
    told = StringIO()
    call_command("leftover_files", *options, stdout=told)
    return told.getvalue().replace("\xa0", " ").splitlines()


def test_files_without_entry_and_history_are_told_and_removed_only_when_asked_to(folder: Path) -> None:
    kept, removed = attached(), attached()
    history_only = Path(removed.file.path)
    remove_evidence(removed, by=SYSTEM, now=clock.now())
    for one in (Path(kept.file.path), history_only):
        os.utime(one, (0, 0))
    first, second = left_over(folder, "evidence/00/aa"), left_over(folder, "evidence/loose")
    elsewhere = left_over(folder, "other/file")
    day = f"{clock.now() - timedelta(hours=48):%Y-%m-%d}"
    lines = [f"evidence/00/aa  8 bytes  {day}", f"evidence/loose  8 bytes  {day}"]
    assert run() == [*lines, "2 files, 16 bytes, are referred to by nothing; --remove deletes them."]
    assert first.exists()
    assert run("--remove") == [*lines, "2 files were removed, 16 bytes."]
    assert [one.exists() for one in (first, second)] == [False, False]
    assert [one.exists() for one in (Path(kept.file.path), history_only, elsewhere)] == [True, True, True]
    assert run("--remove") == ["Every stored file is referred to."]


def test_young_files_are_left_alone_as_their_entry_may_still_come(folder: Path) -> None:
    attached()
    young = left_over(folder, "evidence/00/aa", hours=23)
    assert run("--remove") == ["Every stored file is referred to."]
    assert run("--hours", "22", "--remove")[-1] == "1 file was removed, 8 bytes."
    assert not young.exists()
    with pytest.raises(CommandError, match="--hours"):
        run("--hours", "0")


def test_nothing_is_removed_when_the_database_knows_none_of_the_files(folder: Path) -> None:
    file = left_over(folder, "evidence/00/aa")
    with pytest.raises(CommandError, match="Do the database and DATA_DIR belong together"):
        run("--remove")
    assert file.exists()


def test_a_storage_without_files_has_none_left_over() -> None:
    assert run() == ["Every stored file is referred to."]
