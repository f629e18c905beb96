"""Where the embedded program stands: its data folder, held by one supervisor at a time, and its address."""

import errno
import fcntl
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from tracker import env

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 (compared with, not bound)


class Refused(Exception):
    """The program can't start here; the message is one line that says what to do."""


@dataclass(frozen=True)
class Place:
    """The data folder and the address, as the environment gives them."""

    data_dir: Path
    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Place":
        """Reads DATA_DIR, HOST and PORT; raises ImproperlyConfigured on a bad port. Port 0 means any free one."""
        data_dir = Path(env.text("DATA_DIR", str(ROOT / "var"))).resolve()
        return cls(data_dir, env.text("HOST"), env.whole_number("PORT"))

    @property
    def logs(self) -> Path:
        """The folder of the log files."""
        return self.data_dir / "log"


def hold(place: Place) -> int:
    """Takes the data folder for this process until it ends; gives the lock's file descriptor.

    Raises Refused when another supervisor holds it or when it can't be written.
    """
    try:
        for folder in (place.data_dir, place.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(place.data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refused(
            f"{place.data_dir} can't be written ({error.strerror}); set DATA_DIR to another folder."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(lock, 20).decode().strip()
        raise Refused(
            f"already running on {place.data_dir} (process {holder}); end that one, or set DATA_DIR and PORT."
        ) from error
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    return lock


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at the address, kept by the supervisor so that no request is refused while a child restarts.

    Raises Refused when the port is taken or the address isn't this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Refused(f"port {port} of {host} is taken; set another, as in: make run PORT={port + 1}") from error
        if error.errno == errno.EACCES:
            raise Refused(f"port {port} needs more rights; set another, as in: make run PORT=8000") from error
        raise Refused(f"HOST={host} can't be used here ({error.strerror}); try HOST=127.0.0.1") from error
    listener.listen(256)
    return listener


def site_url(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    shown = "127.0.0.1" if host in EVERYWHERE else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
