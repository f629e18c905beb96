"""``make chaos``: lives through the episodes, then judges: ``python -m chaos.run [--short] [--seed N] [--sends N] …``.

Ends with 0 when every promise held, 1 when one was broken, and leaves its folder then.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from chaos.calm import left_to_do, nothing_is_due, somebody_is_at_work
from chaos.cluster import Cluster
from chaos.episodes import BEGINS, EPISODES, SHORT, Episode
from chaos.facts import Awake, FactLog, Settled, read_facts
from chaos.mails import arrivals, attempts
from chaos.mayhem import Mayhem
from chaos.model import judge
from chaos.report import Report, is_kept, write_report
from chaos.timepiece import Timepiece, teach, tell

SETTLED_WITHIN = 300.0  # seconds, for each stretch of calm
LATER = timedelta(hours=3)  # longer than the longest wait between two attempts
MOST_JUMPS = 6
RESTING_SECONDS = 14.0  # what an episode takes beside its mayhem, roughly
FIRST_START = timedelta(seconds=20)  # how early everybody is woken before the first episode's time, to be at work then
AT_WORK_WITHIN = 180.0  # seconds


@dataclass
class Run:
    """One run, in its folder."""

    folder: Path
    seed: int
    receipts: bool
    pooler_program: str = ""
    quiet: bool = False
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.cluster = Cluster(self.folder, self.seed, self.receipts, self.pooler_program)
        self.facts = FactLog(self.folder / "facts.jsonl")
        self.timepiece = Timepiece(self.folder / "clock")
        self.mayhem: Mayhem | None = None
        self.awake_since: tuple[datetime, float] | None = None
        self.start_takes = FIRST_START  # measured anew each time

    def live(self, episodes: tuple[Episode, ...], *, people: int, seconds: float) -> None:
        """Through all episodes; ``seconds`` of mayhem in each."""
        self.cluster.start_servers()
        self.say(f"{self.cluster.postgres.words}, Valkey, a mail server; {people} people, seed {self.seed}.")
        self.timepiece.set_to(BEGINS)
        self.cluster.manage("migrate", "-v0")
        teach(self.cluster.postgres.url)
        if self.cluster.pooler:  # only new connections have learnt it
            self.cluster.pooler.end()
            self.cluster.pooler.start()
        self._set_clock(BEGINS)
        self.cluster.manage("world", str(people), str(self.seed), module="chaos.script")
        self.cluster.keep_alive()
        for number, episode in enumerate(episodes, start=1):
            self._set_clock(max(episode.begins - self.start_takes, self.timepiece.now()))
            self.say(f"{number}/{len(episodes)} {episode.begins:%F %H:%M} …")
            self._wake()
            self._await_work(episode.begins)
            self._disturbed(number, seconds, is_calm=episode.is_calm)
            if episode.is_calm:
                self._settle()
            self._sleep()

    def say(self, words: str) -> None:
        """One line of how far it is."""
        if not self.quiet:
            print(f"{time.monotonic() - self.began:5.0f} s  {words}", flush=True)

    def _set_clock(self, instant: datetime) -> None:
        tell(self.cluster.postgres.url, self.timepiece.set_to(instant))

    def _wake(self) -> None:
        self.awake_since = (self.timepiece.now(), time.time())
        self.cluster.wake()

    def _await_work(self, begins: datetime) -> None:
        """Comes back at ``begins`` by the run's clock, or later, once somebody is at work: however slow the
        machine is, whoever is killed then has something to do."""
        woken_at = self.timepiece.now()
        if not somebody_is_at_work(self.cluster, since=woken_at, within=AT_WORK_WITHIN):
            raise RuntimeError(f"nobody came to work within {AT_WORK_WITHIN:.0f} s; see {self.folder}")
        self.start_takes = self.timepiece.now() - woken_at
        time.sleep(max((begins - self.timepiece.now()).total_seconds(), 0.0))

    def _sleep(self) -> None:
        began = time.time()
        self.cluster.sleep()
        assert self.awake_since is not None  # noqa: S101  (woken before)
        since, wall = self.awake_since
        self.facts.add(Awake(since, self.timepiece.now(), wall))
        self._mayhem(0).note("all killed", began)

    def _mayhem(self, number: int) -> Mayhem:
        return Mayhem(self.cluster, self.facts, self.seed * 1000 + number)

    def _disturbed(self, number: int, seconds: float, *, is_calm: bool) -> None:
        """Mayhem and the people's acts, side by side; both are at rest when it comes back.

        Whoever is stopped when the time is up sleeps on to the end where calm follows, as nobody is killed then.
        """
        mayhem = self._mayhem(number)
        thread = threading.Thread(target=mayhem.run)
        with (self.folder / "script.log").open("ab") as log:
            script = subprocess.Popen(
                [sys.executable, "-m", "chaos.script", "acts", f"{self.seed}/{number}"],
                env=self.cluster.environment, stdout=log, stderr=log,
            )  # fmt: skip
        thread.start()
        try:
            time.sleep(seconds)
            if script.poll() is not None or not thread.is_alive():
                raise RuntimeError(f"the people's script or the mayhem ended by itself; see {self.folder}")
        finally:
            mayhem.ended.set()
            if not is_calm:
                mayhem.cut_short.set()
            thread.join()
            script.send_signal(signal.SIGTERM)
            script.wait()

    def _settle(self) -> None:
        """Calm, until nothing is left: waits are waited out, failed mails sent again as a person would."""
        calm = self.folder / "calm"
        calm.touch()
        calm_from, in_time = self.timepiece.now(), False
        for _jump in range(MOST_JUMPS):
            if not nothing_is_due(self.cluster, within=SETTLED_WITHIN):
                break
            _due, waiting, failed = left_to_do(self.cluster)
            if failed:
                self.cluster.manage("again", module="chaos.script")
            elif waiting:
                self._sleep()
                self._set_clock(self.timepiece.now() + LATER)
                self._wake()
            else:
                in_time = True
                break
        self.facts.add(Settled(calm_from, self.timepiece.now(), in_time))
        self.say("settled" if in_time else f"NOT settled: {left_to_do(self.cluster)}")
        calm.unlink()


def options(arguments: list[str]) -> argparse.Namespace:
    """What the run is asked for."""
    parser = argparse.ArgumentParser(prog="make chaos", description="Kills everything, and counts who was told what.")
    parser.add_argument("--seed", type=int, default=1, help="what all chances come from (default: 1)")
    parser.add_argument("--sends", type=int, default=5000, help="about so many mails (default: 5000)")
    parser.add_argument("--minutes", type=float, default=10, help="about so long (default: 10)")
    parser.add_argument("--short", action="store_true", help="about two minutes, some hundred mails")
    parser.add_argument("--receipts", action="store_true", help="with a journal mailbox that says what arrived")
    parser.add_argument("--pooler", default="", help="the path of PgBouncer (1.21 or newer), to go through it")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    parser.add_argument("--keep", type=Path, help="work in this folder, which must not exist, and leave it")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Runs, judges, tells; 0 when every promise held."""
    asked = options(arguments)
    episodes = SHORT if asked.short else EPISODES
    minutes, sends = (2.0, 300) if asked.short else (asked.minutes, asked.sends)
    seconds = max(60 * minutes / len(episodes) - RESTING_SECONDS, 10.0)
    if asked.keep:
        asked.keep.mkdir(parents=True)
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="tracker-chaos-"))
    folder.chmod(0o755)  # the database's account passes through
    run = Run(folder, asked.seed, asked.receipts, asked.pooler)
    try:
        run.live(episodes, people=max(sends // (2 * len(episodes)), 5), seconds=seconds)
        end = run.timepiece.now()
    finally:
        run.cluster.end()
    facts = list(read_facts(folder / "facts.jsonl"))
    arrived = arrivals(folder)
    verdict = judge(facts, arrived, attempts(folder), end=end)
    report = Report.of(verdict, facts, arrived, seed=asked.seed, receipts=asked.receipts)
    print(write_report(report, verdict), flush=True)
    if asked.json:
        asked.json.write_text(report.as_json())
    if is_kept(verdict, receipts=asked.receipts):
        if not asked.keep:
            shutil.rmtree(folder)
        return 0
    print(f"What happened is in {folder}", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
