"""A report that was withdrawn counts nowhere: whoever asks for reports gets those that count, unless named here."""

import re
from pathlib import Path

from roadmap.models import ProgressUpdate

ROOT = Path(__file__).resolve().parent.parent.parent
# ``every`` report, and ways past its two managers: by another table, by a relation, by the history
PAST = re.compile(
    r"ProgressUpdate\.(every|history|_\w+_manager)\b"
    r"|\bprogress_updates?(__\w+|\.(filter|all|exclude|\w*order_by))"
)
IN_SQL = re.compile(r"(?:roadmap_progressupdate|\{progressupdate\}+)\s")
MAY_SEE_ALL = {
    "roadmap/admin/milestones.py": "lists them, struck through",
    "roadmap/api/viewsets/reports.py": "lists them, with the withdrawal",
    "roadmap/web/views/initiatives.py": "lists them, struck through",
    "roadmap/web/views/milestones.py": "lists them, struck through",
    "roadmap/editing/progress.py": "withdraws them, and knows a report that is sent again",
    "roadmap/editing/many_reports.py": "knows a report that is sent again",
    "roadmap/editing/verification.py": "whoever withdraws their report has still said that it is done",
    "roadmap/progress/differences.py": "what was known then",
    "roadmap/progress/known.py": "what was known then",
    "roadmap/progress/known_sums.py": "what was known then",
}


def sources() -> dict[str, str]:
    files = {path for path in (ROOT / "roadmap").rglob("*.py") if "migrations" not in path.parts}
    return {str(path.relative_to(ROOT)): path.read_text() for path in files}


def test_only_who_is_named_here_sees_withdrawn_reports():
    assert {name for name, text in sources().items() if PAST.search(text)} == set(MAY_SEE_ALL)


def test_our_own_statements_leave_withdrawn_reports_out():
    found = {name: text for name, text in sources().items() if IN_SQL.search(text)}
    assert set(found) == {f"roadmap/progress/{name}.py" for name in ("page", "rollup", "told")}
    for name, text in found.items():
        asked = re.findall(r"reported_on <= [({]", text)  # which reports, up to the day
        assert (len(asked) > 0, text.count("{COUNTS}")) == (True, len(asked)), name


def test_who_asks_without_thinking_gets_those_that_count():
    assert str(ProgressUpdate.objects.values("pk").query).count('"withdrawn_at" IS NULL') == 1
