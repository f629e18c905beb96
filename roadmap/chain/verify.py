"""Verifying: walk the whole chain, work every digest out anew, and say what first doesn't hold."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from roadmap.chain.content import NOTHING_BEFORE, Record, kinds, link_digest, read_records
from roadmap.chain.head import Head
from roadmap.models import HistoryLink
from roadmap.vocabulary import ChainFault

AT_ONCE = 1000
TOLD_AT_MOST = 20
# So much earlier than the sealing before its own a record's instant may lie: the longest transaction, clocks apart.
LATE_AT_MOST = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """One thing that doesn't hold: of which link, and of which record (kind, history id; the entry's id if known)."""

    fault: ChainFault
    number: int
    kind: str = ""
    record_id: int = 0
    object_id: object = None


@dataclass(frozen=True)
class Verdict:
    """How many links were looked at, and what was found, in the chain's order, ``TOLD_AT_MOST`` of it.

    ``unreadable`` names kinds with columns that a later version took away: of what was sealed with them only the links
    could be verified, not the records.
    """

    checked: int
    found: tuple[Finding, ...]
    unreadable: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Nothing was altered, removed or inserted."""
        return not self.found


def verify_chain(*, head: Head | None = None) -> Verdict:
    """Walk the chain from its first link to its last; against ``head``, exported before, where one is given.

    Without such a head, nobody can tell a chain that was rewritten as a whole, or cut off at its end. Seal first.
    """
    walk = _Walk(head)
    for links in _stretches():
        walk.look_at(links)
    return walk.verdict()


class _Walk:
    """One walk under way."""

    def __init__(self, head: Head | None) -> None:
        self.marks = {**head.marks, head.number: head.digest} if head and head.number else {}
        self.number, self.digest = 0, NOTHING_BEFORE
        self.sealed_before: datetime | None = None  # when the stretch before the present one was sealed
        self.sealed_at: datetime | None = None
        self.checked = 0
        self.kinds = kinds().keys()
        self.found: list[Finding] = []
        self.unreadable: set[str] = set()

    def look_at(self, links: list[HistoryLink]) -> None:
        records = self._records(links)
        for link in links:
            self.checked += 1
            if link.number != self.number + 1:
                self._tell(ChainFault.LINK_MISSING, self.number + 1)
            else:
                expected = link_digest(
                    before=self.digest, number=link.number, content=link.content_digest, sealed_at=link.sealed_at
                )
                if link.digest != expected:
                    self._tell(ChainFault.LINK_ALTERED, link.number, link)
            if link.sealed_at != self.sealed_at:
                self.sealed_before, self.sealed_at = self.sealed_at, link.sealed_at
            self._compare(link, records.get((link.kind, link.record_id)))
            self.number, self.digest = link.number, link.digest
            if self.marks.get(link.number, link.digest) != link.digest:
                self._tell(ChainFault.REWRITTEN, link.number, link)

    def verdict(self) -> Verdict:
        if self.marks and self.number < max(self.marks):
            self._tell(ChainFault.CUT_OFF, self.number + 1)
        return Verdict(self.checked, tuple(self.found[:TOLD_AT_MOST]), tuple(sorted(self.unreadable)))

    def _records(self, links: list[HistoryLink]) -> dict[tuple[str, int], Record]:
        """The records of these links; one query for each kind among them."""
        wanted: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for link in links:
            wanted[link.kind, link.shape.columns].append(link.record_id)
        found: dict[tuple[str, int], Record] = {}
        for (kind, columns), pks in wanted.items():
            if kind in self.kinds:
                read = read_records(kind, columns=columns.split(), pks=pks)
                found.update({(kind, pk): record for pk, record in read.items()})
        return found

    def _compare(self, link: HistoryLink, record: Record | None) -> None:
        if link.kind not in self.kinds or (record is not None and record.digest is None):
            self.unreadable.add(link.kind)
        elif record is None:
            self._tell(ChainFault.REMOVED, link.number, link)
        elif record.digest != link.content_digest:
            self._tell(ChainFault.ALTERED, link.number, link, record)
        elif self.sealed_before is not None and record.at < self.sealed_before - LATE_AT_MOST:
            self._tell(ChainFault.INSERTED, link.number, link, record)

    def _tell(
        self, fault: ChainFault, number: int, link: HistoryLink | None = None, record: Record | None = None
    ) -> None:
        if len(self.found) < TOLD_AT_MOST:
            of = (link.kind, link.record_id) if link else ("", 0)
            self.found.append(Finding(fault, number, *of, record.object_id if record else None))


def _stretches() -> Iterator[list[HistoryLink]]:
    """All links in their order, ``AT_ONCE`` at a time."""
    after = 0
    while links := list(HistoryLink.objects.select_related("shape").filter(number__gt=after)[:AT_ONCE]):
        yield links
        after = links[-1].number
