"""The embedded Valkey: closed to others, durable, and never dropping what it was told."""

import stat
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from embedded.redis_server import NotAnswering, answers, configure, server_binary


def test_redis_server_runs_closed_and_durable(tmp_path: Path) -> None:
    configuration, url = configure(tmp_path)
    assert [stat.filemode(path.stat().st_mode) for path in (configuration, tmp_path / "redis-url")] == [
        "-rw-------"
    ] * 2
    assert (tmp_path / "redis-url").read_text() == url
    with subprocess.Popen([str(server_binary()), str(configuration)], stdout=subprocess.DEVNULL) as server:
        try:
            answers(url, within_seconds=10)
            socket = unquote(urlsplit(url).path)
            with Redis.from_url(url, decode_responses=True) as client:
                wanted = {"appendonly": "yes", "maxmemory-policy": "noeviction", "port": "0"}
                assert client.config_get(*wanted) == wanted
            with Redis(unix_socket_path=socket) as stranger, pytest.raises(AuthenticationError):
                stranger.ping()
            assert stat.filemode(Path(socket).stat().st_mode) == "srw-------"
        finally:
            server.terminate()


def test_redis_server_in_a_deep_folder_keeps_its_socket_path_short(tmp_path: Path) -> None:
    _, url = configure(tmp_path / ("deep" * 30))
    socket = Path(urlsplit(url).path)
    assert len(str(socket)) < 100
    assert stat.filemode(socket.parent.stat().st_mode) == "drwx------"
    socket.parent.rmdir()


def test_redis_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotAnswering):
        answers(f"unix://:x@{tmp_path / 'nobody'}", within_seconds=0.1)
