"""The round trip that the docs show, as it stands there, against the real server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.program import Program

pytestmark = pytest.mark.journey
DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = [DOCS / "examples" / name for name in ("round_trip.py", "client.py", "client.ts")]
EXAMPLE = DOCS / "examples" / "round_trip.py"
TOLD = [
    r"\d+ milestones; intelligent-image-review-2026 is due on 2026-12-31, [\d.]+ % done",
    r"report \d+ was recorded; sent again, the same answer: true",
    r"tried: 1 would be new; taken: 1 new, 0 known",
    *("created progressupdate 40.00", "changed milestone"),  # which is under way now
    *("created externalreference", "created progressupdate 45.00"),
    r"safe stands at [\d.]+ %; intelligent-image-review-2026 adds [\d.]+ by its report",
]


@pytest.mark.xdist_group("program")
def test_round_trip_tells_what_it_did(program: Program) -> None:
    token = program.manage("create_token", "admin", "--name", "example", "--scope", "read", "--scope", "progress:write")
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE)],
        env={"PATH": os.environ["PATH"], "TRACKER_URL": program.url, "TRACKER_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert [line for told, line in zip(TOLD, lines, strict=True) if not re.fullmatch(told, line)] == [], lines


@pytest.mark.parametrize("page", ["api.md", "api.zh-hans.md"])
def test_pages_show_the_examples_as_they_are(page: str) -> None:
    shown = re.findall(r"```(?:python|ts)\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert {one.read_text(encoding="utf-8") for one in EXAMPLES} <= set(shown)
