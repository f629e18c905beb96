"""What a section of a catalogue file is made of: its entries' keys, what identifies them, and their parts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models

from roadmap.exchange import values as v
from roadmap.exchange.standing import STORED_AS
from roadmap.fields import At, Field, at
from roadmap.models.zones import check_time_zone

REQUIRED: Final = object()
NO_TEXTS = v.Pair(zh="", en="")
SECTION_OF = {model: section for section, (model, _columns) in STORED_AS.items()}


@dataclass(frozen=True)
class Key:
    """One key of an entry: how its value is read, what it is when left out, and its name as stored."""

    read: v.Reader
    default: Any = REQUIRED
    stored_as: str = ""


@dataclass(frozen=True)
class Shape:
    """One kind of entry. ``identity`` names the values that tell it from its siblings, in the file and when stored.

    A marked entry has its mark and source; a placed one gets ``position`` from its place in the list. ``parts`` are
    lists of entries within it.
    """

    section: str
    keys: Mapping[str, Key]
    identity: tuple[str, ...]
    is_marked: bool = True
    is_placed: bool = False
    parts: Mapping[str, "Shape"] = field(default_factory=dict)


def keys_of(fields: Iterable[Field]) -> dict[str, Key]:
    """The keys of the fields that files give, by the names of their columns; a text in both languages is one key. What
    a column can do without may be left out."""
    keys = {}
    for column in (one.column for one in at(At.FILE, fields)):
        stem, _mark, language = column.name.rpartition("_")
        if language == "zh":
            keys[stem] = Key(v.pair, NO_TEXTS if column.blank else REQUIRED)
        elif language != "en":
            keys[column.name] = Key(_reader_of(column), _default_of(column))
    return keys


def _default_of(column: Any) -> Any:
    if column.null:
        return None
    if column.has_default():
        return column.get_default()
    return "" if column.blank else REQUIRED


def _reader_of(column: Any) -> v.Reader:
    if column.choices:
        return v.one_of([value for value, _label in column.flatchoices])
    match column:
        case models.ForeignKey():
            return v.reference(SECTION_OF[column.related_model])
        case models.DateField():
            return v.day
        case models.DecimalField():
            return v.number
        case models.PositiveSmallIntegerField():
            return v.whole_number
        case models.SlugField():
            return v.code
    return v.zone if check_time_zone in column.validators else v.text
