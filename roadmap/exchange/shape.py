"""What a section of a catalogue file is made of: its entries' keys, what identifies them, and their parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from roadmap.exchange import values as v

REQUIRED: Final = object()
NO_TEXTS = v.Pair(zh="", en="")


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
