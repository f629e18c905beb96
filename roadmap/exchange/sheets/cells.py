"""A cell's content as the value of a column, however spreadsheet programs and people write it."""

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap.models.tags import TagsField, tidy_tags
from roadmap.tables import undefused
from roadmap.texts import clean_text
from roadmap.vocabulary import Language
from roadmap.written_days import RIGHT_DAY, read_day

EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
LAST_SERIAL = 2_958_465  # 31 December 9999
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+")
LONGEST_NUMBER = 40
YES, NO = {"true", "yes", "1", "是"}, {"false", "no", "0", "否"}


class WrongCell(Exception):
    """What a cell holds can't be a value of its column; ``args[0]`` says why, for people."""


def is_empty(cell: Any) -> bool:
    """Whether nothing stands there."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def plain(text: str) -> str:
    """Full-width letters and digits as plain ones, blanks squeezed: by which words are compared."""
    return " ".join(unicodedata.normalize("NFKC", clean_text(undefused(text))).split())


def as_text(cell: Any) -> str:
    """The cell as people see it there: a whole number without point, a day as 2026-06-30."""
    match cell:
        case str():
            return clean_text(undefused(cell)).strip()
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return f"{cell:.15g}"
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
    return str(cell)


def value_of(column: Any, cell: Any, *, counts_from_1904: bool = False) -> Any:
    """The value for a plain column. Raises WrongCell."""
    if is_empty(cell):
        return _nothing(column)
    if column.choices:
        return _choice(column, as_text(cell))
    match column:
        case TagsField():
            return tidy_tags(as_text(cell))
        case models.DateField():
            return _day(cell, counts_from_1904=counts_from_1904)
        case models.DecimalField():
            return _number(cell)
        case models.BooleanField():
            return _truth(as_text(cell))
        case models.IntegerField():
            return _whole(cell)
        case models.SlugField():
            return plain(as_text(cell))
    return as_text(cell)


def _nothing(column: Any) -> Any:
    if column.null:
        return None
    if isinstance(column, TagsField):
        return []
    if column.blank and isinstance(column, models.CharField | models.TextField):
        return ""
    raise WrongCell(_("This can't be empty."))


def _day(cell: Any, *, counts_from_1904: bool) -> date:
    match cell:
        case datetime():
            if cell.time() != time():
                raise WrongCell(_("A day, without a time of day."))
            return cell.date()
        case date():
            return cell
        case str():
            try:
                return read_day(plain(cell))
            except ValueError as error:
                raise WrongCell(str(RIGHT_DAY)) from error
        case bool():
            raise WrongCell(str(RIGHT_DAY))
        case int() | float() if float(cell).is_integer() and 0 < cell <= LAST_SERIAL:
            return (EPOCH_1904 if counts_from_1904 else EPOCH) + timedelta(days=int(cell))
    raise WrongCell(str(RIGHT_DAY))


def _number(cell: Any) -> Decimal:
    match cell:
        case bool():
            pass
        case int():
            return Decimal(cell)
        case float() if math.isfinite(cell):
            return Decimal(f"{cell:.15g}")
        case str():
            text = plain(cell).replace(" ", "")
            if len(text) <= LONGEST_NUMBER and NUMBER.fullmatch(text):
                return Decimal(text.replace(",", ""))
    raise WrongCell(_("Write a number, as 1250.5."))


def _whole(cell: Any) -> int:
    number = _number(cell)
    if number != number.to_integral_value():
        raise WrongCell(_("Write a whole number."))
    return int(number)


def _truth(text: str) -> bool:
    word = plain(text).casefold()
    if word in YES | NO:
        return word in YES
    raise WrongCell(_("Write yes or no."))


def _choice(column: Any, text: str) -> Any:
    word = plain(text).casefold()
    for value, names in words_of_choices(column).items():
        if word in names:
            return value
    labels = ", ".join(str(label) for _value, label in column.flatchoices)
    raise WrongCell(_("Write one of: %(words)s") % {"words": labels})


@cache
def words_of_choices(column: Any) -> dict[Any, set[str]]:
    """By value, how it may be written: itself, and its label in either language."""
    found: dict[Any, set[str]] = {value: {str(value).casefold()} for value, _label in column.flatchoices}
    for language in Language.values:
        with translation.override(language):
            for value, label in column.flatchoices:
                found[value].add(plain(str(label)).casefold())
    return found
