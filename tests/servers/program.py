"""A real embedded program on a free port with a data folder of its own."""

import os
import re
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.servers.databases import asked
from tests.servers.waiting import PATIENCE, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = {"DATABASE_URL", "REDIS_URL", "EMAIL_HOST", "SITE_URL", "DJANGO_SETTINGS_MODULE", "ALLOWED_HOSTS", "HOST"}


@dataclass
class Program:
    """A started supervisor and the address that it told."""

    process: subprocess.Popen[str]
    data_dir: Path
    output: Path
    url: str = ""
    has_sent: bool = False

    def await_greeting(self) -> None:
        """Waits until the friendly block is there and keeps the address from it."""
        self.url = wait_for(lambda: self._told_address() or self._ended())

    def _told_address(self) -> str:
        found = re.search(r"Page 页面\s+(\S+)/\n[\s\S]*Ctrl-C", self.output.read_text(encoding="utf-8"))
        return found.group(1) if found else ""

    def _ended(self) -> str:
        assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
        return ""

    def manage(self, *words: str) -> str:
        """What ``manage.py`` prints on the running program's data."""
        environment = {"DATA_DIR": str(self.data_dir), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "SITE_URL": self.url}
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def nothing_waits(self) -> bool:
        """Whether no mail waits or is on its way."""
        waiting = "SELECT count(*) FROM roadmap_outboxmessage WHERE state IN ('pending', 'sending')"
        return asked(f"sqlite:///{self.data_dir / 'tracker.sqlite3'}", waiting) == [(0,)]

    def await_first_mails(self) -> None:
        """Has all mails planned and sent that a new roadmap brings, so that no kill meets one on its way: what a killed
        worker had claimed waits for the end of its lease."""
        if not self.has_sent:
            self.manage("plan")
            self.manage("dispatch", "--once")
            self.has_sent = True
        wait_for(self.nothing_waits)

    def end(self) -> int:
        """Asks it to end, and gives its exit code; what it was when it has ended already."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def child(self, words: str) -> int:
        """The process id of the supervisor's child whose command line holds ``words``, once there is one."""
        return wait_for(lambda: next((pid for pid, line in self.descendants().items() if words in line), 0))

    def descendants(self) -> dict[int, str]:
        """Every process whose environment or command line names the data folder, the supervisor aside."""
        return {pid: line for pid, line in processes_of(self.data_dir).items() if pid != self.process.pid}


def processes_of(data_dir: Path) -> dict[int, str]:
    """Process ids and command lines of all that run on ``data_dir``."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:  # ended while we looked
            continue
        if line and (f"DATA_DIR={data_dir}".encode() in environment or str(data_dir) in line):
            found[int(folder.name)] = line
    return found


def environment_for(data_dir: Path) -> dict[str, str]:
    """What a supervisor on ``data_dir`` at a free port finds in its environment."""
    inherited = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return {**inherited, "DATA_DIR": str(data_dir), "PORT": "0"}


def start(data_dir: Path, **environment: str) -> Program:
    """Starts a supervisor on ``data_dir``, at a free port unless PORT is given."""
    data_dir.mkdir(exist_ok=True)
    output = data_dir.with_name(f"{data_dir.name}-{secrets.token_hex(4)}.out")  # each start has its own
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "embedded.supervisor"],
            cwd=ROOT,
            env={**environment_for(data_dir), **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return Program(process, data_dir, output)
