"""What speaks to the database in words of its own is tried on both databases, by a test that is marked for it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OWN_WORDS = re.compile(
    r"""
    \.execute\(|\.raw\(|RawSQL|\.extra\(              # statements of ours
    | \.vendor\b|connection\.features                 # one way for each database
    | \bselect_for_update\(                           # locks
    | ^\s+template\s*=\s*["']%\(function\)s|\bFunc\(  # functions of the database
    | ignore_conflicts=|update_conflicts=             # writes that give way
    """,
    re.VERBOSE | re.MULTILINE,
)

MARK = r"\.both_databases\((.*?)\)"
NO_SQL = {"roadmap.apps"}  # lifts a limit of SQLite's own


def test_whatever_has_sql_of_its_own_is_named_by_a_test_for_both_databases():
    with_sql = {
        module_of(path): OWN_WORDS.findall(path.read_text())
        for path in (ROOT / "roadmap").rglob("*.py")
        if "migrations" not in path.parts and OWN_WORDS.search(path.read_text())
    }
    named = named_by_marks() | NO_SQL
    assert {name: words for name, words in with_sql.items() if name not in named} == {}


def test_no_mark_names_a_module_that_is_gone():
    modules = {module_of(path) for path in (ROOT / "roadmap").rglob("*.py")}
    assert named_by_marks() - modules == set()


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def named_by_marks() -> set[str]:
    """Read as text: Python 3.11 now and then fails to build the trees of so many files one after another."""
    marks = (
        mark for path in (ROOT / "tests").rglob("test_*.py") for mark in re.findall(MARK, path.read_text(), re.DOTALL)
    )
    return {name for mark in marks for name in re.findall(r'"([\w.]+)"', mark)}
