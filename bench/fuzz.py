"""``python -m bench.fuzz [SECONDS] [ROLE …]``: schemathesis over the whole API description, for each role.

A real server with the bundled and the sample roadmap in a throw-away folder; exits with 1 at the first role that
finds a failure. SECONDS bound each role's run (default 120).
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROLES = ("office", "lead", "contributor", "verifier", "auditor", "observer", "nobody")
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance"),
    *("answered_as_described", "negative_data_rejection", "unsupported_method", "allow_header_conformance"),
    "use_after_free",
)
PREPARE = """
import sys
from django.core.management import call_command
from roadmap.models import Organisation, Person
call_command("migrate", verbosity=0)
for command in ("load_catalogue", "load_sample"):
    call_command(command, verbosity=0, stdout=sys.stderr)
call_command("collectstatic", interactive=False, verbosity=0)
top = Organisation.objects.order_by("path").first()
for role in ("office", "lead", "contributor", "verifier", "auditor", "observer"):
    Person.objects.create(username="fuzz-" + role, full_name=role, password="!", role=role, organisation=top)
    call_command("create_token", "fuzz-" + role, name="fuzz",
                 scope=["read", "progress:write", "catalogue:write", "account:write"])
"""


def main() -> int:
    """Prepare, serve, and ask as each role; the exit code."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "120"
    roles = sys.argv[2:] or list(ROLES)
    with tempfile.TemporaryDirectory(prefix="tracker-fuzz-") as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        environment = {
            **os.environ,
            "TRACKER_MODE": "embedded",
            "DATA_DIR": folder,
            "SITE_URL": url,
            "REDIS_URL": "redis://127.0.0.1:1/0",  # nothing is counted or cached
            "WEB_WORKERS": "1",  # so that the description is made once
            "WEB_THREADS": "8",
            "API_REQUESTS_PER_MINUTE": "0",
            "API_REQUESTS_PER_MINUTE_ANONYMOUS": "0",
            "BIND": f"fd://{taken.fileno()}",
        }
        manage = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", PREPARE]
        prepared = subprocess.run(manage, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
        tokens = dict(zip(ROLES, prepared.stdout.split(), strict=False))
        serve = [sys.executable, "-m", "gunicorn", "-c", "python:tracker.serving", "tracker.wsgi"]
        server = subprocess.Popen(
            serve, env=environment, cwd=ROOT, pass_fds=[taken.fileno()], stderr=subprocess.DEVNULL
        )
        try:
            _await(f"{url}/health/live")
            _await(f"{url}/api/schema/")
            return max(_ask(url, role, tokens.get(role), seconds=seconds, folder=folder) for role in roles)
        finally:
            server.terminate()
            server.wait(30)


def _ask(url: str, role: str, token: str | None, *, seconds: str, folder: str) -> int:
    """One role's run; 1 where it found a failure. Its own keys are left alone, so that it isn't shut out midway."""
    command = [
        *(str(Path(sys.executable).with_name("st")), "run", f"{url}/api/schema/", "--no-color"),
        *("--phases", "coverage,fuzzing,stateful", "--max-time", seconds, "--checks", ",".join(CHECKS)),
        *("--request-timeout", "60"),  # a busy machine is no fault
        *("--exclude-path-regex", "/tokens/"),
        *(["-H", f"Authorization: Bearer {token}"] if token else []),
    ]
    ours = {**os.environ, "SCHEMATHESIS_HOOKS": "bench.fuzz_checks", "PYTHONPATH": str(ROOT)}
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=ours)
    closing = [line for line in found.stdout.splitlines() if line.strip()][-1:]
    print(f"{role:12} {'no failure' if not found.returncode else 'FAILURES'}  {' '.join(closing).strip('= ')}")
    if found.returncode:
        print(found.stdout)
    return min(found.returncode, 1)


def _await(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=60):  # noqa: S310  # our own address
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{address} doesn't answer")


if __name__ == "__main__":
    sys.exit(main())
