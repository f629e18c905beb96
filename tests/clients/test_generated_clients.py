"""Clients in Python and TypeScript made from the description, used against the real server as the docs show."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.npm import installed, needs_npm, ran
from tests.servers.program import Program, start
from tests.servers.waiting import PATIENCE

pytestmark = [pytest.mark.everything, pytest.mark.journey]
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
DESCRIPTION = DOCS / "openapi.yaml"
PACKAGES = (
    *("openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "@hey-api/openapi-ts@0.95.0"),
    *("typescript@5.9.3", "tsx@4.23.15", "@types/node@20.19.43"),
)
LINTERS = ("@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3")
STRICT = "--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022 --types node"
TOLD = [
    "3 open milestones; the first is sample-ami-airport-a",
    "due on 2026-10-15",
    "reported 40 %",
    "attached Acceptance report",
]


def told(printed: str) -> list[str]:
    """The lines; of the day's figure only the day."""
    return [line.split(",")[0] for line in printed.splitlines()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The whole program, with the bundled and the sample roadmap: where it is, and a token."""
    program: Program = start(tmp_path_factory.mktemp("program") / "var")
    try:
        program.await_greeting()
        scopes = ("--scope", "read", "--scope", "progress:write")
        token = program.manage("create_token", "admin", "--name", "clients", *scopes)
        yield {"TRACKER_URL": program.url, "TRACKER_TOKEN": token}
    finally:
        program.process.terminate()
        program.process.wait(PATIENCE)


def test_python_client_reads_reports_and_sends_a_file(server, tmp_path):
    made = tmp_path / "roadmap_tracker_api_client"
    ran(
        *(sys.executable, "-m", "openapi_python_client", "generate", "--path", str(DESCRIPTION)),
        *("--meta", "none", "--output-path", str(made), "--fail-on-warning"),
        at=tmp_path,
        PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    )
    example = str(DOCS / "examples" / "client.py")
    assert told(ran(sys.executable, "-W", "error", example, at=tmp_path, PYTHONPATH=str(tmp_path), **server)) == TOLD


@needs_npm
def test_typescript_clients_read_report_and_send_a_file(server, tmp_path):
    folder = installed(tmp_path, *PACKAGES)
    ran("npx", "openapi-typescript", str(DESCRIPTION), "-o", "schema.d.ts", at=folder)
    ran("npx", "openapi-ts", "-i", str(DESCRIPTION), "-o", "hey", "-c", "@hey-api/client-fetch", at=folder)
    examples = [DOCS / "examples" / "client.ts", Path(__file__).with_name("hey.ts")]
    for example in examples:
        shutil.copy(example, folder)
    ran("npx", "tsc", *STRICT.split(), *(one.name for one in examples), at=folder)
    for example in examples:
        assert told(ran("npx", "tsx", example.name, at=folder, **server)) == TOLD


@needs_npm
def test_linters_of_descriptions_find_nothing(tmp_path):
    folder = installed(tmp_path, *LINTERS)
    description, rules = str(DESCRIPTION), DOCS
    ran("npx", "redocly", "lint", description, "--config", str(rules / "redocly.yaml"), at=folder)
    ruleset = ("--ruleset", str(rules / "spectral.yaml"), "--fail-severity", "hint")
    ran("npx", "spectral", "lint", description, *ruleset, at=folder)
