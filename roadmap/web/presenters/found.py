"""What a search found, in words: by kind, the words that were looked for marked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.progress.facts import MilestoneLine
from roadmap.web.frame import Frame
from roadmap.web.presenters.values import Badge, Sign, badge_of, milestone_sign
from roadmap.web.searching import TEXT, Found

AROUND = 60  # letters before and after what is found in a text

Piece = tuple[str, bool]  # a part of a text, and whether it was looked for


@dataclass(frozen=True)
class Hit:
    """One row; ``excerpt`` is where its text has the words, empty where the title has."""

    address: str
    title: list[Piece]
    code: list[Piece]
    sub: str
    excerpt: list[Piece]
    sign: Sign | None
    badge: Badge | None


@dataclass(frozen=True)
class HitGroup:
    """The rows of one kind; ``all`` is the address of all of them where there are more, empty for none."""

    name: str
    title: str
    hits: list[Hit]
    has_more: bool
    all: str


def hit_groups(
    found: Iterable[Found], asked: str, *, lines: Mapping[int, MilestoneLine], frame: Frame
) -> list[HitGroup]:
    """The kinds of which something was found, what was found best first, and the shorter before the longer; ``lines``
    are the milestones measured."""
    words = asked.split()
    titles = {
        "milestones": _("Milestones"),
        "initiatives": _("Initiatives"),
        "organisations": _("Organisations"),
        "indicators": _("Indicators"),
        "phases": _("Phases"),
        "pillars": _("Pillars"),
    }
    return [
        HitGroup(
            name=one.kind,
            title=titles[one.kind],
            hits=[_hit(row, one.kind, words, line=lines.get(row.pk), frame=frame) for row in one.rows],
            has_more=one.has_more,
            all=frame.list_address(q=asked) if one.kind == "milestones" and one.has_more else "",
        )
        for one in sorted((one for one in found if one.rows), key=lambda one: (one.rows[0].found_by, len(one.rows)))
    ]


def _hit(row: Any, kind: str, words: list[str], *, line: MilestoneLine | None, frame: Frame) -> Hit:
    is_milestone = kind == "milestones"
    return Hit(
        address=_address(row, kind, frame),
        title=marked(str(row), words),
        code=marked(row.code, words),
        sub=_sub(row, kind),
        excerpt=marked(_excerpt(row, words), words) if row.found_by == TEXT else [],
        sign=milestone_sign(line.figures) if is_milestone and line else None,
        badge=badge_of(row.provenance),
    )


def _address(row: Any, kind: str, frame: Frame) -> str:
    match kind:
        case "milestones" | "initiatives" | "organisations":
            return reverse(f"web:{kind[:-1]}", args=[row.code]) + frame.query
        case "indicators":
            return f"{reverse('web:indicators')}{frame.query}#{row.code}"
    return frame.list_address(**{kind[:-1]: row.code})


def _sub(row: Any, kind: str) -> str:
    match kind:
        case "milestones":
            due = _("due %(day)s") % {"day": date_format(row.due_on)}
            return f"{row.initiative.title} · {due}"
        case "initiatives":
            return str(row.pillar)
        case "organisations":
            return str(row.parent) if row.parent else ""
        case "indicators":
            return str(row.pillar) if row.pillar else ""
        case "phases":
            return _("gate %(day)s") % {"day": date_format(row.gate_on)}
    return ""


def marked(text: str, words: Iterable[str]) -> list[Piece]:
    """The text in pieces, those that are one of the words told apart; upper and lower case are one."""
    looked_for = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pieces = re.split(f"({looked_for})", text, flags=re.IGNORECASE)
    return [(piece, bool(number % 2)) for number, piece in enumerate(pieces) if piece]


def _excerpt(row: Any, words: list[str]) -> str:
    """The first of the row's texts that has a word, around it."""
    names = ("description", "acceptance_criteria")
    texts = [getattr(row, f"{name}_{language}", "") for name in names for language in ("zh", "en")]
    texts += [row.owner.public_name] if getattr(row, "owner", None) else []
    for text in texts:
        at = re.search("|".join(map(re.escape, words)), text, re.IGNORECASE)
        if at:
            start, end = max(at.start() - AROUND, 0), at.end() + AROUND
            return f"{'…' if start else ''}{' '.join(text[start:end].split())}{'…' if end < len(text) else ''}"
    return ""
