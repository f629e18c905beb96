"""A mail server that keeps each mail on disk before it answers, and misbehaves on purpose unless told to be calm.

``python -m chaos.sink PORT FOLDER SEED``. In the folder: ``kept/`` has each mail that it took, with its envelope on the
first line; ``attempts.jsonl`` has what happened to each hand-over; ``journal/`` is the journal's Maildir.
While the file ``calm`` exists, it behaves.
"""

import asyncio
import json
import os
import re
import sys
import time
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from random import Random

from chaos.timepiece import Timepiece

JOURNAL = "journal@chaos.example"
LARGEST = 10 * 1024**2
STALL_SECONDS = 9.0  # longer than the program waits for the last reply in a run
# how often in a thousand hand-overs; the rest goes well
MISDEEDS = {
    "refuse the recipient for now": 12,
    "refuse the mail for now": 15,
    "refuse the mail for good": 3,
    "close the service": 5,
    "close before the dot": 15,
    "close after the dot, not kept": 8,
    "close after the dot, kept": 15,
    "stall, kept": 2,
    "stall, not kept": 1,
    "be slow": 25,
}


@dataclass
class HandOver:
    """One transaction: from whom (the process that greeted), for whom, and what is done to it."""

    process: int
    misdeed: str
    began: float
    recipients: list[str] = field(default_factory=list)


class Sink:
    """Serves connections; keeps, notes, misbehaves."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.folder = folder
        self.random = Random(seed)
        self.timepiece = Timepiece(folder / "clock")  # a copy bears the time of its arrival by the run's clock
        for name in ("kept", "draft", "journal/tmp", "journal/new", "journal/cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.notes = os.open(folder / "attempts.jsonl", os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
        for kept in (folder / "kept").iterdir():  # a killed server's last mail may not have reached the journal
            self._journal(kept)

    async def serve(self, port: int) -> None:
        """Until killed."""
        server = await asyncio.start_server(self._session, "127.0.0.1", port, limit=LARGEST, reuse_address=True)
        await server.serve_forever()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        process, hand_over = 0, HandOver(0, "", 0.0)

        async def say(words: str) -> None:
            writer.write(f"{words}\r\n".encode())
            await writer.drain()

        await say("220 sink")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb in {b"EHLO", b"HELO"}:
                named = re.search(rb"\bp(\d+)\.chaos", line)
                process = int(named[1]) if named else 0
                await say("250 sink")
            elif verb == b"MAIL":
                hand_over = HandOver(process, self._misdeed(), time.time())
                if hand_over.misdeed == "close the service":
                    await say("421 closing")
                    return
                await say("250 ok")
            elif verb == b"RCPT":
                hand_over.recipients.append(line.decode().partition("<")[2].partition(">")[0])
                later = hand_over.misdeed == "refuse the recipient for now"
                if not later:
                    self._note(hand_over, b"", "begun")
                await say("450 mailbox busy" if later else "250 ok")
            elif verb == b"DATA":
                if not await self._take(hand_over, reader, say):
                    return
            elif verb == b"QUIT":
                await say("221 bye")
                return
            else:
                await say("250 ok" if verb in {b"RSET", b"NOOP"} else "502 what?")

    async def _take(self, hand_over: HandOver, reader: asyncio.StreamReader, say) -> bool:  # type: ignore[no-untyped-def]
        """One mail's content; False when the connection is to be closed."""
        misdeed = hand_over.misdeed
        await say("354 go on")
        if misdeed == "close before the dot":  # its sender may have written the dot already, and can't know
            self._note(hand_over, await reader.readuntil(b"\r\n\r\n"), "cut off, not kept")
            return False
        head = await reader.readuntil(b"\r\n\r\n")
        self._note(hand_over, head, "begun")
        content = (head + await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        if misdeed.startswith("refuse the mail"):
            self._note(hand_over, content, misdeed)
            await say("451 later" if misdeed.endswith("for now") else "554 never")
            return True
        if misdeed.endswith("not kept"):
            self._note(hand_over, content, misdeed)
            await asyncio.sleep(STALL_SECONDS if misdeed.startswith("stall") else 0)
            return False
        if misdeed == "be slow":
            await asyncio.sleep(self.random.uniform(0.2, 1.5))
        self._keep(hand_over, content)
        if misdeed.endswith(", kept"):
            self._note(hand_over, content, misdeed)
            await asyncio.sleep(STALL_SECONDS if misdeed.startswith("stall") else 0)
            return False
        self._note(hand_over, content, "answered")
        await say("250 kept")
        return True

    def _misdeed(self) -> str:
        if (self.folder / "calm").exists():
            return ""
        throw = self.random.randrange(1000)
        for name, share in MISDEEDS.items():
            throw -= share
            if throw < 0:
                return name
        return ""

    def _keep(self, hand_over: HandOver, content: bytes) -> None:
        """On disk, for good, before anything is answered; for all its recipients in the same moment."""
        at = time.time()
        envelope = {"began": hand_over.began, "at": at, "process": hand_over.process, "to": hand_over.recipients}
        name = f"{time.time_ns()}-{hand_over.process}"
        draft = _durable(self.folder / "draft" / name, json.dumps(envelope).encode() + b"\n" + content, at=at)
        copy = self._copy_for_journal(name, hand_over.recipients, content)
        draft.rename(self.folder / "kept" / name)
        if copy:
            copy.rename(self.folder / "journal/new" / name)

    def _journal(self, kept: Path) -> None:
        envelope, _newline, content = kept.read_bytes().partition(b"\n")
        if not (self.folder / "journal/new" / kept.name).exists():
            copy = self._copy_for_journal(kept.name, json.loads(envelope)["to"], content)
            if copy:
                copy.rename(self.folder / "journal/new" / kept.name)

    def _copy_for_journal(self, name: str, recipients: list[str], content: bytes) -> Path | None:
        if JOURNAL not in recipients:
            return None
        arrived_at = self.timepiece.now().timestamp()
        return _durable(self.folder / "journal/tmp" / name, content, at=arrived_at)

    def _note(self, hand_over: HandOver, content: bytes, outcome: str) -> None:
        mail = BytesHeaderParser().parsebytes(content)
        note = {
            "began": hand_over.began,
            "at": time.time(),
            "process": hand_over.process,
            "to": hand_over.recipients,
            "id": mail["Message-ID"] or "",
            "date": mail["Date"] or "",
            "outcome": outcome,
        }
        os.write(self.notes, json.dumps(note).encode() + b"\n")


def _durable(file: Path, content: bytes, *, at: float) -> Path:
    with file.open("wb") as open_file:
        open_file.write(content)
        open_file.flush()
        os.fsync(open_file.fileno())
    os.utime(file, (at, at))
    return file


if __name__ == "__main__":
    given_port, given_folder, given_seed = sys.argv[1:]
    asyncio.run(Sink(Path(given_folder), given_seed).serve(int(given_port)))
