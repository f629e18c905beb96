"""Two people at one milestone in any order: nobody's change is lost, and nobody's is made from a state unseen."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from roadmap.models import Milestone, ProgressUpdate
from roadmap.vocabulary import Role
from tests import factories as make
from tests.api.conftest import Caller, caller_for

pytestmark = pytest.mark.django_db
WRITERS = st.sampled_from(["first", "second"])


class TwoWriters(RuleBasedStateMachine):
    """What both have seen, and what the milestone has to be after all that was accepted."""

    @initialize()
    def begin(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.milestone = make.make_milestone(organisation=make.make_organisation())
        self.callers: dict[str, Caller] = {
            name: caller_for(make.make_person(role=Role.LEAD, organisation=self.milestone.organisation))
            for name in ("first", "second")
        }
        self.seen: dict[str, tuple[str, int]] = {}
        self.version, self.weight, self.status = 1, 1.0, "planned"
        self.reports: list[float] = []
        self.keys: dict[str, tuple[int, Any]] = {}

    @property
    def address(self) -> str:
        return f"milestones/{self.milestone.pk}/"

    @rule(who=WRITERS)
    def look(self, who: str) -> None:
        answer = self.callers[who].get(self.address)
        assert (answer.json()["version"], answer.json()["weight"]) == (self.version, self.weight)
        self.seen[who] = (answer.headers["ETag"], self.version)

    @rule(who=WRITERS, weight=st.integers(1, 50))
    def change(self, who: str, weight: int) -> None:
        if who not in self.seen:
            assert self.callers[who].patch(self.address, {"weight": weight}).status_code == 428
            return
        tag, version = self.seen[who]
        answer = self.callers[who].patch(self.address, {"weight": weight}, If_Match=tag)
        if version != self.version:
            assert answer.status_code == 412
            assert (answer.json()["current"]["version"], answer.json()["current"]["weight"]) == (
                self.version,
                self.weight,
            )
            self.seen[who] = (answer.headers["ETag"], self.version)
            return
        assert answer.status_code == 200
        self.version += weight != self.weight  # to change nothing makes no version
        self.weight = float(weight)
        assert (answer.json()["version"], answer.json()["weight"]) == (self.version, self.weight)
        self.seen[who] = (answer.headers["ETag"], self.version)

    @rule(who=WRITERS, percent=st.integers(0, 100), key=st.sampled_from(["", "a", "b"]))
    def report(self, who: str, percent: int, key: str) -> None:
        headers = {"Idempotency_Key": key} if key else {}
        told = {"percent_complete": percent, "narrative_en": "Counted anew."}  # what a fall has to say
        answer = self.callers[who].post(f"{self.address}progress-updates/", told, **headers)
        first = self.keys.get(f"{who}/{key}") if key else None
        if first is not None:
            assert answer.status_code == (201 if first[0] == percent else 422)
            assert first[0] != percent or answer.json() == first[1]
            return
        assert answer.status_code == 201
        self.keys[f"{who}/{key}"] = (percent, answer.json())
        self.reports.append(float(percent))
        if self.status == "planned" and percent > 0:
            self.status, self.version = "active", self.version + 1

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "milestone"):
            stored = Milestone.objects.get(pk=self.milestone.pk)
            assert (stored.version, float(stored.weight), stored.status) == (self.version, self.weight, self.status)
            kept = ProgressUpdate.objects.filter(milestone=stored).order_by("id")
            assert [float(one.percent_complete) for one in kept] == self.reports

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)


def test_two_writers_lose_nothing_and_overwrite_nothing_unseen():
    run_state_machine_as_test(
        TwoWriters,
        settings=settings(
            max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
