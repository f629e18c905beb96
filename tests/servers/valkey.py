"""A real Valkey on a socket of its own, with nothing kept on disk."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.redis_server import answers, server_binary
from tests.servers.waiting import PATIENCE


@contextmanager
def running_valkey(folder: Path) -> Iterator[str]:
    """Starts a server with its socket in ``folder`` (a short path); gives its ``unix://`` URL; stops it at the end."""
    socket = folder / "valkey.sock"
    command = [
        str(server_binary()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "600",
        "--save", "", "--dir", str(folder), "--requirepass", "secret",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        url = f"unix://:secret@{socket}"
        answers(url, within_seconds=10)
        yield url
    finally:
        server.terminate()
        server.wait(PATIENCE)
