"""What arrived: the mails that the sink kept, read as their readers would, and what became of each hand-over."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
CHINESE_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
ENGLISH_DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})")
ADDRESS = re.compile(r"/milestones/(m(\d+-\d+))/")


class Unreadable(Exception):
    """A mail in which the reader doesn't find what it speaks of."""


@dataclass(frozen=True)
class Arrival:
    """One copy of a mail that the sink kept. ``began`` and ``kept`` are readings of the wall's clock, ``written`` is
    the mail's own date; ``told`` has the milestones of a reminder, each with the due date that the mail gives;
    ``digest`` stands for all its bytes."""

    message_id: str
    kind: str
    reader: str
    process: int
    began: float
    kept: float
    written: datetime
    was_answered: bool
    digest: str
    told: tuple[tuple[str, date], ...]


@dataclass(frozen=True)
class Attempt:
    """A hand-over that the sink did not keep, by the wall's clock. The Message-ID is empty where the sink saw no
    content."""

    message_id: str
    reader: str
    process: int
    began: float
    ended: float
    outcome: str


def arrivals(folder: Path) -> list[Arrival]:
    """All kept copies, in the order in which they were kept."""
    answered = {(note["process"], note["began"]) for note in _notes(folder) if note["outcome"] == "answered"}
    found = []
    for file in (folder / "kept").iterdir():
        first, _newline, content = file.read_bytes().partition(b"\n")
        envelope = json.loads(first)
        mail = message_from_bytes(content, policy=policy.default)
        body = mail.get_body(("plain",))
        if body is None or not mail["Message-ID"]:
            raise Unreadable(str(file))
        message_id = mail["Message-ID"].strip()
        kind = message_id.strip("<").partition(".")[0]
        found.append(
            Arrival(
                message_id=message_id,
                kind=kind,
                reader=envelope["to"][0],
                process=envelope["process"],
                began=envelope["began"],
                kept=envelope["at"],
                written=parsedate_to_datetime(mail["Date"]),
                was_answered=(envelope["process"], envelope["began"]) in answered,
                digest=sha256(content).hexdigest(),
                told=milestones_told(body.get_content()) if kind == "reminder" else (),
            )
        )
    return sorted(found, key=lambda arrival: arrival.kept)


def attempts(folder: Path) -> list[Attempt]:
    """The hand-overs that began and whose mail was not kept; of some the server saw no end."""
    last = {(note["process"], note["began"]): note for note in _notes(folder)}
    return [
        Attempt(
            note["id"],
            note["to"][0],
            note["process"],
            note["began"],
            note["at"],
            "no end, not kept" if note["outcome"] == "begun" else note["outcome"],
        )
        for note in last.values()
        if not note["outcome"].endswith(", kept") and note["outcome"] != "answered"
    ]


def milestones_told(text: str) -> tuple[tuple[str, date], ...]:
    """Each milestone that the text tells of, with its due date: the first day named after its title."""
    told = []
    for address in ADDRESS.finditer(text):
        titles = [text.rfind(f"{word} {address[2]}", 0, address.start()) for word in ("Milestone", "里程碑")]
        day = first_day(text[max(titles) : address.start()]) if max(titles) >= 0 else None
        if day is None:
            raise Unreadable(text[:500])
        told.append((address[1], day))
    if not told:
        raise Unreadable(text[:500])
    return tuple(dict.fromkeys(told))


def first_day(text: str) -> date | None:
    """The first day written out in the text."""
    chinese, english = CHINESE_DAY.search(text), ENGLISH_DAY.search(text)
    if chinese and not (english and english.start() < chinese.start()):
        return date(int(chinese[1]), int(chinese[2]), int(chinese[3]))
    return date(int(english[3]), MONTHS.index(english[2]) + 1, int(english[1])) if english else None


def _notes(folder: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    for line in (folder / "attempts.jsonl").read_text().splitlines():
        yield json.loads(line)
