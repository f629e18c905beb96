"""Rounds of comparing: slice by slice, kept over restarts, from the beginning again at the end."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from roadmap.models import OutboxMessage, Reconciliation
from roadmap.outbox.rounds import Compared, compare_slice, compare_some
from tests.factories import make_person
from tests.outbox.conftest import NOW, make_message

pytestmark = pytest.mark.django_db


def compare(put_right: Callable[[Sequence[OutboxMessage]], int], *, after_minutes: int = 0) -> Compared:
    now = NOW + timedelta(minutes=after_minutes)
    return compare_slice("mails", OutboxMessage.objects.all(), put_right=put_right, now=now, limit=2)


def kept() -> Reconciliation:
    return Reconciliation.objects.get()


def test_slices_follow_each_other_and_wrap_around() -> None:
    reader, looked_at = make_person(), list[int]()
    numbers = [make_message(reader).pk for _ in range(5)]

    def all_wrong(rows: Sequence[OutboxMessage]) -> int:
        looked_at.extend(row.pk for row in rows)
        return len(rows)

    assert [compare(all_wrong, after_minutes=turn) for turn in range(4)] == [
        Compared(2, ends_round=False),
        Compared(2, ends_round=False),
        Compared(1, ends_round=True),
        Compared(2, ends_round=False),
    ]
    assert looked_at == [*numbers, *numbers[:2]]
    now = kept()
    assert (now.put_right, now.put_right_last_round, now.put_right_in_all) == (2, 5, 7)
    assert (now.round_ended_at, now.last_put_right_at) == (NOW + timedelta(minutes=2), NOW + timedelta(minutes=3))


def test_runner_that_was_overtaken_does_not_move_on_or_count() -> None:
    reader = make_person()
    for _ in range(5):
        make_message(reader)

    def overtaken(rows: Sequence[OutboxMessage]) -> int:
        compare(len)
        return len(rows)

    assert compare(overtaken) == Compared(2, ends_round=False)
    assert (kept().put_right_in_all, kept().put_right) == (2, 2)


def test_nothing_to_compare_is_a_round_too() -> None:
    assert compare(len) == Compared(0, ends_round=True)
    assert (kept().round_ended_at, kept().last_put_right_at) == (NOW, None)


def test_run_compares_one_slice_where_nothing_is_wrong() -> None:
    reader = make_person()
    for _ in range(5):
        make_message(reader)
    assert compare_some(lambda: compare(lambda rows: 0)) == 0
    assert kept().position > 0


def test_run_that_found_something_goes_on_to_the_end_of_its_round_and_no_further() -> None:
    reader = make_person()
    for _ in range(5):
        make_message(reader)
    assert compare_some(lambda: compare(len)) == 5
    assert (kept().position, kept().put_right_last_round) == (0, 5)
