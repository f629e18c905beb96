"""The mark of the program: any change of what makes answers changes it, so that no reader keeps an old page."""

from pathlib import Path

import pytest
from pytest_django import Settings

from roadmap.program import digest_of, settings_that_count

ROOT = Path(__file__).resolve().parents[2]
FILES = ["roadmap/vocabulary.py", "roadmap/rights.py", "roadmap/workdays.py", "tracker/urls.py", "requirements.txt"]
OTHERS = ["roadmap/templates/a.txt", "roadmap/static/a.js", "roadmap/api/answers.json", "roadmap/locale/zh/a.mo"]


@pytest.mark.parametrize("name", [*FILES, *OTHERS, "tracker/quite_new.py", "roadmap/catalogue/a.yaml"])
def test_any_change_of_the_program_changes_its_mark(name: str, tmp_path: Path) -> None:
    for one in [*FILES, *OTHERS]:
        (tmp_path / one).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / one).write_bytes(b"before")
    before = digest_of(tmp_path, [])
    assert digest_of(tmp_path, []) == before
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(b"after")
    assert digest_of(tmp_path, []) != before
    (tmp_path / name).unlink()
    assert digest_of(tmp_path, []) != digest_of(tmp_path, [("SITE_URL", "https://other.example")])


def test_the_files_of_every_room_count() -> None:
    assert [name for name in FILES if not (ROOT / name).is_file()] == []


def test_settings_count_but_for_secrets(settings: Settings) -> None:
    before = settings_that_count()
    assert not [name for name, _value in before if "SECRET" in name]
    settings.SITE_URL = "https://other.example"
    assert settings_that_count() != before
