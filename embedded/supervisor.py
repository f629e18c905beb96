"""``make run``: starts every process, keeps them running, and ends them all.

Where the program stands is in place.py, what is started in processes.py, one child's life in children.py; the web
server makes the data ready before it serves (web.py), and the others start after it.
"""

import os
import select
import signal
import sys
import threading
import time
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from django.core.exceptions import ImproperlyConfigured

from embedded import processes, redis_server
from embedded.children import Child
from embedded.greeting import greeting
from embedded.place import ROOT, Place, Refused, hold, listen, site_url

NOT_STARTED = "Not started: "  # as tracker/start.py says it too
LOOK_EVERY = 0.25
FIRST_PAGE_WITHIN = 60.0
END_WITHIN = 3.5  # for those that work, then a second for those that they need: people wait for 5


class Supervisor:
    """Holds the children; ``run`` returns when it was asked to end."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.children: list[Child] = []
        self.ended = threading.Event()
        self.began = float(os.environ.get("BEGAN") or time.monotonic())

    def run(self) -> None:
        """The whole life, from preparation to the last child's end; raises Refused when it can't start."""
        lock = hold(self.place)
        listener = listen(self.place.host, self.place.port)
        port: int = listener.getsockname()[1]
        own_mailbox = "EMAIL_HOST" not in os.environ
        mail_listener = listen("127.0.0.1", 0) if own_mailbox else None
        mail_port = mail_listener.getsockname()[1] if mail_listener else None
        environment = processes.shared_environment(self.place, port=port, mail_port=mail_port)
        processes.leave_word(self.place, environment, mail_port=mail_port)
        url = site_url(self.place.host, port)
        steps, step_reports = os.pipe()  # stays open on both sides, for a web server that is started again
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # A shell that starts us by `&` in a script leaves SIGINT ignored; only nohup means what it says
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        try:
            configuration, redis_url = redis_server.configure(self.place.data_dir)
            self._start(processes.valkey(self.place, configuration))
            if mail_listener:
                self._start(processes.mailbox(self.place, environment, descriptor=mail_listener.fileno()))
            redis_server.answers(redis_url, within_seconds=10)
            self._start(processes.web(self.place, environment, descriptor=listener.fileno(), reports=step_reports))
            self._tell_steps(steps)
            self._await_first_page(url)
            self._start(processes.worker(self.place, environment))
            self._start(processes.beat(self.place, environment))
            if not self.ended.is_set():
                self._say(greeting(self.place, url=url, seconds=time.monotonic() - self.began, has_mailbox=own_mailbox))
            self._watch()
        except redis_server.NotAnswering as error:
            raise Refused(f"{error}; see {self.place.logs / 'valkey.log'}") from error
        finally:
            self._end()
            os.close(lock)

    def _start(self, child: Child) -> None:
        if not self.ended.is_set():
            child.start()
            self.children.append(child)

    def _tell_steps(self, steps: int) -> None:
        """Tells what the web server reports while it makes the data ready; returns once it is, or has ended."""
        told = ""
        while not told.endswith(processes.PREPARED) and self._web_runs() and not self.ended.is_set():
            if select.select([steps], [], [], LOOK_EVERY)[0]:
                told = os.read(steps, 4096).decode()
                print(told.removesuffix(processes.PREPARED), end="", flush=True)

    def _web_runs(self) -> bool:
        return any(child.process and child.process.poll() is None for child in self.children if child.name == "web")

    def _await_first_page(self, url: str) -> None:
        """Returns once the web server answers; raises Refused when it doesn't."""
        ends = time.monotonic() + FIRST_PAGE_WITHIN
        while not self.ended.is_set():
            try:
                with urlopen(f"{url}/health/ready", timeout=1):  # noqa: S310 (our own http address)
                    return
            except (URLError, OSError) as error:
                if time.monotonic() > ends or not self._web_runs():
                    web = next(child for child in self.children if child.name == "web")
                    last = _last_line(web)
                    if last.startswith(NOT_STARTED):  # a setting's own refusal, which says all
                        raise Refused(last.removeprefix(NOT_STARTED)) from error
                    raise Refused(f"the web server does not answer: {last}; see {web.log}") from error
                self.ended.wait(0.05)

    def _watch(self) -> None:
        """Revives children until asked to end."""
        while not self.ended.wait(LOOK_EVERY):
            for child in self.children:
                happened = child.revive(time.monotonic())
                if happened:
                    self._say(happened)
                child.trim_log()

    def _end(self) -> None:
        """Ends the children: first those that work, then those that they need; a few seconds at most."""
        needed = [child for child in self.children if child.name in {"valkey", "mailbox"}]
        working = [child for child in self.children if child not in needed]
        for group, within in ((working, END_WITHIN), (needed, 1.0)):
            until = time.monotonic() + within
            for child in group:
                child.ask_to_end()
            for child in group:
                child.await_end(until=until)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.ended.is_set():  # asked twice: at once
            for child in self.children:
                child.kill_group()
        else:
            self._say("Ending … 正在停止……")
        self.ended.set()

    def _say(self, words: str) -> None:
        print(words, flush=True)


def _last_line(child: Child) -> str:
    lines = child.log.read_text(encoding="utf-8", errors="replace").split("\n") if child.log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "no output")


def main() -> int:
    """Runs until asked to end; gives the exit code, 1 with one line on stderr when the program can't start."""
    os.chdir(ROOT)
    os.umask(0o077)  # what the program keeps is its owner's
    try:
        Supervisor(Place.from_environment()).run()
    except (Refused, ImproperlyConfigured) as error:
        print(f"{NOT_STARTED}{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
