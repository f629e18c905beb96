"""Gunicorn's settings, the same embedded and in production: ``gunicorn -c python:tracker.serving tracker.wsgi``.

``BIND`` (address, or ``fd://N`` from the embedded supervisor), ``WEB_WORKERS`` and ``WEB_THREADS`` come from the
environment.
"""

import gc
import os
from pathlib import Path
from threading import Thread
from typing import Any

from tracker import env, metrics_files

COLLECT_AFTER = 20_000  # new objects; a page of 200 milestones makes 5,000, and none of them refer in circles

bind = env.text("BIND")
worker_class = "gthread"
workers = env.whole_number("WEB_WORKERS", min(2 * (os.cpu_count() or 1), 16))
threads = env.whole_number("WEB_THREADS")  # a process runs one of them at a time
preload_app = True  # a bad setting ends the server at once, with its one line
timeout = 60
graceful_timeout = 8
# An idle connection costs no thread. Closed before the other end closes it, it may meet a request on its way, which is
# then reset: longer than proxies and clients commonly keep theirs (60 s)
keepalive = 75
max_requests = 20_000  # a slow leak never adds up
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (a heartbeat file; memory never blocks)
control_socket_disable = True


def when_ready(_server: object) -> None:
    """Before the workers are forked: what is loaded stays, and is never looked through for garbage again.

    It would be after each 70,000 objects, which is a fifth of the time that lists take; and memory stays shared.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])


def post_worker_init(worker: Any) -> None:
    """In the first worker alone, and beside its work, as a database that is away may keep one waiting."""
    if worker.age == 1:
        from roadmap.outbox.clocks import tell_of_clocks  # models are there only now

        Thread(target=tell_of_clocks, daemon=True).start()


def pre_fork(server: Any, worker: Any) -> None:
    """Each worker counts in the file of its place."""
    metrics_files.give_place(server, worker)


def post_fork(_server: Any, worker: Any) -> None:
    """In the worker itself."""
    metrics_files.take_place(worker)


def on_exit(_server: Any) -> None:
    """What was counted ends with the server."""
    metrics_files.remove()
