"""A milestone, its owner, and the link in the owner's reminder. It is noon of 1 October 2026 in Shanghai."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from roadmap.models import Milestone, Person
from roadmap.outbox.answer_links import answer_token
from tests import factories as make
from tests.web.rows import Frame, make_milestone

ISSUED = date(2026, 9, 28)


@dataclass(frozen=True)
class Link:
    """What the mail brought."""

    milestone: Milestone
    person: Person
    address: str


def link_for(milestone: Milestone, person: Person, *, issued_on: date = ISSUED) -> Link:
    return Link(milestone, person, f"/answer/{answer_token(milestone, person, issued_on=issued_on)}/")


@pytest.fixture
def link(frame: Frame) -> Link:
    """The owner's, who reads English."""
    Person.objects.update(language="en")
    frame.owner.refresh_from_db()
    milestone = make_milestone(
        frame, code="gate", title_zh="算法验收", title_en="Algorithm accepted", due_on=date(2026, 10, 31)
    )
    make.make_update(milestone, 40, date(2026, 9, 1), narrative_en="Two figures to check", reported_by=frame.owner)
    return link_for(milestone, frame.owner)


@pytest.fixture
def strict_client() -> Client:
    """A browser whose forms are checked for their token."""
    return Client(enforce_csrf_checks=True)
