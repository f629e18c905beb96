"""Readers of one value each: a node goes in, a checked value or a ValueError with what to write comes out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.db.models import TextChoices
from django.utils.translation import gettext as _

Reader = Callable[[yaml.Node], Any]

_CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_TEXT = "tag:yaml.org,2002:str"
_TRUE_OR_FALSE = "tag:yaml.org,2002:bool"


@dataclass(frozen=True)
class Reference:
    """The code of an entry of a section, not yet looked up."""

    section: str
    code: str


@dataclass(frozen=True)
class Pair:
    """A text in both languages."""

    zh: str
    en: str


class WrongValue(ValueError):
    """A value that can't be read; its message says what to write instead. ``node`` is where, when known better."""

    def __init__(self, message: str, node: yaml.Node | None = None) -> None:
        super().__init__(message)
        self.node = node


def _scalar(node: yaml.Node, wanted: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or "\x00" in node.value:
        raise WrongValue(wanted)
    return str(node.value)


def text(node: yaml.Node) -> str:
    """A text that isn't blank, its line breaks and outer blanks folded."""
    wanted = _("write a text (in quotes when it looks like a number or a date)")
    value = _scalar(node, wanted)
    if node.tag != _TEXT or not value.strip():
        raise WrongValue(wanted)
    return value.strip()


def code(node: yaml.Node) -> str:
    """A code: small letters, digits, hyphens."""
    wanted = _("write a code of small letters, digits and hyphens")
    value = _scalar(node, wanted)
    if not _CODE.fullmatch(value):
        raise WrongValue(wanted)
    return value


def pair(node: yaml.Node) -> Pair:
    """A text in both languages, as ``{zh: …, en: …}``."""
    wanted = _("write the text in both languages, as {zh: …, en: …}")
    if not isinstance(node, yaml.MappingNode):
        raise WrongValue(wanted)
    texts = {str(key.value): value for key, value in node.value}
    if set(texts) != {"zh", "en"} or len(node.value) != 2:
        raise WrongValue(wanted)
    try:
        return Pair(zh=text(texts["zh"]), en=text(texts["en"]))
    except WrongValue as error:
        bad = texts["zh"] if _is_no_text(texts["zh"]) else texts["en"]
        raise WrongValue(str(error), bad) from error


def _is_no_text(node: yaml.Node) -> bool:
    return not isinstance(node, yaml.ScalarNode) or node.tag != _TEXT or not node.value.strip()


def day(node: yaml.Node) -> date:
    """A calendar day, as 2026-12-31."""
    wanted = _("write a day that exists, as 2026-12-31")
    value = _scalar(node, wanted)
    try:
        if len(value) != 10:
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise WrongValue(wanted) from error


def clock_time(node: yaml.Node) -> time:
    """A time of day, as 08:30."""
    wanted = _("write a time of day, as 08:30")
    value = _scalar(node, wanted)
    try:
        if len(value) != 5:
            raise ValueError(value)
        return time.fromisoformat(value)
    except ValueError as error:
        raise WrongValue(wanted) from error


def number(node: yaml.Node) -> Decimal:
    """A decimal number with at most four places; underscores may group its digits."""
    wanted = _("write a number, as 12.5")
    value = _scalar(node, wanted)
    try:
        read = Decimal(value.replace("_", ""))
    except InvalidOperation as error:
        raise WrongValue(wanted) from error
    if not read.is_finite() or not re.fullmatch(r"-?[0-9][0-9_]*(\.[0-9]{1,4})?", value):
        raise WrongValue(wanted)
    return read


def whole_number(node: yaml.Node) -> int:
    """A whole number from 0 up."""
    wanted = _("write a whole number, as 7")
    value = _scalar(node, wanted)
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", value):
        raise WrongValue(wanted)
    return int(value)


def whole_numbers(node: yaml.Node) -> list[int]:
    """A list of whole numbers, as [30, 7, 0]."""
    if not isinstance(node, yaml.SequenceNode):
        raise WrongValue(_("write a list of whole numbers, as [30, 7, 0]"))
    return [whole_number(item) for item in node.value]


def percent(node: yaml.Node) -> Decimal:
    """A percentage from 0 to 100."""
    value = number(node)
    if not 0 <= value <= 100:
        raise WrongValue(_("write a percentage from 0 to 100"))
    return value


def yes_or_no(node: yaml.Node) -> bool:
    """true or false."""
    wanted = _("write true or false")
    value = _scalar(node, wanted)
    if node.tag != _TRUE_OR_FALSE or value.lower() not in {"true", "false"}:
        raise WrongValue(wanted)
    return value.lower() == "true"


def zone(node: yaml.Node) -> str:
    """A time zone's IANA name, as Asia/Shanghai."""
    wanted = _("write the name of a time zone, as Asia/Shanghai")
    value = _scalar(node, wanted)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:  # KeyError: no such zone
        raise WrongValue(wanted) from error
    return value


def one_of(words: Sequence[str]) -> Reader:
    """A reader of one of the words of a closed list."""

    def read(node: yaml.Node) -> str:
        wanted = _("write one of: %(words)s") % {"words": ", ".join(words)}
        value = _scalar(node, wanted)
        if value not in words:
            raise WrongValue(wanted)
        return value

    return read


def some_of(choices: type[TextChoices]) -> Reader:
    """A reader of a list of words of a closed list."""
    read_one = one_of(choices.values)

    def read(node: yaml.Node) -> list[str]:
        if not isinstance(node, yaml.SequenceNode):
            raise WrongValue(_("write a list of these: %(words)s") % {"words": ", ".join(choices.values)})
        return [read_one(item) for item in node.value]

    return read


def reference(section: str) -> Reader:
    """A reader of the code of an entry of ``section``."""

    def read(node: yaml.Node) -> Reference:
        return Reference(section=section, code=code(node))

    return read
