"""The words for why something is red, amber or green, in the reader's language."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.progress.measure import Reason


def reason_text(reason: Reason) -> str:
    """One short sentence without a full stop, in the active language. Raises KeyError for an unknown code."""
    number = reason.number
    day = date_format(reason.day, "DATE_FORMAT") if reason.day else ""
    count = int(number) if number is not None else 0
    texts = {
        "cancelled": lambda: _("Cancelled on %(day)s") % {"day": day},
        "done": lambda: _("Done on %(day)s") % {"day": day},
        "done_unverified": lambda: _("Reported done on %(day)s, not verified yet") % {"day": day},
        "verification_overdue": lambda: _("Reported done on %(day)s, still not verified") % {"day": day},
        "overdue": lambda: ngettext("%(count)d day overdue", "%(count)d days overdue", count) % {"count": count},
        "reported_red": lambda: _("Reported off track on %(day)s") % {"day": day},
        "reported_amber": lambda: _("Reported at risk on %(day)s") % {"day": day},
        "forecast_late": lambda: _("Forecast date %(day)s, after the due date") % {"day": day},
        "behind_plan": lambda: _("%(points)s percentage points behind plan") % {"points": f"{number:.0f}"},
        "silent": lambda: (
            ngettext("No report for %(count)d day", "No report for %(count)d days", count) % {"count": count}
        ),
        "not_started": lambda: _("Starts on %(day)s") % {"day": day} if day else _("Not started yet"),
        "on_plan": lambda: _("On plan"),
        "some_late": lambda: (
            ngettext("%(count)d milestone overdue", "%(count)d milestones overdue", count) % {"count": count}
        ),
        "spi_low": lambda: _("Progress index (actual ÷ planned) %(spi)s") % {"spi": f"{number:.2f}"},
        "some_unverified": lambda: (
            ngettext(
                "%(count)d milestone reported done is still not verified",
                "%(count)d milestones reported done are still not verified",
                count,
            )
            % {"count": count}
        ),
        "weightless": lambda: _("No milestone here has any weight"),
        "empty": lambda: _("No milestones yet"),
    }
    return texts[reason.code]()
