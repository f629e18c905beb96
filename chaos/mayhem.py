"""What is done to the cluster: a trouble every few seconds, of a kind by chance, each noted as a fact."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from random import Random

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from chaos.cluster import PROGRAM, Cluster
from chaos.facts import FactLog, Trouble

BETWEEN = 2.5  # seconds, on average, beside what a trouble itself takes
SENDERS = [name for name in PROGRAM if not name.startswith("beat")]
PAST_THE_LEASE = (20.0, 24.0)  # seconds; a lease is 17.5 with the patience that ``cluster.py`` sets
AIM_FOR, JUST_NOW = 3.0, 0.1  # seconds
LAST_NOTES = 4096  # bytes
WAITING = """SELECT count(*) FROM roadmap_outboxmessage WHERE state IN ('pending', 'sending', 'unsure')"""


class Mayhem:
    """Troubles from one seed. ``run`` makes them until told to end, and leaves nothing broken behind."""

    def __init__(self, cluster: Cluster, facts: FactLog, seed: int) -> None:
        self.cluster = cluster
        self.facts = facts
        self.random = Random(f"mayhem/{seed}")
        self.ended = threading.Event()
        self.cut_short = threading.Event()  # set when all is to be killed, so that nobody need be let go on
        self.sleepers: list[threading.Thread] = []

    def run(self) -> None:
        """In a thread of its own."""
        kinds: dict[Callable[[], None], int] = {
            self._kill_sender: 30,
            self._kill_child: 8,
            self._kill_beat: 8,
            self._stop_sender: 10,
            self._empty_broker: 10,
            self._crash_broker: 8,
            self._crash_database: 9,
            self._crash_mail_server: 9,
            self._freeze_mail_server: 4,
        }
        while not self.ended.wait(self.random.expovariate(1 / BETWEEN)):
            self.random.choices(list(kinds), list(kinds.values()))[0]()
        for sleeper in self.sleepers:
            sleeper.join()

    def note(self, kind: str, began: float, processes: tuple[int, ...] = (), waiting: int = 0) -> None:
        """Write the trouble down, now that it is over."""
        self.facts.add(Trouble(kind, began, time.time(), processes, waiting))

    def waiting(self) -> int:
        """How many mails wait; 0 when the database can't be asked."""
        with suppress(psycopg.Error), psycopg.connect(self.cluster.postgres.url) as database:
            row = database.execute(WAITING).fetchone()
            return int(row[0]) if row else 0
        return 0

    def _sender(self) -> str:
        """Whom to strike: half of the time somebody who is handing over a mail right now, if anybody does soon."""
        if self.random.random() < 0.5:
            return self.random.choice(SENDERS)
        ends = time.monotonic() + AIM_FOR
        while time.monotonic() < ends and not self.ended.wait(0.02):
            at, number = self._last_hand_over()
            if time.time() - at < JUST_NOW:
                for name in SENDERS:
                    if number in self.cluster.processes[name].members():
                        return name
        return self.random.choice(SENDERS)

    def _last_hand_over(self) -> tuple[float, int]:
        """When the mail server last noted something, and of which process."""
        with suppress(OSError, ValueError, IndexError), (self.cluster.folder / "attempts.jsonl").open("rb") as notes:
            notes.seek(max(notes.seek(0, os.SEEK_END) - LAST_NOTES, 0))
            note = json.loads(notes.read().splitlines()[-1])
            return note["at"], note["process"]
        return 0.0, 0

    def _kill_sender(self) -> None:
        self._kill(self._sender(), "sender killed")

    def _kill_beat(self) -> None:
        self._kill(self.random.choice(("beat-1", "beat-2")), "beat killed")

    def _kill(self, name: str, kind: str) -> None:
        process, began, waiting = self.cluster.processes[name], time.time(), self.waiting()
        members = tuple(process.members())
        process.send(signal.SIGKILL)
        self.note(kind, began, members, waiting)

    def _kill_child(self) -> None:
        """One process of a worker's pool, so that its parent finds it gone."""
        process, began, waiting = self.cluster.processes["worker-1"], time.time(), self.waiting()
        children = [pid for pid in process.members() if process.popen and pid != process.popen.pid]
        if children:
            victim = self.random.choice(children)
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
            self.note("worker's child killed", began, (victim,), waiting)

    def _stop_sender(self) -> None:
        """Stopped for longer than its lease, then let go on as if nothing had been; others work meanwhile."""
        process = self.cluster.processes[self._sender()]
        began, waiting, seconds = time.time(), self.waiting(), self.random.uniform(*PAST_THE_LEASE)
        members = tuple(process.members())
        process.send(signal.SIGSTOP)

        def let_go() -> None:
            self.cut_short.wait(seconds)
            process.send(signal.SIGCONT)
            self.note("stopped", began, members, waiting)

        self.sleepers.append(threading.Thread(target=let_go))
        self.sleepers[-1].start()

    def _empty_broker(self) -> None:
        began, waiting = time.time(), self.waiting()
        with suppress(RedisError), Redis.from_url(self.cluster.redis_url) as broker:
            broker.flushall()
        self.note("broker emptied", began, (), waiting)

    def _crash_broker(self) -> None:
        began, waiting = time.time(), self.waiting()
        self.cluster.restart_broker_empty()
        self.note("broker restarted empty", began, (), waiting)

    def _crash_database(self) -> None:
        began, waiting = time.time(), self.waiting()
        self.cluster.postgres.stop_at_once()
        self.cluster.postgres.start()
        self.note("database crashed", began, (), waiting)

    def _crash_mail_server(self) -> None:
        began, waiting = time.time(), self.waiting()
        self.cluster.processes["sink"].kill()
        self.ended.wait(self.random.uniform(1.0, 8.0))
        self.cluster.wake_sink()
        self.note("mail server away", began, (), waiting)

    def _freeze_mail_server(self) -> None:
        began, waiting = time.time(), self.waiting()
        sink = self.cluster.processes["sink"]
        sink.send(signal.SIGSTOP)
        self.ended.wait(self.random.uniform(2.0, 8.0))
        sink.send(signal.SIGCONT)
        self.note("mail server frozen", began, (), waiting)
