"""Where the processes of one web server count together: a file each, in a folder of that server alone.

Named by a worker's place among the others, not by its process number: whoever takes its place counts on in its file,
so that there are as many files after a year as on the first day. Imported before ``prometheus_client``.
"""

import os
import shutil
import tempfile
from itertools import count
from typing import Any

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the client's own word
_place = "master"


def share() -> None:
    """From now on what this process counts is counted together with those that it forks."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="tracker-metrics-")
    from prometheus_client import values  # reads the environment

    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: _place)  # type: ignore[no-untyped-call]


def give_place(server: Any, worker: Any) -> None:
    """The first place that no worker of ``server`` has; before ``worker`` is forked."""
    taken = {getattr(other, "place", None) for other in server.WORKERS.values()}
    worker.place = next(number for number in count() if number not in taken)


def take_place(worker: Any) -> None:
    """In the worker, once it is forked."""
    global _place
    _place = str(worker.place)


def remove() -> None:
    """When the server ends."""
    if FOLDER in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
