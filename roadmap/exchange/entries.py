"""Catalogue files to entries: every key read and checked by itself. What spans entries is in ``checks.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from roadmap.errors import BadCatalogue
from roadmap.exchange import values
from roadmap.exchange.nodes import items_of, pairs_of, place_of, read_file
from roadmap.exchange.problems import Place, Problems
from roadmap.exchange.shape import REQUIRED, Key, Shape
from roadmap.exchange.shapes import MARK_KEYS, SECTIONS, THE_ROADMAP
from roadmap.vocabulary import Provenance


@dataclass(frozen=True)
class Entry:
    """One entry as read. ``values`` are by the names as stored, with references still by code; so are ``places``."""

    shape: Shape
    place: Place
    values: Mapping[str, Any]
    places: Mapping[str, Place]
    parts: Mapping[str, Sequence["Entry"]]

    @property
    def identity(self) -> tuple[Any, ...]:
        """What tells it from its siblings."""
        return tuple(self.values.get(name) for name in self.shape.identity)

    @property
    def label(self) -> str:
        """The identity as people read it."""
        return " ".join(part.code if isinstance(part, values.Reference) else str(part) for part in self.identity)

    def place_of(self, name: str) -> Place:
        """Where the value was written, or the entry where it wasn't."""
        for written in (name, name.removesuffix("_zh").removesuffix("_en")):
            if written in self.places:
                return self.places[written]
        return self.place


@dataclass(frozen=True)
class _Mark:
    """The mark that entries take over from what they stand in; ``is_told``: its lack of a source is told already."""

    provenance: str | None = None
    source: values.Reference | None = None
    is_told: bool = False


@dataclass
class Catalogue:
    """Everything that the files of one load say, about one roadmap."""

    roadmap_code: str
    roadmap: Entry | None
    sections: dict[str, list[Entry]] = field(default_factory=lambda: {name: [] for name in SECTIONS})


def read_catalogue(paths: Sequence[Path], *, names: Sequence[str], problems: Problems) -> Catalogue:
    """Read the files (at least one) as one catalogue; faults go to ``problems`` and their entries are left out.

    ``names`` are the files' names in messages. Raises BadCatalogue for a file that has no readable roadmap at all.
    """
    catalogue: Catalogue | None = None
    for path, name in zip(paths, names, strict=True):
        reading = _Reading(file=name, problems=problems)
        try:
            root = read_file(path, name=name)
        except BadCatalogue as error:
            problems.found.append(error)
            continue
        catalogue = reading.take(root, catalogue)
    if catalogue is None:
        problems.raise_if_any()
    assert catalogue is not None  # noqa: S101  # a file without a roadmap is a problem, raised above
    return catalogue


