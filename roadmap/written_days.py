"""How people write a day. Forms, pages' addresses and the administration take all of these ways; programs (API, files)
take the first alone."""

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAY_FORMATS = ["%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d"]
OF_PROGRAMS = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")  # days by week, too, are ISO 8601
RIGHT_DAY = _("Write a day as 2026-06-30.")


class DayField(forms.DateField):
    """A day, however it is written; what is none is answered with a right one."""

    default_error_messages = {"invalid": RIGHT_DAY}

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=DAY_FORMATS, **options)

    def to_python(self, value: Any) -> date | None:
        """The day. Blanks within it are no matter: ``2026 年 6 月 30 日``."""
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


def read_day(text: str) -> date:
    """The day that ``text`` writes. Raises ValueError for anything else."""
    for way in DAY_FORMATS:
        try:
            return datetime.strptime("".join(text.split()), way).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise ValueError(text)


def read_day_of_program(text: str) -> date:
    """The day of ``2026-06-30``. Raises ValueError for any other writing."""
    if OF_PROGRAMS.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)
