"""How figures are put into signs the same way on pages and in mails. Texts are in the active language."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def shown_percent(value: Decimal, *, decimals: int = 0) -> Decimal:
    """The percentage rounded for readers: only what is whole shows as 100, only nothing as 0."""
    step = Decimal(1).scaleb(-decimals)
    shown = value.quantize(step)
    if shown == 100 and value < 100:
        return 100 - step
    return step if shown == 0 and value > 0 else shown


def days_left_text(days: int) -> str:
    """How long until a due date that lies ``days`` ahead (behind, if negative): ``38 days left``, ``due today``."""
    if days == 0:
        return _("due today")
    if days > 0:
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    return ngettext("%(count)d day overdue", "%(count)d days overdue", -days) % {"count": -days}
