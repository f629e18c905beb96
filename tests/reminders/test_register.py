"""The register of the kinds of reminders: each has its line and its file, and says when it is still true."""

from datetime import date
from pathlib import Path

import pytest

from roadmap.models.reminder import COUNTING_FROM_THE_PAST
from roadmap.reminders import kinds
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.facts import MilestoneFacts, Occurrence, read_occurrence
from roadmap.reminders.news import TOPICS
from roadmap.vocabulary import RuleKind

TODAY = date(2026, 12, 1)
DUE = date(2026, 12, 31)
SAID = date(2026, 11, 20)
SHARED_FILES = {"__init__", "days", "facts", "kind"}


def test_every_kind_has_its_file_and_every_file_its_line() -> None:
    files = {path.stem for path in Path(kinds.__file__).parent.glob("*.py")} - SHARED_FILES
    assert files == set(RuleKind.values) == {str(kind) for kind in KINDS}


def test_no_two_topics_are_equally_pressing() -> None:
    assert len({topic.rank for topic in TOPICS}) == len(TOPICS)


def test_database_refuses_the_kinds_without_days_that_cannot_do_without() -> None:
    assert {name for name, kind in KINDS.items() if kind.needs_after_days} == set(COUNTING_FROM_THE_PAST)


@pytest.mark.parametrize(
    ("name", "taken_apart"),
    [
        ("due=2026-12-31/T-30", Occurrence("due", DUE, "T-30")),
        ("due=2026-12-31/unanswered-T-30-2", Occurrence("due", DUE, "T-30", step=2)),
        ("done=2026-11-20/unanswered-evidence-1-1", Occurrence("done", SAID, "evidence-1", step=1)),
        ("silent=2026-11-20/again-2026-11-30", Occurrence("silent", SAID, "again-2026-11-30")),
    ],
)
def test_names_of_reminders_are_taken_apart(name: str, taken_apart: Occurrence) -> None:
    assert read_occurrence(name) == taken_apart


OPEN = MilestoneFacts(DUE, quiet_since=SAID)
REPORTED = MilestoneFacts(DUE, quiet_since=SAID, reported_done_on=SAID)
DONE = MilestoneFacts(DUE, is_open=False, quiet_since=SAID, reported_done_on=SAID)
VERIFIED = MilestoneFacts(DUE, is_open=False, reported_done_on=SAID, is_verified=True)
SHOWN = MilestoneFacts(DUE, is_open=False, reported_done_on=SAID, has_evidence=True)
MOVED = MilestoneFacts(date(2027, 1, 31), quiet_since=TODAY)


@pytest.mark.parametrize(
    ("kind", "name", "true_of", "untrue_of"),
    [
        (RuleKind.DUE, f"due={DUE}/T-30", [OPEN, REPORTED], [DONE, MOVED]),
        (RuleKind.DUE, f"due={DUE}/overdue-1", [OPEN], [DONE, MOVED]),
        (RuleKind.DUE, f"silent={SAID}/1", [], [OPEN, DONE]),  # its rule has become one of another kind
        (RuleKind.SILENCE, f"silent={SAID}/1", [OPEN, REPORTED], [DONE, MOVED]),
        (RuleKind.SILENCE, f"silent={SAID}/unanswered-1-1", [OPEN], [DONE, MOVED]),
        (RuleKind.EVIDENCE, f"due={DUE}/evidence-T-14", [OPEN], [DONE, MOVED, SHOWN]),
        (RuleKind.EVIDENCE, f"done={SAID}/evidence-1", [DONE, REPORTED], [OPEN, SHOWN]),
        (RuleKind.EVIDENCE, f"done={SAID}/again-{TODAY}", [DONE], [OPEN, SHOWN]),
        (RuleKind.UNVERIFIED, f"done={SAID}/unverified-1", [DONE, REPORTED, SHOWN], [OPEN, VERIFIED, MOVED]),
        (RuleKind.UNVERIFIED, f"done={SAID}/again-{TODAY}", [DONE], [OPEN, VERIFIED]),
    ],
)
def test_kinds_say_when_they_are_still_true(
    kind: RuleKind, name: str, true_of: list[MilestoneFacts], untrue_of: list[MilestoneFacts]
) -> None:
    told = read_occurrence(name)
    assert [KINDS[kind].is_still_true(told, one, today=TODAY) for one in true_of] == [True] * len(true_of)
    assert [KINDS[kind].is_still_true(told, one, today=TODAY) for one in untrue_of] == [False] * len(untrue_of)
