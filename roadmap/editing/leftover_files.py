"""Stored files of evidence to which nothing leads: no entry, and no record of the history of one.

They come from uploads that were refused after the file was written. ``attachments`` says what is taken in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import default_storage

from roadmap.models import Evidence

FOLDER = "evidence"


@dataclass(frozen=True)
class StoredFile:
    """A file in the storage; ``size`` is in bytes."""

    place: str
    size: int
    stored_at: datetime


@dataclass(frozen=True)
class Leftovers:
    """``files`` are those to which nothing leads; ``known`` is the number of stored files to which something does."""

    files: list[StoredFile]
    known: int


def leftover_files(*, stored_before: datetime) -> Leftovers:
    """Every file that nothing leads to, by its place. Younger ones may belong to a transaction that isn't through."""
    stored = sorted(_places_in(FOLDER))  # listed before the entries are read, so that none of between seems left over
    known = _places_known()
    files = [_file_at(place) for place in stored if place not in known]
    return Leftovers(
        files=[one for one in files if one.stored_at < stored_before],
        known=sum(place in known for place in stored),
    )


def remove_leftover_file(file: StoredFile) -> None:
    """Take it out of the storage; one that is gone already is no fault."""
    default_storage.delete(file.place)


def _places_in(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _places_in(f"{folder}/{name}")


def _places_known() -> set[str]:
    known: set[str] = set()
    for rows in (Evidence.objects, Evidence.history):
        known.update(rows.exclude(file="").values_list("file", flat=True).iterator())
    return known


def _file_at(place: str) -> StoredFile:
    return StoredFile(place, default_storage.size(place), default_storage.get_modified_time(place))
