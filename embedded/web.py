"""The web server of ``make run``: makes the data ready, then serves, in one process, so that Django is imported once.

``python -m embedded.web DESCRIPTOR GUNICORN-ARGUMENTS``: each step is told at the file descriptor once it is done.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import connections
from gunicorn.app.wsgiapp import WSGIApplication

from embedded.bootstrap import step_words
from embedded.preparation import prepare
from embedded.processes import PREPARED
from tracker.start import read_settings


class Reports:
    """What the supervisor is told of the steps."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Tells, when it is done, what was done and how long it took."""
        began = time.monotonic()
        yield
        self.tell(f"{step_words(words, began)}\n")

    def tell(self, words: str) -> None:
        """Passes on ``words``, whole."""
        os.write(self.descriptor, words.encode())


def main() -> None:
    """Prepares and serves; a failing step raises, so that its words are the last of the log."""
    reports = Reports(int(sys.argv.pop(1)))
    read_settings()
    with reports.step("Program loaded 已载入程序"):
        django.setup()
    prepare(reports.step)
    connections.close_all()  # the processes that serve are forked from this one
    reports.tell(PREPARED)
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]").run()


if __name__ == "__main__":
    main()
