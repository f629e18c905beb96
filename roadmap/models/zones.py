"""The check that a column names a time zone that exists."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless ``name`` is an IANA time zone, such as ``Asia/Shanghai``."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            _("“%(name)s” is no time zone; write one as Asia/Shanghai."), params={"name": name}
        ) from error
