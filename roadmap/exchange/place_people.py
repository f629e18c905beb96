"""Put organisations and people in place: the tree from its root down, then people, then who leads what."""

from collections.abc import Sequence
from functools import partial

from django.contrib.auth.hashers import make_password

from roadmap.editing.entries import change_entry, create_entry
from roadmap.editing.people import create_sample_person
from roadmap.exchange.entries import Entry
from roadmap.exchange.place import Acts, Placing
from roadmap.exchange.report import Deed
from roadmap.exchange.standing import Standing
from roadmap.exchange.values import Reference
from roadmap.models import Organisation, Person
from roadmap.vocabulary import Provenance


def place_organisations(placing: Placing, entries: Sequence[Entry]) -> None:
    """Every organisation after the one that it belongs to; leads come later, since they belong to organisations."""
    by_code = {entry.identity[0]: entry for entry in entries}

    def depth(entry: Entry) -> int:
        parent = entry.values["parent"]
        return 1 + depth(by_code[parent.code]) if parent is not None and parent.code in by_code else 0

    for entry in sorted(entries, key=depth):
        placing.place(entry, fields={name: value for name, value in entry.values.items() if name != "lead"})


def place_people(placing: Placing, entries: Sequence[Entry]) -> None:
    """Nobody gets a password from a file; people of the sample layer are marked as such for good."""
    create = partial(create_entry, Person, by=placing.by, password=make_password(None))
    create_sample = partial(create_sample_person, by=placing.by)
    for entry in entries:
        is_sample = entry.values["provenance"] == Provenance.SAMPLE
        placing.place(
            entry,
            acts=Acts(create=create_sample if is_sample else create, change=partial(change_entry, by=placing.by)),
            fields={name: value for name, value in entry.values.items() if name not in ("provenance", "source")},
        )


def place_leads(placing: Placing, entries: Sequence[Entry]) -> None:
    """Give the organisations of this load their leads, where people haven't said otherwise."""
    for entry in entries:
        if entry.values["lead"] is None:
            continue
        row = placing.row_of(Reference("organisations", entry.identity[0]))
        lead = placing.row_of(entry.values["lead"])
        standing, _row = placing.standings["organisations"].of(entry.identity)
        is_ours = standing in (Standing.ABSENT, Standing.OURS)
        if isinstance(row, Organisation) and lead is not None and is_ours and row.lead_id != lead.pk:
            with placing.telling_where(entry):
                change_entry(row, by=placing.by, reason=placing.reason(entry), lead=lead)
            if standing is Standing.OURS:
                placing.report.note(Deed.UPDATED, "organisations", entry.label)
