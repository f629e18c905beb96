"""The head of the chain as a small file to be kept elsewhere: whoever has it can tell that the past was rewritten."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from roadmap.chain.content import NOTHING_BEFORE
from roadmap.errors import InvalidChange
from roadmap.models import HistoryLink

MARK_EVERY = 1000
FORMAT = "roadmap-history-head/1"
DIGEST_CHARACTERS = 64


@dataclass(frozen=True)
class Head:
    """The last link's number (0: none), digest and instant, and the digests of every thousandth link, by its number.

    These tell between which of them something was rewritten, where the head itself tells only that it was.
    """

    number: int
    digest: str
    sealed_at: str
    marks: dict[int, str]


def current_head() -> Head:
    """The head as it is. Two queries."""
    last = HistoryLink.objects.order_by("-number").first()
    if last is None:
        return Head(0, NOTHING_BEFORE, "", {})
    marks = HistoryLink.objects.annotate(rest=F("number") % MARK_EVERY).filter(rest=0, number__lte=last.number)
    return Head(last.number, last.digest, last.sealed_at.isoformat(), dict(marks.values_list("number", "digest")))


def as_file(head: Head) -> bytes:
    """The head as JSON, to be read by people too."""
    return json.dumps({"format": FORMAT, **asdict(head)}, indent=2).encode() + b"\n"


def from_file(content: bytes) -> Head:
    """The head that ``as_file`` wrote. Raises InvalidChange for anything else."""
    try:
        told = json.loads(content)
        marks = {int(number): _digest(digest) for number, digest in told["marks"].items()}
        if told["format"] != FORMAT:
            raise ValueError
        return Head(_number(told["number"]), _digest(told["digest"]), str(told["sealed_at"]), marks)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidChange(
            {"head": _("This isn't a checksum of the change records as it is exported here.")}
        ) from error


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError
    return value


def _digest(value: Any) -> str:
    if not isinstance(value, str) or len(value) != DIGEST_CHARACTERS:
        raise ValueError
    return value
