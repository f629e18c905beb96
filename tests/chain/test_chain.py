"""The chain over the history: sealed in order, each fault found and named, a head kept elsewhere finds a rewriting."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from roadmap import clock
from roadmap.chain import seal
from roadmap.chain.content import NOTHING_BEFORE, link_digest
from roadmap.chain.head import as_file, current_head, from_file
from roadmap.chain.rows import Mismatch, rows_unlike_their_history
from roadmap.chain.seal import RecentSealer, seal_everything, seal_recent
from roadmap.chain.verify import Finding, verify_chain
from roadmap.editing.entries import change_entry, remove_entry
from roadmap.editing.milestones import change_milestone, reschedule_milestone
from roadmap.editing.progress import record_progress
from roadmap.errors import InvalidChange
from roadmap.models import HistoryLink, Milestone, Organisation, Person, ProgressUpdate
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import ChainFault, Door
from tests.factories import make_milestone, make_office_person, make_organisation, make_person, make_update

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

Records = Milestone.history.model


@pytest.fixture
def milestone() -> Milestone:
    """With three records of its history, all sealed."""
    milestone = make_milestone()
    change_milestone(milestone, by=SYSTEM, now=clock.now(), weight=Decimal("2.5"))
    reschedule_milestone(milestone, by=SYSTEM, now=clock.now(), due_on=milestone.due_on + timedelta(9), reason="晚了")
    seal_everything(now=clock.now())
    return milestone


def faults() -> list[tuple[ChainFault, str]]:
    return [(one.fault, one.kind) for one in verify_chain().found]


def the_link(record: object) -> HistoryLink:
    return HistoryLink.objects.get(kind="milestone", record_id=record.pk)  # type: ignore[attr-defined]


@pytest.mark.both_databases("roadmap.chain.seal")
def test_every_record_gets_one_link_each_on_the_one_before(milestone: Milestone) -> None:
    links = list(HistoryLink.objects.all())
    assert [link.number for link in links] == list(range(1, len(links) + 1))
    assert {link.kind for link in links} == {"roadmap", "pillar", "phase", "initiative", "milestone"}
    assert [link.record_id for link in links if link.kind == "milestone"] == sorted(
        milestone.history.values_list("history_id", flat=True)
    )
    before = NOTHING_BEFORE
    for link in links:
        told = {"number": link.number, "content": link.content_digest, "sealed_at": link.sealed_at}
        assert link.digest == link_digest(before=before, **told)
        before = link.digest
    assert seal_recent(now=clock.now()) == seal_everything(now=clock.now()) == 0
    assert verify_chain().holds


def test_what_was_committed_after_a_later_record_is_sealed_all_the_same(milestone: Milestone) -> None:
    record = milestone.history.earliest("history_id")
    HistoryLink.objects.filter(number__gte=the_link(record).number).delete()
    HistoryLink.objects.exclude(kind="milestone").update(record_id=F("record_id"))
    newer = milestone.history.latest("history_id")
    seal._seal([("milestone", newer.pk)], now=clock.now())
    assert seal_recent(now=clock.now()) > 0
    assert the_link(record).number > the_link(newer).number
    assert verify_chain().holds


def test_ticks_seal_what_is_new_and_what_may_still_come_before_it(
    milestone: Milestone, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [1000.0]
    monkeypatch.setattr(seal, "steady_seconds", lambda: at[0])
    sealer = RecentSealer()
    assert sealer.seal(now=clock.now()) == 0
    change_milestone(milestone, by=SYSTEM, now=clock.now(), weight=Decimal(4))
    assert (sealer.seal(now=clock.now()), sealer.seal(now=clock.now())) == (1, 0)
    late = milestone.history.earliest("history_id")  # as if committed only now
    HistoryLink.objects.filter(number__gte=the_link(late).number).delete()
    at[0] += seal.STILL_COMING_SECONDS
    assert sealer.seal(now=clock.now()) > 0
    at[0] += 1
    with CaptureQueriesContext(connection) as asked:
        assert sealer.seal(now=clock.now()) == 0
    assert len(asked) == 1


@pytest.mark.parametrize("column", ["due_on", "history_change_reason", "history_date", "door", "history_user_id", "id"])
def test_altered_record_is_found(milestone: Milestone, column: str) -> None:
    record = milestone.history.latest("history_id")
    other = {
        "due_on": record.due_on + timedelta(1),
        "history_change_reason": "",
        "history_date": record.history_date - timedelta(microseconds=1),
        "door": Door.API,
        "history_user_id": make_person().pk,
        "id": record.id + 1,
    }
    Records.objects.filter(pk=record.pk).update(**{column: other[column]})
    of = record.id + 1 if column == "id" else record.id
    expected = Finding(ChainFault.ALTERED, the_link(record).number, "milestone", record.pk, of)
    assert verify_chain().found == (expected,)


def test_removed_record_is_found(milestone: Milestone) -> None:
    record = milestone.history.earliest("history_id")
    number, pk = the_link(record).number, record.pk
    record.delete()
    assert verify_chain().found == (Finding(ChainFault.REMOVED, number, "milestone", pk),)


def test_record_put_in_afterwards_is_found(milestone: Milestone) -> None:
    record = milestone.history.latest("history_id")
    record.pk, record.history_date = None, record.history_date - timedelta(days=3)
    record.save(force_insert=True)
    seal_everything(now=clock.now())
    link = the_link(record)
    assert verify_chain().found == (Finding(ChainFault.INSERTED, link.number, "milestone", record.pk, milestone.pk),)


def test_late_sealing_after_days_of_standstill_is_no_fault(milestone: Milestone) -> None:
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
        change_milestone(milestone, by=SYSTEM, now=clock.now(), weight=Decimal(4))
    with time_machine.travel(clock.now() + timedelta(days=9), tick=True):
        assert seal_recent(now=clock.now()) == 1
    assert verify_chain().holds


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (lambda links: links.filter(number=3).update(content_digest="0" * 64), ChainFault.LINK_ALTERED),
        (lambda links: links.filter(number=3).update(digest="0" * 64), ChainFault.LINK_ALTERED),
        (lambda links: links.filter(number=3).update(sealed_at=clock.now()), ChainFault.LINK_ALTERED),
        (lambda links: links.filter(number=3).delete(), ChainFault.LINK_MISSING),
    ],
)
def test_tampering_with_links_is_found_at_that_link(
    milestone: Milestone, tamper: Callable[[object], object], fault: ChainFault
) -> None:
    tamper(HistoryLink.objects.all())
    first = verify_chain().found[0]
    assert (first.fault, first.number) == (fault, 3)


def test_only_an_exported_head_tells_a_chain_made_anew_or_cut_off(milestone: Milestone) -> None:
    head = from_file(as_file(current_head()))
    last = milestone.history.latest("history_id")
    last.delete()
    HistoryLink.objects.filter(number=head.number).delete()
    assert verify_chain().holds
    assert [one.fault for one in verify_chain(head=head).found] == [ChainFault.CUT_OFF]
    HistoryLink.objects.all().delete()
    Records.objects.filter(pk=milestone.history.earliest("history_id").pk).update(weight=9)
    change_milestone(milestone, by=SYSTEM, now=clock.now(), weight=Decimal(3))
    seal_everything(now=clock.now())
    assert verify_chain().holds
    assert [(one.fault, one.number) for one in verify_chain(head=head).found] == [(ChainFault.REWRITTEN, head.number)]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"format": "other"}', b"\xff", json.dumps({"format": 1, "marks": []}).encode()]
)
def test_file_that_is_no_head_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidChange) as refused:
        from_file(content)
    assert list(refused.value.fields) == ["head"]


def test_column_of_a_later_version_leaves_older_seals_valid(
    milestone: Milestone, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = seal.columns_of
    monkeypatch.setattr(seal, "columns_of", lambda history: [name for name in columns(history) if name != "weight"])
    change_milestone(milestone, by=SYSTEM, now=clock.now(), weight=Decimal(7))
    seal_everything(now=clock.now())
    monkeypatch.undo()
    change_milestone(milestone, by=SYSTEM, now=clock.now(), weight=Decimal(8))
    seal_everything(now=clock.now())
    assert verify_chain().holds


def test_command_exports_compares_and_names_what_it_finds(milestone: Milestone, tmp_path: Path) -> None:
    file = tmp_path / "head.json"
    call_command("verify_history", export=str(file), rows=True)
    call_command("verify_history", head=str(file))
    assert from_file(file.read_bytes()) == current_head()
    Milestone.objects.filter(pk=milestone.pk).update(weight=6)
    with pytest.raises(CommandError, match=f"milestone no. {milestone.pk} differs from its change record: weight"):
        call_command("verify_history", rows=True)
    record = milestone.history.latest("history_id")
    Records.objects.filter(pk=record.pk).update(weight=6)
    told = f"Entry {the_link(record).number}: The record was altered after it was entered here"
    with pytest.raises(CommandError, match=told):
        call_command("verify_history", head=str(file))
    file.write_text("{}")
    with pytest.raises(CommandError, match="checksum of the change records"):
        call_command("verify_history", head=str(file))


def test_rows_are_compared_with_their_last_record(milestone: Milestone) -> None:
    assert list(rows_unlike_their_history(now=clock.now())) == []
    Person.objects.bulk_create([Person(username="by-hand")])
    Milestone.objects.filter(pk=milestone.pk).update(weight=6, title_en="by hand")
    gone = make_organisation()
    Organisation.objects.filter(pk=gone.pk)._raw_delete("default")  # type: ignore[attr-defined]
    assert list(rows_unlike_their_history(now=clock.now())) == [
        Mismatch("milestone", milestone.pk, ("title_en", "weight")),
        Mismatch("organisation", gone.pk, ()),
        Mismatch("person", Person.objects.get(username="by-hand").pk, ()),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_sealing_and_verifying_take_a_fixed_number_of_queries(number: int) -> None:
    for _ in range(number):
        make_milestone()
    with CaptureQueriesContext(connection) as sealing:
        seal_recent(now=clock.now())
    with CaptureQueriesContext(connection) as verifying:
        assert verify_chain().holds
    with CaptureQueriesContext(connection) as idle:
        seal_recent(now=clock.now())
    expected = {"sqlite": 35, "postgresql": 36}[connection.vendor]
    assert (len(sealing), len(verifying), len(idle)) == (expected, 7, 1)


def test_person_who_goes_stays_named_and_what_goes_along_is_theirs_who_removed_it() -> None:
    office, leaving = make_office_person(), make_person()
    unit = make_organisation(lead=leaving)
    milestone = make_milestone()
    update = make_update(milestone, 10, milestone.planned_start_on)
    change_entry(unit, by=Actor(office, Door.ADMIN), name_en="Other")
    seal_everything(now=clock.now())
    pk, by = leaving.pk, Actor(office, Door.COMMAND)
    remove_entry(leaving, by=by, reason="left")
    remove_entry(milestone, by=by, reason="entered twice")
    last = unit.history.latest("history_id")
    assert (last.lead_id, last.history_user_id, last.history_change_reason, last.door) == (
        *(None, office.pk, "left"),
        Door.COMMAND,
    )
    gone = ProgressUpdate.history.filter(id=update.pk).latest("history_id")
    assert (gone.history_type, gone.history_user_id, gone.history_change_reason) == ("-", office.pk, "entered twice")
    assert Person.history.filter(id=pk).latest("history_id").history_type == "-"
    office_pk = office.pk
    Organisation.objects.filter(pk=unit.pk).update(lead=None)
    remove_entry(office, by=SYSTEM)
    assert unit.history.latest("history_id").history_user_id == office_pk
    assert verify_chain().holds


def test_units_that_move_with_a_branch_have_it_in_their_history() -> None:
    office = make_office_person()
    top, other = make_organisation(), make_organisation()
    below = make_organisation(make_organisation(top))
    change_entry(below.parent, by=Actor(office, Door.API), reason="reform", parent=other)  # type: ignore[type-var]
    last = below.history.latest("history_id")
    assert last.path == f"{other.path}{below.parent.code}/{below.code}/"  # type: ignore[union-attr]
    assert (last.history_user, last.history_change_reason, last.door) == (office, "reform", Door.API)
    assert list(rows_unlike_their_history(now=clock.now())) == []


def test_progress_of_many_and_singly_is_kept_with_its_reporter() -> None:
    person, milestone = make_office_person(), make_milestone()
    record_progress(milestone, by=Actor(person, Door.IMPORT), now=clock.now(), percent_complete=5)
    [record] = ProgressUpdate.history.all()
    assert (record.history_user, record.door, record.percent_complete) == (person, Door.IMPORT, 5)
