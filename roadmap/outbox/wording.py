"""What mails of all kinds put into words and signs the same way. Texts are in the active language."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _

from roadmap.models import Phase
from roadmap.outbox.leaving import Leaving
from roadmap.outbox.mime import Part
from roadmap.outbox.render import Attachment, Mail, file_parts, inlined
from roadmap.outbox.stencil import Stencil
from roadmap.texts import clean_text
from roadmap.vocabulary import Provenance

COLOURS = {"green": "#1b7f5c", "amber": "#9a5b00", "red": "#b3261e", "": "#5b6575"}


NAME, LEAVE = "name", "leave"  # the blanks of a form


@dataclass(frozen=True)
class MailForm:
    """A mail made once for many readers; blank in it are the reader's name and the address by which they leave.

    ``text`` and ``html`` are texts and names of blanks in turn; ``mail`` is what else all of the mails have.
    """

    mail: Mail
    text: tuple[str, ...]
    html: tuple[str, ...]

    def filled(self, *, name: str, leaving: Leaving) -> Mail:
        """The mail for one reader."""
        blanks = {NAME: name, LEAVE: leaving.address}
        escaped = {blank: escape(words) for blank, words in blanks.items()}
        text, html = self._stencils
        return replace(
            self.mail,
            text=_filled(self.text, blanks),
            html=_filled(self.html, escaped),
            leaving=leaving,
            parts=(text.filled(blanks), html.filled(escaped), *self._files),
        )

    @cached_property
    def _stencils(self) -> tuple[Stencil, Stencil]:
        return Stencil("plain", self.text), Stencil("html", self.html)

    @cached_property
    def _files(self) -> tuple[Part, ...]:
        return file_parts(self.mail)


def mail_from(folder: str, context: Mapping[str, Any], *, leaving: Leaving | None = None) -> Mail:
    """The mail of the three templates ``mail/<folder>/{subject.txt,body.txt,body.html}``; ``leaving`` is what its
    reader may leave, if anything."""
    mail = _rendered(folder, {**context, "leave": leaving.address if leaving else ""})
    return replace(mail, leaving=leaving)


def mail_form(folder: str, context: Mapping[str, Any], *, attachments: tuple[Attachment, ...] = ()) -> MailForm:
    """The same with its blanks, for templates that say nothing else of their reader; they greet a ``person``.

    Templates have to be given something to put there: numbers of 128 bits drawn for this form alone, which no text of
    the plan can hold, and which are gone once the form is cut up.
    """
    marks = {token_hex(16): blank for blank in (NAME, LEAVE)}
    person, leave = marks
    mail = _rendered(folder, {**context, "person": person, "leave": leave})
    return MailForm(
        replace(mail, text="", html="", attachments=attachments), _cut(mail.text, marks), _cut(mail.html, marks)
    )


def _cut(text: str, marks: Mapping[str, str]) -> tuple[str, ...]:
    """Texts and names of blanks in turn."""
    return tuple(marks.get(piece, piece) for piece in re.split(f"({'|'.join(marks)})", text))


def _rendered(folder: str, context: Mapping[str, Any]) -> Mail:
    values = {**context, "site": settings.SITE_URL}
    parts = (f"mail/{folder}/{part}" for part in ("subject.txt", "body.txt", "body.html"))
    subject, text, html = (clean_text(render_to_string(part, values)) for part in parts)
    return Mail(
        subject=" ".join(subject.split()),
        text=re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n",
        html=inlined(re.sub(r"\n\s+", "\n", html)),
    )


def _filled(pieces: Sequence[str], blanks: Mapping[str, str]) -> str:
    return "".join(blanks[piece] if place % 2 else piece for place, piece in enumerate(pieces))


def day_text(day: date) -> str:
    """A date with its weekday: ``2026年12月31日 星期四``, ``Thursday, 31 December 2026``."""
    return _("%(weekday)s, %(day)s") % {"day": date_format(day, "DATE_FORMAT"), "weekday": date_format(day, "l")}


def gate_text(phase: Phase) -> str:
    """The day of a phase's gate; where its source doesn't give the day, with the word for that: ``… [Derived]``."""
    mark = mark_of(phase.days_provenance)
    return date_format(phase.gate_on, "DATE_FORMAT") + (f" [{mark}]" if mark else "")


def text_bar(percent: int, *, width: int = 20) -> str:
    """A bar for plain text; not quite done never looks full, not quite nothing never empty."""
    filled = min(max(round(percent * width / 100), 1 if percent else 0), width if percent >= 100 else width - 1)
    return "█" * filled + "░" * (width - filled)


def mark_of(provenance: str) -> str:
    """The word shown beside what was made up or planned by ourselves; nothing for all else."""
    return str(Provenance(provenance).label) if provenance in (Provenance.SAMPLE, Provenance.DERIVED) else ""


def shortened(text: str, *, width: int) -> str:
    """``text`` cut to so many columns (a Chinese character takes two), between words where it has any, ended by an
    ellipsis where cut."""
    columns = 0
    for position, character in enumerate(text):
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if columns > width:
            kept = text[: max(position - 1, 0)]
            whole_words = re.match(r"(.*\S)\s+\w+$", kept, re.ASCII | re.DOTALL)
            is_cut_within = whole_words and re.match(r"\w", text[len(kept) :], re.ASCII)
            return (whole_words[1] if whole_words and is_cut_within else kept).rstrip() + "…"
    return text


def address_of(path: str) -> str:
    """The full address of a page of the site."""
    return f"{settings.SITE_URL}{path}"
