"""What must hold between the entries of a catalogue: codes, references, orders of days, no circles."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from roadmap.exchange.entries import Catalogue, Entry
from roadmap.exchange.problems import Problems
from roadmap.exchange.values import Reference
from roadmap.vocabulary import EvidenceKind

# First day and last day, of entries of each section; the last may not lie before the first.
ORDERED_DAYS = {
    "phases": ("starts_on", "gate_on"),
    "milestones": ("planned_start_on", "due_on"),
    "observations": ("starts_on", "ends_on"),
}


def check_catalogue(catalogue: Catalogue, *, known: Mapping[str, Collection[str]], problems: Problems) -> None:
    """Note every fault between entries. ``known`` has, by section, the codes that the database knows or knew."""
    for entries in catalogue.sections.values():
        _check_once_each(entries, problems)
    all_entries = [entry for entries in catalogue.sections.values() for top in entries for entry in _with_parts(top)]
    if catalogue.roadmap is not None:
        all_entries.append(catalogue.roadmap)
    elif catalogue.roadmap_code not in known.get("roadmap", ()):
        _note_unknown_roadmap(catalogue, problems)
    codes = {
        name: {entry.identity[0] for entry in entries} | set(known.get(name, ()))
        for name, entries in catalogue.sections.items()
    }
    for entry in all_entries:
        _check_references(entry, codes, problems)
        _check_days(entry, problems)
        if entry.shape.section == "evidence":
            _check_evidence(entry, problems)
    _check_tree(catalogue.sections["organisations"], problems)
    _check_no_circle(catalogue.sections["milestones"], problems)


def _with_parts(entry: Entry) -> Iterator[Entry]:
    yield entry
    for parts in entry.parts.values():
        for part in parts:
            yield from _with_parts(part)


def _note_unknown_roadmap(catalogue: Catalogue, problems: Problems) -> None:
    first = next((entries[0] for entries in catalogue.sections.values() if entries), None)
    if first is not None:
        told = {"code": catalogue.roadmap_code}
        problems.note(first.place, _("There is no roadmap “%(code)s”; load its catalogue first.") % told)


def _check_once_each(entries: list[Entry], problems: Problems) -> None:
    """No two siblings with the same identity, here and in their parts."""
    seen: dict[tuple[Any, ...], Entry] = {}
    for entry in entries:
        if None not in entry.identity:
            first = seen.setdefault(entry.identity, entry)
            if first is not entry:
                told = {"code": entry.label, "file": first.place.file, "line": first.place.line}
                where = entry.place_of(entry.shape.identity[0])
                problems.note(where, _("“%(code)s” is there already, at %(file)s:%(line)s.") % told)
        for parts in entry.parts.values():
            _check_once_each(list(parts), problems)


def _check_references(entry: Entry, codes: Mapping[str, Collection[str]], problems: Problems) -> None:
    for name, value in entry.values.items():
        if isinstance(value, Reference) and value.code not in codes[value.section]:
            told = {"code": value.code, "section": value.section}
            problems.note(entry.place_of(name), _("There is no “%(code)s” among the %(section)s.") % told)


def _check_days(entry: Entry, problems: Problems) -> None:
    first_name, last_name = ORDERED_DAYS.get(entry.shape.section, ("", ""))
    first, last = entry.values.get(first_name), entry.values.get(last_name)
    if first and last and last < first:
        told = {"last": last_name, "first": first_name, "day": first.isoformat()}
        problems.note(entry.place_of(last_name), _("“%(last)s” lies before “%(first)s” (%(day)s).") % told)


def _check_evidence(entry: Entry, problems: Problems) -> None:
    needed = {EvidenceKind.LINK: "url", EvidenceKind.NOTE: "note"}.get(entry.values["kind"])
    if entry.values["kind"] == EvidenceKind.FILE:
        problems.note(entry.place_of("kind"), _("A catalogue brings links and notes, no files."))
    elif needed and not entry.values[needed] and needed not in entry.places:
        problems.note(entry.place, _("“%(key)s” is missing.") % {"key": needed})


def _check_tree(organisations: list[Entry], problems: Problems) -> None:
    """No organisation belongs to itself, directly or through others."""
    parents = {entry.identity[0]: entry.values["parent"] for entry in organisations}
    for entry in organisations:
        above, code = {entry.identity[0]}, entry.values["parent"]
        while code is not None and code.code not in above:
            above.add(code.code)
            code = parents.get(code.code)
        if code is not None and code.code == entry.identity[0]:
            problems.note(entry.place_of("parent"), _("“%(code)s” belongs to itself.") % {"code": entry.label})


def _check_no_circle(milestones: list[Entry], problems: Problems) -> None:
    """Follow what each milestone waits for; a way back to itself is noted where it is closed."""
    waits_for = {
        entry.identity[0]: [part for part in entry.parts["after"] if part.values["predecessor"]] for entry in milestones
    }
    finished: set[str] = set()
    for start in waits_for:
        if start in finished:
            continue
        path = [start]
        still_to_follow = [iter(waits_for[start])]
        while path:
            link = next(still_to_follow[-1], None)
            if link is None:
                finished.add(path.pop())
                still_to_follow.pop()
                continue
            before = link.values["predecessor"].code
            if before in path:
                circle = " → ".join([*path[path.index(before) :], before])
                told = {"circle": circle}
                problems.note(link.place, _("Milestones wait for each other in a circle: %(circle)s.") % told)
            elif before in waits_for and before not in finished:
                path.append(before)
                still_to_follow.append(iter(waits_for[before]))
