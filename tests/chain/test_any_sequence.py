"""Whatever sequence of edits, refusals and rollbacks: as-of replays every past state exactly, the chain holds, and
tampering with any record of it is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from roadmap.chain.content import kinds
from roadmap.chain.rows import rows_unlike_their_history
from roadmap.chain.seal import seal_everything, seal_recent
from roadmap.chain.verify import verify_chain
from roadmap.editing.baselines import set_baseline
from roadmap.editing.deliverables import add_deliverable, change_deliverable, remove_deliverable
from roadmap.editing.dependencies import link_milestones, unlink_milestones
from roadmap.editing.entries import change_entry, create_entry, remove_entry
from roadmap.editing.evidence import attach_evidence, remove_evidence
from roadmap.editing.many_reports import record_progress_of_many
from roadmap.editing.milestones import (
    cancel_milestone,
    change_milestone,
    complete_milestone,
    create_milestone,
    reassign_milestone,
    reopen_milestone,
    reschedule_milestone,
)
from roadmap.editing.progress import Report, record_progress
from roadmap.editing.tokens import make_token, revoke_token
from roadmap.editing.verification import verify_completion
from roadmap.editing.watching import stop_watching, watch
from roadmap.errors import RoadmapError
from roadmap.models import (
    ApiToken,
    Deliverable,
    Dependency,
    Evidence,
    HistoryLink,
    Milestone,
    Organisation,
    Person,
    Watch,
)
from roadmap.models.history import Actor, historised_models, tracked_columns
from roadmap.progress.differences import differences_between
from roadmap.progress.replay import rows_at
from roadmap.vocabulary import ChainFault, Door, EvidenceKind, MilestoneStatus, PlanDifference, Role
from tests import factories as make

pytestmark = pytest.mark.on_postgresql

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
any_number = st.integers(min_value=0, max_value=7)
State = dict[str, dict[Any, tuple[Any, ...]]]


class RolledBack(Exception):
    """What undoes a transaction."""


def present_state() -> State:
    """All rows of all kinds, with the columns of which history is kept."""
    state: State = {}
    for model in historised_models():
        rows = model._base_manager.order_by().values_list("pk", *tracked_columns(model))
        state[model.__name__] = {pk: tuple(values) for pk, *values in rows}
    return state


def replayed_state(instant: datetime) -> State:
    state: State = {}
    for model in historised_models():
        names = tracked_columns(model)
        state[model.__name__] = {
            pk: tuple(_plain(getattr(row, name)) for name in names) for pk, row in rows_at(model, instant).items()
        }
    return state


def _plain(value: Any) -> Any:
    return value.name if hasattr(value, "storage") else value


class AnySequence(RuleBasedStateMachine):
    """Time passes with each step; what is remembered of each is compared at the end with what the history tells."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN
        self.past: list[tuple[datetime, State]] = []
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        try:
            self.check_the_past()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @contextmanager
    def step(self) -> Iterator[dict[str, Any]]:
        """A minute later; an act that refuses has done nothing."""
        self.now += timedelta(minutes=1)
        with time_machine.travel(self.now, tick=False):
            try:
                with transaction.atomic():
                    yield {"by": self.by, "now": self.now}
            except (RoadmapError, RolledBack):
                pass

    def pick(self, model: type[Any], number: int) -> Any:
        rows = list(model.objects.order_by("pk"))
        if not rows:
            raise RolledBack
        return rows[number % len(rows)]

    @initialize()
    def begin(self) -> None:
        with time_machine.travel(self.now, tick=False):
            self.by = Actor(make.make_office_person(), Door.API)
            self.roadmap = make.make_roadmap()
            top = make.make_organisation()
            for parent in (top, top, None):
                unit = make.make_organisation(parent)
                make.make_person(organisation=unit, role=Role.VERIFIER)
            for _ in range(2):
                make.make_initiative(make.make_pillar(self.roadmap))
                make.make_phase(self.roadmap)
            for _ in range(3):
                make.make_milestone(self.roadmap.initiatives.order_by("pk")[0], self.roadmap.phases.order_by("pk")[0])

    @rule(number=any_number, weight=st.integers(1, 9))
    def create(self, number: int, weight: int) -> None:
        with self.step() as act:
            count = Milestone.history.count()
            create_milestone(
                **act,
                initiative=self.roadmap.initiatives.order_by("pk")[number % 2],
                phase=self.roadmap.phases.order_by("pk")[number % 2],
                code=f"made-{count}",
                title_zh="新",
                title_en="New",
                weight=Decimal(weight),
                planned_start_on=date(2026, 1, 1),
                due_on=date(2026, 12, 1) + timedelta(days=number),
                deliverables=[{"title_zh": "件", "title_en": "Item"}] * (number % 3),
            )

    @rule(number=any_number, days=st.integers(-40, 400))
    def reschedule(self, number: int, days: int) -> None:
        with self.step() as act:
            milestone = self.pick(Milestone, number)
            reschedule_milestone(milestone, **act, due_on=milestone.due_on + timedelta(days=days), reason="later")

    @rule(number=any_number, other=any_number, weight=st.decimals(0, 9, places=2))
    def change(self, number: int, other: int, weight: Decimal) -> None:
        with self.step() as act:
            change_milestone(
                self.pick(Milestone, number),
                **act,
                weight=weight,
                initiative=self.roadmap.initiatives.order_by("pk")[other % 2],
                title_en=f"Title {other}",
            )

    @rule(number=any_number, person=any_number, unit=any_number)
    def reassign(self, number: int, person: int, unit: int) -> None:
        with self.step() as act:
            owner = self.pick(Person, person) if person else None
            reassign_milestone(
                self.pick(Milestone, number), **act, owner=owner, organisation=self.pick(Organisation, unit)
            )

    @rule(number=any_number, turn=st.sampled_from(["complete", "reopen", "cancel", "verify"]))
    def turn(self, number: int, turn: str) -> None:
        with self.step() as act:
            milestone = self.pick(Milestone, number)
            turns: dict[str, Callable[[], Any]] = {
                "complete": lambda: complete_milestone(milestone, **act),
                "reopen": lambda: reopen_milestone(milestone, **act, reason="again"),
                "cancel": lambda: cancel_milestone(milestone, **act, reason="no more"),
                "verify": lambda: verify_completion(
                    milestone, by=Actor(self.pick(Person, number), Door.ADMIN), now=self.now
                ),
            }
            turns[turn]()

    @rule(number=any_number, percent=st.integers(0, 100), at_once=st.booleans())
    def report(self, number: int, percent: int, at_once: bool) -> None:
        with self.step() as act:
            milestone = self.pick(Milestone, number)
            if at_once:
                other = self.pick(Milestone, number + 1)
                record_progress_of_many([(milestone, Report(percent)), (other, Report(percent))], **act)
            else:
                record_progress(milestone, **act, percent_complete=percent)

    @rule(number=any_number, deed=st.sampled_from(["add", "change", "remove"]))
    def deliverable(self, number: int, deed: str) -> None:
        with self.step() as act:
            if deed == "add":
                add_deliverable(self.pick(Milestone, number), **act, title_zh="件", title_en="Item")
            elif deed == "change":
                change_deliverable(self.pick(Deliverable, number), **act, done_on=date(2026, 3, 1))
            else:
                remove_deliverable(self.pick(Deliverable, number), **act)

    @rule(number=any_number, other=any_number, is_link=st.booleans())
    def dependency(self, number: int, other: int, is_link: bool) -> None:
        with self.step():
            if is_link:
                link_milestones(self.pick(Milestone, number), self.pick(Milestone, other), by=self.by)
            else:
                unlink_milestones(self.pick(Dependency, number), by=self.by)

    @rule(number=any_number, is_more=st.booleans())
    def evidence(self, number: int, is_more: bool) -> None:
        with self.step() as act:
            if is_more:
                attach_evidence(self.pick(Milestone, number), **act, kind=EvidenceKind.NOTE, title="Seen", note="Seen.")
            else:
                remove_evidence(self.pick(Evidence, number), **act)

    @rule(number=any_number)
    def baseline(self, number: int) -> None:
        with self.step() as act:
            set_baseline(self.roadmap, **act, name=f"Plan {self.now:%H%M}", reason="approved")

    @rule(number=any_number, other=any_number)
    def frame(self, number: int, other: int) -> None:
        with self.step():
            unit = self.pick(Organisation, number)
            change_entry(unit, by=self.by, parent=self.pick(Organisation, other), lead=self.pick(Person, other))
            change_entry(self.pick(Person, number), by=self.by, full_name=f"Name {other}")

    @rule(number=any_number, deed=st.sampled_from(["token", "revoke", "watch", "stop"]))
    def own(self, number: int, deed: str) -> None:
        with self.step() as act:
            if deed == "token":
                make_token(self.pick(Person, number), **act, name="key")
            elif deed == "revoke":
                revoke_token(self.pick(ApiToken, number), **act)
            elif deed == "watch":
                watch(self.pick(Person, number), **act, milestone=self.pick(Milestone, number))
            else:
                stop_watching(self.pick(Watch, number), by=self.by)

    @rule(number=any_number, model=st.sampled_from([Milestone, Organisation, Person]))
    def remove(self, number: int, model: type[Any]) -> None:
        with self.step():
            row = self.pick(model, number)
            if row != self.by.person:
                remove_entry(row, by=self.by, reason="gone")

    @rule(number=any_number)
    def roll_back(self, number: int) -> None:
        with self.step() as act:
            milestone = self.pick(Milestone, number)
            change_milestone(milestone, **act, weight=Decimal(77))
            create_entry(Organisation, by=self.by, code="undone", name_zh="无", name_en="None")
            remove_entry(self.pick(Milestone, number + 1), by=self.by)
            raise RolledBack

    @rule(is_tick=st.booleans())
    def seal(self, is_tick: bool) -> None:
        (seal_recent if is_tick else seal_everything)(now=self.now)

    @invariant()
    def remember(self) -> None:
        if hasattr(self, "by") and (not self.past or self.past[-1][0] != self.now):
            self.past.append((self.now, present_state()))

    def check_the_past(self) -> None:
        for instant, state in self.past:
            assert replayed_state(instant) == state
        assert list(rows_unlike_their_history(now=self.now)) == []
        self.check_the_chain()
        self.check_differences(*self.past[0], *self.past[-1])

    def check_the_chain(self) -> None:
        seal_everything(now=self.now)
        verdict = verify_chain()
        assert verdict.holds
        records = sum(history._default_manager.count() for history in kinds().values())
        assert verdict.checked == records
        for place in {1, records // 2, records}:
            link = HistoryLink.objects.get(number=max(place, 1))
            record = kinds()[link.kind]._default_manager.filter(history_id=link.record_id)
            for fault, tamper in (
                (ChainFault.ALTERED, lambda record=record: record.update(history_change_reason="another")),
                (ChainFault.REMOVED, record.delete),
            ):
                savepoint = transaction.savepoint()
                tamper()
                found = verify_chain().found
                transaction.savepoint_rollback(savepoint)
                assert [(one.fault, one.number, one.record_id) for one in found] == [
                    (fault, link.number, link.record_id)
                ]

    def check_differences(self, start: datetime, first: State, end: datetime, last: State) -> None:
        names = tracked_columns(Milestone)
        was, now = (
            {pk: dict(zip(names, row, strict=True)) for pk, row in state["Milestone"].items()}
            for state in (first, last)
        )
        told = differences_between(self.roadmap, start=start, end=end)

        def pks(kind: PlanDifference) -> set[Any]:
            return {(one.now or one.was).pk for one in told.of(kind)}  # type: ignore[union-attr]

        both = was.keys() & now.keys()
        come = now.keys() - was.keys()
        given_up = {pk for pk in come if now[pk]["status"] == MilestoneStatus.CANCELLED}  # told once, as that
        assert pks(PlanDifference.ADDED) == come - given_up
        assert pks(PlanDifference.CANCELLED) >= given_up
        assert pks(PlanDifference.REMOVED) == was.keys() - now.keys()
        assert pks(PlanDifference.MOVED) == {pk for pk in both if was[pk]["due_on"] != now[pk]["due_on"]}
        assert pks(PlanDifference.REWEIGHTED) == {pk for pk in both if was[pk]["weight"] != now[pk]["weight"]}


@pytest.mark.django_db
@pytest.mark.parametrize(("sequences", "steps"), [(2, 15), pytest.param(15, 20, marks=pytest.mark.everything)])
def test_any_sequence_of_edits_is_replayed_exactly_and_sealed(sequences: int, steps: int) -> None:
    run_state_machine_as_test(
        AnySequence,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )
