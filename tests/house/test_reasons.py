"""Reasons that the program itself gives are stored as codes, and shown through the words for them."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from roadmap.coded_reasons import WORDS, coded, in_words

ROOMS = Path(__file__).resolve().parent.parent.parent / "roadmap"
WRITES_WORDS = re.compile(r"reason\s*=\s*(?:str\()?_\(")
READS = re.compile(r"\.history_change_reason\b")
# where it is compared, kept or copied, and not shown
NOT_SHOWN = {"models/history.py", "progress/differences.py", "progress/latest.py", "digests/changes.py"}


def sources() -> dict[str, str]:
    return {path.relative_to(ROOMS).as_posix(): path.read_text() for path in ROOMS.rglob("*.py")}


def test_no_reason_is_stored_in_the_language_of_whoever_happened_to_act() -> None:
    assert [name for name, text in sources().items() if WRITES_WORDS.search(text)] == []


def test_whatever_shows_a_reason_of_a_change_shows_it_in_the_readers_words() -> None:
    readers = {name for name, text in sources().items() if READS.search(text)} - NOT_SHOWN
    assert {name for name in readers if "reason_in_words(" not in sources()[name]} == set()


@pytest.mark.parametrize(("language", "told"), [("en", "Password changed."), ("zh-hans", "密码已更改。")])
def test_one_stored_reason_is_told_in_each_language(language: str, told: str) -> None:
    stored = coded("password-changed")
    with translation.override(language):
        assert (stored, in_words(stored)) == ("@password-changed", told)


@pytest.mark.parametrize(
    "written", ["Agreed with the port.", "@unknown-code", "@loaded", '@loaded {"file": 1', "", None]
)
def test_what_a_person_wrote_is_shown_as_written(written: str | None) -> None:
    assert in_words(written) == (written or "")


@pytest.mark.parametrize("code", WORDS)
def test_words_stand_in_both_languages(code: str) -> None:
    with translation.override("zh-hans"):
        chinese = str(WORDS[code])
    with translation.override("en"):
        assert str(WORDS[code]) != chinese
