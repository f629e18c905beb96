"""Gunicorn with the settings of production, for as long as a measurement runs."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from bench.load import Target, once
from tests.servers.postgres import free_port
from tests.servers.valkey import running_valkey

HOST = "tracker.example"


def database_url() -> str:
    """That of the measurement's own database."""
    parts = {name: str(value) for name, value in connection.settings_dict.items()}
    login = f"{parts['USER']}:{quote(parts['PASSWORD'])}"
    return f"postgresql://{login}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"


@contextmanager
def production() -> Iterator[dict[str, str]]:
    """The environment of production: its own Valkey, secrets and folder, no limit on requests."""
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder, running_valkey(Path(folder)) as redis_url:
        (Path(folder) / "static").mkdir()
        yield {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TRACKER_MODE": "production",
            "DATA_DIR": folder,
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SITE_URL": f"https://{HOST}",
            "ALLOWED_HOSTS": HOST,
            "BEHIND_PROXY": "true",
            "EMAIL_HOST": "127.0.0.1",
            "MAIL_FROM": "Tracker <tracker@tracker.example>",
            "API_REQUESTS_PER_MINUTE": str(10**9),
            "LOG_LEVEL": "warning",
        }


@dataclass(frozen=True)
class Serving:
    """A server under measurement."""

    port: int
    pid: int


@contextmanager
def gunicorn(application: str, environment: dict[str, str], *, ready: bytes) -> Iterator[Serving]:
    """Serves ``application``, as soon as the request ``ready`` is answered with 200."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:tracker.serving", application]
    server = subprocess.Popen(command, env={**environment, "BIND": f"127.0.0.1:{port}"})
    try:
        _wait(Target(port, ready), server)
        yield Serving(port, server.pid)
    finally:
        server.terminate()
        server.wait(20)


def _wait(target: Target, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        try:
            once(target)
        except OSError:
            if server.poll() is not None:
                raise RuntimeError("The server ended.") from None
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server doesn't answer.")