@dataclass(frozen=True)
class _Reading:
    """One file being read."""

    file: str
    problems: Problems

    def take(self, root: yaml.Node, so_far: Catalogue | None) -> Catalogue | None:
        """Add what the file says to ``so_far``; None while no file has named its roadmap."""
        pairs = pairs_of(root, file=self.file, problems=self.problems)
        if pairs is None:
            return so_far
        self._check_known(pairs, ["roadmap", "mark", *SECTIONS])
        mark = _Mark()
        if "mark" in pairs:
            mark = _Mark(provenance=self._value("mark", MARK_KEYS["mark"], pairs["mark"][1]))
        if "roadmap" not in pairs:
            self.problems.note(place_of(root, self.file), _("“%(key)s” is missing.") % {"key": "roadmap"})
            return so_far
        catalogue = self._with_roadmap(pairs["roadmap"][1], mark, so_far)
        if catalogue is None:
            return so_far
        for section, shape in SECTIONS.items():
            if section in pairs:
                earlier = len(catalogue.sections[section])
                catalogue.sections[section] += self._entries(shape, pairs[section][1], mark, first=earlier + 1)
        return catalogue

    def _with_roadmap(self, node: yaml.Node, mark: _Mark, so_far: Catalogue | None) -> Catalogue | None:
        """The catalogue of the roadmap that ``node`` defines (a mapping) or names (its code)."""
        entry = None
        if isinstance(node, yaml.MappingNode):
            entry = self._entry(THE_ROADMAP, node, mark, position=1)
            code = entry.values.get("code") if entry else None
        else:
            code = self._value("roadmap", Key(values.code), node)
        if code is None:
            return None
        if so_far is None:
            return Catalogue(roadmap_code=code, roadmap=entry)
        if so_far.roadmap_code != code:
            self.problems.note(place_of(node, self.file), _("The files of one load must belong to one roadmap."))
        so_far.roadmap = so_far.roadmap or entry
        return so_far

    def _entries(self, shape: Shape, node: yaml.Node, mark: _Mark, *, first: int = 1) -> list[Entry]:
        nodes = items_of(node, file=self.file, problems=self.problems)
        read = (self._entry(shape, item, mark, position=position) for position, item in enumerate(nodes, start=first))
        return [entry for entry in read if entry is not None]

    def _entry(self, shape: Shape, node: yaml.Node, outer: _Mark, *, position: int) -> Entry | None:
        """One entry, with what could be read of it; None when it isn't even a mapping."""
        pairs = pairs_of(node, file=self.file, problems=self.problems)
        if pairs is None:
            return None
        keys = {**shape.keys, **(MARK_KEYS if shape.is_marked else {})}
        self._check_known(pairs, [*keys, *shape.parts])
        place = place_of(node, self.file)
        read: dict[str, Any] = {"position": position} if shape.is_placed else {}
        places = {keys[name].stored_as or name: where for name, (where, _node) in pairs.items() if name in keys}
        for name, key in keys.items():
            if name in pairs:
                value = self._value(name, key, pairs[name][1])
            elif key.default is REQUIRED:
                self.problems.note(place, _("“%(key)s” is missing.") % {"key": name})
                value = None
            else:
                value = key.default
            read |= _as_stored(key.stored_as or name, value)
        mark = self._marked(read, places, place, outer) if shape.is_marked else outer
        parts = {
            name: self._entries(part, pairs[name][1], mark) if name in pairs else []
            for name, part in shape.parts.items()
        }
        return Entry(shape=shape, place=place, values=read, places=places, parts=parts)

    def _marked(self, read: dict[str, Any], places: dict[str, Place], place: Place, outer: _Mark) -> _Mark:
        """Fill in the mark from what the entry stands in, and check it."""
        if read["provenance"] is None and "provenance" not in places:
            read["provenance"] = outer.provenance
            read["source"] = read["source"] or outer.source
            if read["provenance"] is None:
                self.problems.note(place, _("“%(key)s” is missing.") % {"key": "mark"})
        lacks_source = read["provenance"] == Provenance.SOURCED and read["source"] is None and "source" not in places
        if lacks_source and not ("provenance" not in places and outer.is_told):
            where = places.get("provenance", place)
            self.problems.note(where, _("A sourced entry needs its source."))
        return _Mark(provenance=read["provenance"], source=read["source"], is_told=lacks_source)

    def _value(self, name: str, key: Key, node: yaml.Node) -> Any:
        """The value read, or None and a problem."""
        try:
            return key.read(node)
        except values.WrongValue as error:
            where = place_of(error.node or node, self.file)
            self.problems.note(where, _("“%(key)s”: %(what)s.") % {"key": name, "what": error})
            return None

    def _check_known(self, pairs: Mapping[str, tuple[Place, yaml.Node]], known: Sequence[str]) -> None:
        for name, (where, _node) in pairs.items():
            if name not in known:
                told = {"key": name, "known": ", ".join(known)}
                self.problems.note(where, _("There is no key “%(key)s” here; there are: %(known)s.") % told)


def _as_stored(name: str, value: Any) -> dict[str, Any]:
    """A value under the names of the columns that hold it."""
    if not isinstance(value, values.Pair):
        return {name: value}
    stem = "period" if name == "period_label" else name
    return {f"{stem}_zh": value.zh, f"{stem}_en": value.en}
