"""A load generator: processes that each keep one connection open and ask for the same thing again and again."""

import socket
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context


@dataclass(frozen=True)
class Target:
    """A request as sent, byte for byte, and the status line's number that its answers must have."""

    port: int
    request: bytes
    status: bytes = b"200"


def request_bytes(path: str, **headers: str) -> bytes:
    """A GET request; underscores in header names stand for hyphens."""
    lines = [f"GET {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def rate(target: Target, *, seconds: float, connections: int) -> float:
    """Answers a second. Raises RuntimeError for any answer of another status."""
    with ProcessPoolExecutor(connections, mp_context=get_context("spawn")) as pool:
        return sum(pool.map(_asked, [target] * connections, [seconds] * connections))


def once(target: Target) -> tuple[bytes, bytes]:
    """The head and the body of one answer."""
    with socket.create_connection(("127.0.0.1", target.port)) as connection:
        return _answer(connection, target)


def _asked(target: Target, seconds: float) -> float:
    with socket.create_connection(("127.0.0.1", target.port)) as connection:
        _answer(connection, target)  # the first one is the warming up
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            _answer(connection, target)
            count += 1
        return count / (time.perf_counter() - start)


def _answer(connection: socket.socket, target: Target) -> tuple[bytes, bytes]:
    connection.sendall(target.request)
    received = bytearray()
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _gap, body = bytes(received).partition(b"\r\n\r\n")
    if head.split(b" ", 2)[1] != target.status:
        raise RuntimeError(f"Answered otherwise: {head[:200]!r} {body[:300]!r}")
    missing = _length(head) - len(body)
    parts = [body]
    while missing > 0:
        parts.append(_some(connection))
        missing -= len(parts[-1])
    return head, b"".join(parts)


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(262_144)
    if not data:
        raise RuntimeError("The server closed the connection.")
    return data


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
