"""``make restore-drill``: back up, lose the host, restore on another one, release, and count who was told what.

Each step is one of ``docs/operators.md`` ("After a restore"), with the same commands, on two PostgreSQL servers, two
Redis-compatible ones and one mail server, all in a folder of their own. Ends with 0 when nobody was told twice.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.place import ROOT
from tests.servers.postgres import Server
from tests.servers.smtp import Sink, running_sink
from tests.servers.valkey import running_valkey

INVITE = """
from roadmap import clock
from roadmap.editing.invitations import invite_person
from roadmap.models.history import SYSTEM
invite_person(by=SYSTEM, now=clock.now(), full_name="New Colleague", email="new@example.org")
"""


@dataclass
class Host:
    """A machine with everything on it."""

    name: str
    folder: Path
    postgres: Server
    environment: dict[str, str]
    began: float

    def manage(self, *words: str, shown: str = "") -> str:
        """What ``manage.py`` says there; told as it goes."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = (done.stdout + done.stderr).strip() if done.returncode else done.stdout.strip()
        self.say(f"$ manage.py {shown or ' '.join(words)}")
        for line in said.splitlines():
            self.say(f"  {line}")
        if done.returncode:
            raise SystemExit(f"The drill ends here: manage.py {words[0]} ended with {done.returncode}.")
        return said

    def run(self, program: str, *words: str) -> None:
        """One of PostgreSQL's own programs, on this host's database."""
        self.say(f"$ {program} {' '.join(Path(word).name if word.startswith('/') else word for word in words)}")
        command = [self.postgres.program(program), *words, f"--dbname={self.postgres.url}"]
        subprocess.run(command, check=True, capture_output=True)

    def say(self, words: str) -> None:
        """One line of what happens, and where."""
        print(f"{time.monotonic() - self.began:4.0f} s  {self.name}  {words}", flush=True)


@contextmanager
def host(name: str, folder: Path, sink: Sink, began: float) -> Iterator[Host]:
    """The machine until it is lost: what it had is deleted then."""
    place = folder / name
    for one in (place / "postgres", place / "redis", place / "data"):
        one.mkdir(parents=True)
    for one in (folder, place):
        one.chmod(0o755)  # the database's account passes through
    postgres = Server(place / "postgres")
    postgres.start()
    try:
        with running_valkey(place / "redis") as redis_url:
            passed = {one: os.environ[one] for one in ("PATH", "HOME") if one in os.environ}
            environment = {
                **passed,
                "LANG": "C.UTF-8",
                "TRACKER_MODE": "embedded",
                "DATA_DIR": str(place / "data"),
                "DATABASE_URL": postgres.url,
                "REDIS_URL": redis_url,
                "EMAIL_HOST": sink.host,
                "EMAIL_PORT": str(sink.port),
                "LOG_LEVEL": "error",
            }
            yield Host(name, place, postgres, environment, began)
    finally:
        postgres.stop_at_once()
        shutil.rmtree(place)


def addressees(sink: Sink) -> list[tuple[str, str]]:
    """To whom, under which Message-ID."""
    return [(str(mail["To"]), str(mail["Message-ID"])) for mail in sink.messages]


def drill(folder: Path, sink: Sink) -> list[str]:
    """Lives through it; what didn't come as it must, empty when all did."""
    dump, head, began, wrong = folder / "tracker.dump", folder / "head.json", time.monotonic(), []
    with host("first", folder, sink, began) as first:
        for command in ("migrate", "load_catalogue", "load_sample"):
            first.manage(command, "-v0")
        first.manage("plan")
        first.manage("verify_history", "--export", str(head), shown="verify_history --export head.json")
        first.run("pg_dump", "--format=custom", f"--file={dump}")
        first.say(f"backed up: {dump.stat().st_size // 1024} KB; then people are told")
        first.manage("dispatch", "--once")
        told = addressees(sink)
        first.say(f"{len(told)} mails to {len({to for to, _id in told})} people have arrived; then the host is lost")
    with host("second", folder, sink, began) as second:
        second.run("pg_restore", "--no-owner", "--exit-on-error", str(dump))
        second.manage("verify_history", "--head", str(head), "--rows", shown="verify_history --head head.json --rows")
        if second.manage("dispatch", "--once") != "0 mails sent.":
            wrong.append("mail went out of the restored database before it was released")
        second.manage("waiting")
        second.manage("release", "--drop-waiting", "--reason", "Restored from the backup; people were told.")
        second.manage("dispatch", "--once")
        if addressees(sink) != told:
            wrong.append("somebody was told twice")
        second.manage("shell", "-v0", "-c", INVITE, shown="shell  (somebody new is invited)")
        second.manage("dispatch", "--once")
        new = addressees(sink)[len(told) :]
        second.manage("verify_history", "--head", str(head), "--rows", shown="verify_history --head head.json --rows")
        if [to for to, _id in new] != ["New Colleague <new@example.org>"]:
            wrong.append(f"new mail went to {new}, and not to the new colleague alone")
        twice = len(told) + len(new) - len(set(told + new))
        second.say(f"told before the loss {len(told)}, after it {len(new)}, twice {twice}")
    return wrong


def main() -> int:
    """Runs it in a folder of its own; 0 when it came as it must."""
    folder = Path(tempfile.mkdtemp(prefix="drill-"))
    try:
        with running_sink() as sink:
            wrong = drill(folder, sink)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(f"WRONG: {one}" for one in wrong) or "The restore drill came as it must.", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
