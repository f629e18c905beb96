"""How figures are put into signs the same way on pages and in mails. Texts are in the active language."""

from decimal import Decimal

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from roadmap.models import Observation, ProgressUpdate
from roadmap.vocabulary import Qualifier

_CHINESE_UNITS = ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 6, "万"))
_ENGLISH_UNITS = (
    (Decimal(10) ** 12, " trillion"),
    (Decimal(10) ** 9, " billion"),
    (Decimal(10) ** 6, " million"),
)


def shown_percent(value: Decimal, *, decimals: int = 0) -> Decimal:
    """The percentage rounded for readers: only what is whole shows as 100, only nothing as 0."""
    step = Decimal(1).scaleb(-decimals)
    shown = value.quantize(step)
    if shown == 100 and value < 100:
        return 100 - step
    return step if shown == 0 and value > 0 else shown


def percent_number(value: Decimal, *, decimals: int) -> float | int:
    """``shown_percent`` as a number for machines and drawings: an int where nothing follows the point."""
    shown = shown_percent(value, decimals=decimals)
    return int(shown) if shown == shown.to_integral_value() else float(shown)


def days_left_text(days: int) -> str:
    """How long until a due date that lies ``days`` ahead (behind, if negative): ``38 days left``, ``due today``."""
    if days == 0:
        return _("due today")
    if days > 0:
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    return ngettext("%(count)d day overdue", "%(count)d days overdue", -days) % {"count": -days}


def amount(value: Decimal) -> str:
    """A figure as people write it: ``29,000``, ``1.22 trillion``, ``1.22万亿``, never in scientific notation."""
    chinese = not (get_language() or "").startswith("en")
    for size, name in _CHINESE_UNITS if chinese else _ENGLISH_UNITS:
        if abs(value) >= size:
            scaled = value / _chinese_divisor(size) if chinese else value / size
            return f"{_plain(scaled)}{name}"
    return _plain(value)


def stated_figure(observation: Observation) -> tuple[str, str]:
    """An observed figure as its source gives it, in the active language: the qualifier, and the figure. The qualifier
    is empty where the figure is exact, or says so itself (``70 多亿``)."""
    qualifier = Qualifier(observation.qualifier)
    says_so_itself = bool(observation.stated) and qualifier != Qualifier.ROUNDED
    word = "" if qualifier == Qualifier.EXACT or says_so_itself else str(qualifier.label)
    return word, observation.stated or amount(observation.value)


def withdrawn_text(update: ProgressUpdate) -> str:
    """By whom, when and why the report was withdrawn; empty while it counts. Who withdrew it is at hand."""
    if update.withdrawn_at is None or update.withdrawn_by is None:
        return ""
    return _("Withdrawn by %(person)s on %(day)s: %(reason)s") % {
        "person": update.withdrawn_by.public_name,
        "day": date_format(localtime(update.withdrawn_at)),
        "reason": update.withdrawn_reason,
    }


def _chinese_divisor(size: Decimal) -> Decimal:
    """From a million on, figures are told in 万 (ten thousands)."""
    return Decimal(10) ** 4 if size == Decimal(10) ** 6 else size


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
