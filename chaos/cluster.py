"""The servers and processes of a run, all of them real: started, killed by others, and started again after a death."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chaos.pooler import Pooler
from chaos.sink import JOURNAL
from embedded.place import ROOT
from embedded.redis_server import answers, configure, server_binary
from tests.servers.postgres import Server, free_port

CELERY = ["-m", "celery", "-A", "tracker.celery"]
QUIET = ["--without-gossip", "--without-mingle", "-l", "WARNING"]
# name: what is started; two of each, and workers of both kinds
PROGRAM = {
    "worker-1": [*CELERY, "worker", "-n", "one@chaos", "-c", "2", *QUIET],
    "worker-2": [*CELERY, "worker", "-n", "two@chaos", "-c", "2", "--pool=threads", *QUIET],
    "beat-1": [*CELERY, "beat", "--pidfile=", "--schedule={folder}/beat-1", "-l", "WARNING"],
    "beat-2": [*CELERY, "beat", "--pidfile=", "--schedule={folder}/beat-2", "-l", "WARNING"],
    "dispatch-1": ["manage.py", "dispatch"],
    "dispatch-2": ["manage.py", "dispatch"],
}
# How long the program waits for mail servers, in seconds; its leases follow from that
PATIENCE = {"EMAIL_TIMEOUT": "1", "EMAIL_REPLY_TIMEOUT": "6", "MAIL_GRACE_SECONDS": "5"}
RESTART_AFTER = 0.7  # seconds, as a supervisor would


@dataclass
class Process:
    """A command that is to run; ``wanted`` until the cluster is put to sleep."""

    name: str
    command: list[str]
    log: Path
    wanted: bool = True
    popen: subprocess.Popen[bytes] | None = None
    died_at: float = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        """In a process group of its own, so that a kill takes its children along."""
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                [sys.executable, *self.command],
                env=dict(environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def send(self, number: signal.Signals) -> None:
        """To the process and its children."""
        if self.popen is not None:
            try:
                os.killpg(self.popen.pid, number)
            except (ProcessLookupError, PermissionError):
                return

    def members(self) -> list[int]:
        """The process and its children, by their numbers."""
        if self.popen is None:
            return []
        listed = subprocess.run(["ps", "-o", "pid=", "-g", str(self.popen.pid)], capture_output=True, check=False)
        return [int(word) for word in listed.stdout.split()] or [self.popen.pid]

    def kill(self) -> None:
        """Without a word, and awaited."""
        self.send(signal.SIGKILL)
        if self.popen is not None:
            self.popen.wait()


@dataclass
class Cluster:
    """Everything that runs, with its data below ``folder``."""

    folder: Path
    seed: int
    receipts: bool
    pooler_program: str = ""
    pooler: Pooler | None = None
    postgres: Server = field(init=False)
    broker: subprocess.Popen[bytes] | None = None
    processes: dict[str, Process] = field(default_factory=dict)

    def __post_init__(self) -> None:
        server_folder = self.folder / "postgres"
        server_folder.mkdir()
        self.postgres = Server(server_folder, ["max_connections=80", "shared_buffers=64MB"])
        self._broker_conf, self.redis_url = configure(self.folder)
        self.sink_port = free_port()
        self._lock = threading.RLock()
        self._sinks_started = 0
        self._ended = threading.Event()

    @property
    def environment(self) -> dict[str, str]:
        """What each process of the program sees."""
        ours = {
            "DJANGO_SETTINGS_MODULE": "chaos.settings",
            "TRACKER_MODE": "embedded",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.pooler.url if self.pooler else self.postgres.url,
            "REDIS_URL": self.redis_url,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.sink_port),
            "SITE_URL": "http://chaos.example",
            "CHAOS_CLOCK": str(self.folder / "clock"),
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "warning",
            "QUIET_HOURS": "none",
            "QUIET_DAYS_OFF": "false",
            **PATIENCE,
        }
        if self.receipts:
            ours |= {"MAIL_JOURNAL": f"maildir:{self.folder / 'journal'}", "MAIL_JOURNAL_ADDRESS": JOURNAL}
        passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**passed, **ours}

    def start_servers(self) -> None:
        """PostgreSQL, the broker and the mail server."""
        self.postgres.start()
        if self.pooler_program:
            self.pooler = Pooler(self.pooler_program, self.postgres.url, self.folder / "pooler")
        self.start_broker()
        self._add("sink", [])
        self.wake_sink()

    def wake_sink(self) -> None:
        """A mail server, with the next stretch of its chances."""
        self._sinks_started += 1
        sink = self.processes["sink"]
        seed = f"{self.seed}/{self._sinks_started}"
        sink.command = ["-m", "chaos.sink", str(self.sink_port), str(self.folder), seed]
        sink.wanted = True
        sink.start(self.environment)

    def start_broker(self) -> None:
        """Valkey, with whatever it left on disk."""
        with (self.folder / "valkey.log").open("ab") as log:
            self.broker = subprocess.Popen([str(server_binary()), str(self._broker_conf)], stdout=log, stderr=log)
        answers(self.redis_url, within_seconds=30)

    def restart_broker_empty(self) -> None:
        """Killed, its disk lost, started anew."""
        self.kill_broker()
        for left in (self.folder / "valkey").glob("appendonlydir*"):
            shutil.rmtree(left)
        self.start_broker()

    def kill_broker(self) -> None:
        """Without a word."""
        if self.broker is not None:
            self.broker.kill()
            self.broker.wait()

    def wake(self) -> None:
        """Start all processes of the program, and keep them running from now on."""
        with self._lock:
            for name, command in PROGRAM.items():
                self._add(name, [word.format(folder=self.folder) for word in command])
                self.processes[name].start(self.environment)

    def sleep(self) -> None:
        """Kill all processes of the program, as a power cut would; servers stay."""
        with self._lock:
            for name in PROGRAM:
                process = self.processes.get(name)
                if process is not None:
                    process.wanted = False
                    process.send(signal.SIGKILL)
            for name in PROGRAM:
                if name in self.processes:
                    self.processes[name].kill()

    def revive(self) -> None:
        """Start again whatever died a moment ago; called often."""
        with self._lock:
            for name, process in self.processes.items():
                if name == "sink" or not process.wanted or process.popen is None or process.popen.poll() is None:
                    continue
                process.died_at = process.died_at or time.monotonic()
                if time.monotonic() - process.died_at >= RESTART_AFTER:
                    process.send(signal.SIGKILL)  # children that outlived it
                    process.died_at = 0.0
                    process.start(self.environment)

    def keep_alive(self) -> threading.Thread:
        """A thread that revives until ``end``."""

        def watch() -> None:
            while not self._ended.wait(0.2):
                self.revive()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        return thread

    def end(self) -> None:
        """Everything, at once."""
        self._ended.set()
        with self._lock:
            for process in self.processes.values():
                process.wanted = False
                process.kill()
        self.kill_broker()
        if self.pooler:
            self.pooler.end()
        self.postgres.stop_at_once()

    def manage(self, *arguments: str, module: str = "manage.py") -> str:
        """What a command of the program printed; raises RuntimeError when it failed."""
        start = ["-m", module] if module != "manage.py" else [module]
        done = subprocess.run(
            [sys.executable, *start, *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed: {done.stderr[-2000:]}")
        return done.stdout

    def _add(self, name: str, command: list[str]) -> None:
        self.processes[name] = Process(name, command, self.folder / f"{name}.log")
