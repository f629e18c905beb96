"""Small pieces of list pages: badges, bars, countdowns. They get values and run no queries."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from roadmap.progress.measure import MilestoneFigures
from roadmap.progress.reasons import reason_text
from roadmap.progress.shown import days_left_text, shown_percent
from roadmap.vocabulary import Provenance, Rag


class MarkedColumns:
    """The column that says where an entry comes from."""

    @display(description=gettext_lazy("provenance"), ordering="provenance")
    def mark(self, entry: Any) -> SafeString:
        """The mark, sample in a colour of its own."""
        return provenance_badge(entry.provenance)


def provenance_badge(provenance: str) -> SafeString:
    """The mark in words."""
    return format_html('<span class="rm-mark rm-{}">{}</span>', provenance, Provenance(provenance).label)


def rag_badge(figures: MilestoneFigures) -> SafeString:
    """The colour in words, with the reason below it."""
    if figures.rag is None:
        return format_html('<span class="rm-badge rm-none">{}</span>', reason_text(figures.reason))
    return format_html(
        '<span class="rm-badge rm-{}">{}</span><span class="rm-why">{}</span>',
        figures.rag,
        Rag(figures.rag).label,
        reason_text(figures.reason),
    )


def countdown(due_on: date, figures: MilestoneFigures) -> SafeString:
    """The due date, with the days left or passed below it."""
    told = "" if figures.days_left is None else days_left_text(figures.days_left)
    late = "rm-late" if figures.is_late else "rm-soon" if figures.is_due_soon else ""
    return format_html('<span class="rm-date">{}</span><span class="rm-why {}">{}</span>', day_text(due_on), late, told)


def day_text(day: date) -> str:
    """A day, short and the same width in both languages."""
    return date_format(day, "Y-m-d")


def progress_bar(planned: Decimal, earned: Decimal, verified: Decimal) -> SafeString:
    """Earned as a bar with the verified part in a colour of its own, planned as a line on it; all in words for those
    who can't see it."""
    words = {
        "earned": shown_percent(earned),
        "verified": shown_percent(verified),
        "planned": shown_percent(planned),
    }
    told = _("actual %(earned)s%%, of it verified %(verified)s%%; planned %(planned)s%%") % words
    return format_html(
        '<span class="rm-progress" title="{0}"><svg class="rm-bar" viewBox="0 0 100 10" preserveAspectRatio="none"'
        ' role="img" aria-label="{0}"><rect class="rm-track" width="100" height="10"/>'
        '<rect class="rm-earned" width="{1}" height="10"/><rect class="rm-verified" width="{4}" height="10"/>'
        '<rect class="rm-planned" x="{2}" width="1.5" height="10"/>'
        '</svg><span class="rm-percent">{1} / {3}%</span></span>',
        told,
        words["earned"],
        f"{min(planned, Decimal('98.5')):.1f}",
        words["planned"],
        words["verified"],
    )
