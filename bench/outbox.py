"""Sending digests that are planned already, beside a bare smtplib loop over one kept connection to the same sink.

Ours claims, looks whether each mail may go, makes it, marks it before its final dot and after its answer; the bare loop
hands over the same bytes, and does nothing else. Both in turn, in the same run, the sink in a process of its own.
"""

import os
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter, process_time

from django.conf import settings

from bench.digests import MONDAY, _roadmap, _subscribe
from roadmap.digests.planner import plan_due_digests
from roadmap.models import OutboxMessage
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.moment import database_clock
from roadmap.vocabulary import MessageState

ROUNDS = 3


def measure(sizes: list[int]) -> None:
    """Print, for each number of mails, how many a second go out, ours and bare, and what of it is processor time."""
    settings.MAIL_JOURNAL = settings.MAIL_JOURNAL_ADDRESS = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.MAIL_CONNECTIONS = int(os.environ.get("MAIL_CONNECTIONS", "4"))
    print(f"Load at the start: {os.getloadavg()[0]:.1f}; connections: {settings.MAIL_CONNECTIONS}")
    print("| mails | mean KB | ours/s | bare/s | ours/bare | ours, ms of processor | bare, ms of processor |")
    print("|---|---|---|---|---|---|---|")
    for size in sizes or [1000]:
        OutboxMessage.objects.all().delete()
        _subscribe(_roadmap(), size)
        while plan_due_digests(now=MONDAY):
            pass
        print(_row())


def _row() -> str:
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    number = OutboxMessage.objects.count()
    with _sink() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        for _ in range(ROUNDS):
            _wait_again()
            ours.append(_seconds(_deliver_all))
            sent = list(OutboxMessage.objects.filter(state=MessageState.SENT).values_list("address", "rendered"))
            if len(sent) != number:
                raise RuntimeError(f"Of {number} mails {len(sent)} were sent.")
            letters = [(address, bytes(content)) for address, content in sent]
            bare.append(_seconds(lambda: _hand_over(letters, port)))  # noqa: B023 (called at once)
    size = sum(len(content) for _address, content in letters) / number / 1000
    ours_wall, bare_wall = median(wall for wall, _cpu in ours), median(wall for wall, _cpu in bare)
    cells = [
        f"{number}",
        f"{size:.0f}",
        f"{number / ours_wall:.0f}",
        f"{number / bare_wall:.0f}",
        f"{bare_wall / ours_wall:.2f}",
        f"{1000 * median(cpu for _wall, cpu in ours) / number:.2f}",
        f"{1000 * median(cpu for _wall, cpu in bare) / number:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def _wait_again() -> None:
    forgotten = dict.fromkeys(("rendered", "rendered_at", "sent_at", "committing_at"))
    OutboxMessage.objects.update(state=MessageState.PENDING, deliver_after=MONDAY, fence=0, **forgotten)


def _deliver_all() -> None:
    while deliver_pending(clock=database_clock):
        pass


def _hand_over(letters: list[tuple[str, bytes]], port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for address, content in letters:
            server.sendmail("tracker@localhost", [address], content)


def _seconds(act: Callable[[], object]) -> tuple[float, float]:
    """Of the wall's clock, and of this process's processor."""
    start, busy = perf_counter(), process_time()
    act()
    return perf_counter() - start, process_time() - busy


@contextmanager
def _sink() -> Iterator[int]:
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  # asked for above
        yield int(process.stdout.readline())
        process.communicate()
