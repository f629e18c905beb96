"""What mails of all kinds put into words and signs the same way. Texts are in the active language."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.outbox.render import Mail
from roadmap.vocabulary import Provenance

COLOURS = {"green": "#1b7f5c", "amber": "#b26a00", "red": "#b3261e", "": "#5b6575"}


def mail_from(folder: str, context: Mapping[str, Any]) -> Mail:
    """The mail of the three templates ``mail/<folder>/{subject.txt,body.txt,body.html}``."""
    values = {**context, "site": settings.SITE_URL}
    text = render_to_string(f"mail/{folder}/body.txt", values)
    return Mail(
        subject=" ".join(render_to_string(f"mail/{folder}/subject.txt", values).split()),
        text=re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n",
        html=re.sub(r"\n\s+", "\n", render_to_string(f"mail/{folder}/body.html", values)),
    )


def day_text(day: date) -> str:
    """A date with its weekday: ``2026年12月31日 星期四``, ``Thursday, 31 December 2026``."""
    return _("%(weekday)s, %(day)s") % {"day": date_format(day, "DATE_FORMAT"), "weekday": date_format(day, "l")}


def text_bar(percent: int, *, width: int = 20) -> str:
    """A bar for plain text; not quite done never looks full, not quite nothing never empty."""
    filled = min(max(round(percent * width / 100), 1 if percent else 0), width if percent >= 100 else width - 1)
    return "█" * filled + "░" * (width - filled)


def mark_of(provenance: str) -> str:
    """The word shown beside what was made up or planned by ourselves; nothing for all else."""
    return str(Provenance(provenance).label) if provenance in (Provenance.SAMPLE, Provenance.DERIVED) else ""


def shortened(text: str, *, width: int) -> str:
    """``text`` cut to so many columns (a Chinese character takes two), ended by an ellipsis where cut."""
    columns = 0
    for position, character in enumerate(text):
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if columns > width:
            return text[: max(position - 1, 0)].rstrip() + "…"
    return text


def address_of(path: str) -> str:
    """The full address of a page of the site."""
    return f"{settings.SITE_URL}{path}"
