"""What is wrong with catalogue files, gathered so that a person sees everything at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

from roadmap.errors import BadCatalogue


@dataclass(frozen=True)
class Place:
    """A line (from 1) of a file, as messages name it."""

    file: str
    line: int


@dataclass
class Problems:
    """The faults found so far."""

    found: list[BadCatalogue] = field(default_factory=list)

    def note(self, place: Place, message: str | Promise) -> None:
        """Keep one more fault."""
        self.found.append(BadCatalogue(message, file=place.file, line=place.line))

    def raise_if_any(self) -> None:
        """Raise BadCatalogue with every fault, in the order of files and lines; return when there is none."""
        if self.found:
            raise all_in_one(self.found)


def all_in_one(faults: Sequence[BadCatalogue]) -> BadCatalogue:
    """One error that tells all ``faults`` (at least one), each once, in the order of files and lines."""
    files = list(dict.fromkeys(fault.file for fault in faults))
    once = {(files.index(fault.file), fault.line, str(fault.message)): fault for fault in faults}
    first, *others = [once[key] for key in sorted(once)]
    return BadCatalogue(first.message, file=first.file, line=first.line, more=others)
