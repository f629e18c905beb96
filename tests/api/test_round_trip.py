"""The example of docs/api.md, run as it stands there against a live server with the bundled roadmap."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from roadmap import clock
from roadmap.editing.tokens import make_token
from roadmap.models import Milestone
from roadmap.models.history import SYSTEM
from tests import factories as make

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.django_db(transaction=True)
def test_example_of_the_docs_runs(live_server: LiveServer, tmp_path: Path) -> None:
    call_command("load_catalogue", stdout=StringIO())
    _token, text = make_token(make.make_office_person(), by=SYSTEM, now=clock.now(), name="docs")
    example = re.findall(r"```python\n(.*?)```", (DOCS / "api.md").read_text(encoding="utf-8"), flags=re.DOTALL)[0]
    script = tmp_path / "example.py"
    script.write_text(example, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        env={"PATH": os.environ["PATH"], "TRACKER_URL": live_server.url, "TRACKER_TOKEN": text},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    milestone = Milestone.objects.get(code="intelligent-image-review-2026")
    assert (milestone.due_on.isoformat(), milestone.progress_updates.get().percent_complete) == ("2027-01-31", 40)
    lines = ran.stdout.splitlines()
    assert [line.split()[0] for line in lines[:7]] == ["2026-12-31"] * 7
    assert lines[7] == "412 It has been changed by somebody else 2027-01-31"
    assert sorted(line.rsplit(" ", 2)[0] for line in lines[8:]) == [
        "basic-framework convenient",
        "basic-framework efficient",
        "basic-framework safe",
        "complete-system convenient",
        "complete-system efficient",
        "complete-system safe",
    ]
