"""The children of the embedded program and the environment that they share."""

import os
import signal
import sys
from pathlib import Path

from embedded.children import Child
from embedded.place import EVERYWHERE, LOOPBACK, Place, site_url
from embedded.redis_server import server_binary, write_private

PYTHON = sys.executable
PREPARED = "\x04"  # ends what the web server reports of its preparation


def shared_environment(place: Place, *, port: int, mail_port: int | None) -> dict[str, str]:
    """What every child sees: this process's environment, completed; a value that is already set stays.

    ``mail_port`` is the embedded mailbox's, None when EMAIL_HOST names a mail server.
    """
    url = site_url(place.host, port)
    hosts = "*" if place.host in EVERYWHERE else ",".join(sorted(LOOPBACK | {place.host})).replace("::1", "[::1]")
    defaults = {"SITE_URL": url, "ALLOWED_HOSTS": hosts, "WEB_WORKERS": "1", "WEB_THREADS": "8"}
    environment = {**defaults, **os.environ, "TRACKER_MODE": "embedded", "DATA_DIR": str(place.data_dir)}
    if mail_port is not None:
        environment |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mail_port)}
    return environment


def leave_word(place: Place, environment: dict[str, str], *, mail_port: int | None) -> None:
    """Leaves the addresses in the data folder, so that ``manage.py`` beside the running program finds them."""
    write_private(place.data_dir / "site-url", environment["SITE_URL"])
    if mail_port is not None:
        write_private(place.data_dir / "mail-port", str(mail_port))


def valkey(place: Place, configuration: Path) -> Child:
    """The server that carries wake-ups."""
    return Child("valkey", [str(server_binary()), str(configuration)], {}, place.logs / "valkey.log")


def mailbox(place: Place, environment: dict[str, str], *, descriptor: int) -> Child:
    """The SMTP server that keeps the mails for ``/mailbox/``, at the listening socket ``descriptor``."""
    command = [PYTHON, "-m", "embedded.mailbox", str(descriptor), str(place.data_dir / "mailbox")]
    return Child("mailbox", command, environment, place.logs / "mailbox.log", inherits=(descriptor,))


def web(place: Place, environment: dict[str, str], *, descriptor: int, reports: int) -> Child:
    """The web server, at the listening socket ``descriptor``; it first makes the data ready.

    What it does for that it tells at the descriptor ``reports``.
    """
    command = [PYTHON, "-m", "embedded.web", str(reports), "-c", "python:tracker.serving", "tracker.wsgi"]
    return Child(
        "web",
        command,
        {**environment, "BIND": f"fd://{descriptor}"},
        place.logs / "web.log",
        orphan_signal=signal.SIGTERM,  # the master passes it on to its workers
        inherits=(descriptor, reports),
    )


def worker(place: Place, environment: dict[str, str]) -> Child:
    """The worker that plans and delivers; threads, so that it is one process."""
    command = [PYTHON, "-m", "celery", "-A", "tracker.celery", "worker", "--pool=threads", "--concurrency=2"]
    quiet = ["--without-gossip", "--without-mingle", "--hostname=worker@embedded"]
    return Child("worker", [*command, *quiet], environment, place.logs / "worker.log")


def beat(place: Place, environment: dict[str, str]) -> Child:
    """The clock that ticks each minute."""
    mark = ["--schedule", str(place.data_dir / "beat-alive"), "--pidfile="]
    command = [PYTHON, "-m", "celery", "-A", "tracker.celery", "beat", *mark]
    return Child("beat", command, environment, place.logs / "beat.log")
