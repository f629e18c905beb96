"""One child process of the supervisor: started, watched, started again after a death, ended."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_AFTER = 60.0  # seconds of life after which a death counts as the first again
LARGEST_LOG = 10 * 1024**2
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """A command that is to run as long as the supervisor does; its output is appended to ``log``.

    ``orphan_signal`` is what the kernel sends it when the supervisor is gone without a word (Linux).
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    orphan_signal: signal.Signals = signal.SIGKILL
    inherits: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    due_at: float = field(default=0.0)

    def start(self) -> None:
        """Starts the process in a session of its own, so that a Ctrl-C reaches the supervisor only."""
        parent, orphan_signal = os.getpid(), self.orphan_signal

        def bind_to_supervisor() -> None:
            if _LIBC is not None:
                _LIBC.prctl(_PR_SET_PDEATHSIG, int(orphan_signal))
                if os.getppid() != parent:  # died before the call above
                    os._exit(1)

        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=self.inherits,
                start_new_session=True,
                preexec_fn=bind_to_supervisor,  # safe: the supervisor has no threads
            )
        self.started_at = time.monotonic()

    def revive(self, now: float) -> str:
        """Starts a dead child again, after a pause that grows with each early death; says what it did, or ``""``."""
        if self.process is not None:
            status = self.process.poll()
            if status is None:
                return ""
            self.kill_group()
            self.pause = FIRST_PAUSE if now - self.started_at > STEADY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
            self.due_at, self.process = now + self.pause, None
            return f"{self.name} ended ({status}); starting it again in {self.pause:g} s. See {self.log}"
        if now >= self.due_at:
            self.start()
            return f"{self.name} started again"
        return ""

    def ask_to_end(self) -> None:
        """Sends SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def await_end(self, *, until: float) -> None:
        """Waits for the end until the given monotonic instant; kills what is left, descendants too."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        """Kills whatever remains of the child's session."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return

    def trim_log(self) -> None:
        """Keeps the log small: above 10 MB its content moves to ``.1`` and it starts anew (it is opened for append)."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.with_suffix(".log.1").write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)
