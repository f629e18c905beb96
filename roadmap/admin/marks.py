"""Small pieces of list pages: badges, bars, countdowns. They get values and run no queries."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from roadmap.progress.measure import MilestoneFigures
from roadmap.progress.reasons import reason_text
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
    left = figures.days_left
    if left is None:
        told = ""
    elif left == 0:
        told = _("due today")
    elif left > 0:
        told = ngettext("%(count)d day left", "%(count)d days left", left) % {"count": left}
    else:
        told = ngettext("%(count)d day over", "%(count)d days over", -left) % {"count": -left}
    late = "rm-late" if figures.is_late else "rm-soon" if figures.is_due_soon else ""
    return format_html('<span class="rm-date">{}</span><span class="rm-why {}">{}</span>', day_text(due_on), late, told)


def day_text(day: date) -> str:
    """A day, short and the same width in both languages."""
    return date_format(day, "Y-m-d")


def progress_bar(planned: Decimal, earned: Decimal) -> SafeString:
    """Earned as a bar, planned as a line on it, both in words for those who can't see it."""
    told = _("earned %(earned)s %%, planned %(planned)s %%") % {"earned": f"{earned:.0f}", "planned": f"{planned:.0f}"}
    return format_html(
        '<span class="rm-progress" title="{0}"><svg class="rm-bar" viewBox="0 0 100 10" preserveAspectRatio="none"'
        ' role="img" aria-label="{0}"><rect class="rm-track" width="100" height="10"/>'
        '<rect class="rm-earned" width="{1}" height="10"/><rect class="rm-planned" x="{2}" width="1.5" height="10"/>'
        '</svg><span class="rm-percent">{1} / {3}%</span></span>',
        told,
        f"{earned:.0f}",
        f"{min(planned, Decimal('98.5')):.1f}",
        f"{planned:.0f}",
    )
