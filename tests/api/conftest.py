"""A caller of the API, with and without a token, and a small plan to call about."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from roadmap.editing.tokens import make_token
from roadmap.models import Milestone, Person
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Role
from tests import factories as make
from tests.servers.databases import as_if_committed

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass
class Caller:
    """Sends JSON, asks for English, and may have a token."""

    client: Client
    token: str = ""

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Accept-Language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        address = path if path.startswith("/api") else f"/api/v1/{path}"
        as_if_committed()
        return self.client.generic(method, address, content, content_type="application/json", headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("PATCH", path, body, **headers)


@pytest.fixture(autouse=True)
def _at_a_fixed_time(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def stranger(client: Client, db: None) -> Caller:
    """Somebody without a token."""
    return Caller(client)


def caller_for(person: Person, client: Client | None = None) -> Caller:
    """Somebody with a token that was used today already."""
    token, text = make_token(person, by=SYSTEM, now=NOW, name="tests")
    type(token).objects.update(last_used_on=NOW.date())
    return Caller(client or Client(), text)


@pytest.fixture
def office(db: None) -> Caller:
    """The programme office."""
    return caller_for(make.make_office_person(username="office"))


@pytest.fixture
def milestone(db: None) -> Milestone:
    """One milestone of an organisation, with a lead and an owner."""
    organisation = make.make_organisation(code="gacc")
    roadmap = make.make_roadmap(code="smart", title_zh="智慧", title_en="Smart")
    initiative = make.make_initiative(
        make.make_pillar(roadmap, code="safe", title_zh="安全", title_en="Safe"),
        code="review",
        title_zh="审图",
        title_en="Review",
    )
    phase = make.make_phase(roadmap, code="basic", title_zh="基本", title_en="Basic")
    return make.make_milestone(
        initiative,
        phase,
        code="m-1",
        title_zh="里程碑",
        title_en="Milestone",
        organisation=organisation,
        owner=make.make_person(username="owner", full_name="Owner", organisation=organisation),
    )


@pytest.fixture
def lead(milestone: Milestone) -> Caller:
    """The lead of the milestone's organisation."""
    return caller_for(make.make_person(username="lead", role=Role.LEAD, organisation=milestone.organisation))
