"""PgBouncer between the program and its database: a connection is lent for one transaction, then to the next one."""

import secrets
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.postgres import account, free_port
from tests.servers.waiting import wait_for

CONFIGURATION = """
[databases]
* = host={host} port={port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
max_prepared_statements = 200
{user_line}
"""


class Pooler:
    """A running PgBouncer in front of ``database_url``; ``url`` is its address. ``program`` is its path."""

    def __init__(self, program: str, database_url: str, folder: Path) -> None:
        folder.mkdir()
        database, port, password = urlsplit(database_url), free_port(), secrets.token_hex(16)
        run_as = account()
        values = {
            "host": database.hostname, "port": database.port, "user": database.username, "password": database.password,
            "listen_port": port, "folder": folder, "user_line": f"user = {run_as}" if run_as else "",
        }  # fmt: skip
        (folder / "pgbouncer.ini").write_text(CONFIGURATION.format(**values))
        (folder / "users").write_text(f'"{database.username}" "{password}"\n')
        self.url = f"postgresql://{database.username}:{password}@127.0.0.1:{port}{database.path}"
        self._log, self._command = folder / "log", [program, str(folder / "pgbouncer.ini")]
        if run_as:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, run_as)
        self.start()

    def start(self) -> None:
        """Comes back once it listens."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        wait_for(self._listens)

    def _listens(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()  # noqa: S101
        return "process up" in self._log.read_text()

    def end(self) -> None:
        """At once."""
        self._process.kill()
        self._process.wait()
