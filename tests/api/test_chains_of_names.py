"""Nobody confirms their own work through a row of names: a token's token, a program's guest, a milestone given away."""

from typing import Any

import pytest
from django.test import Client

from roadmap.editing.verification import who_may_confirm
from roadmap.models import Invitation, Milestone, Person
from roadmap.vocabulary import Role, Scope
from tests import factories as make
from tests.api.conftest import Caller, caller_for
from tests.api.test_second_identities import GUEST, accept
from tests.api.test_second_names import confirms, program_of, says_it_is_done

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(milestone: Milestone) -> Person:
    """Somebody of the programme office; the milestone has no owner."""
    Milestone.objects.update(owner=None)
    return make.make_office_person()


def token_by(caller: Caller, **fields: Any) -> Caller:
    """A caller by the token that this one makes through the API."""
    made = caller.post("tokens/", {"name": "t", "scopes": [scope.value for scope in Scope], **fields})
    assert made.status_code == 201
    return Caller(Client(), made.json()["token"])


def guest_of(caller: Caller, **fields: Any) -> Person:
    """Whom the caller invites, once they have taken the invitation up."""
    assert caller.post("invitations/", {**GUEST, **fields}).status_code == 201
    made = Invitation.objects.latest("pk")
    assert accept(made, Client()) == 200
    return Person.objects.get(pk=made.person_id)


def test_a_token_made_by_a_token_is_in_the_hands_of_who_made_the_first(head: Person, milestone: Milestone):
    other = make.make_person(role=Role.LEAD, organisation=milestone.organisation)
    first = token_by(caller_for(head), person=other.pk)
    second = token_by(token_by(first))
    says_it_is_done(caller_for(head), milestone)
    assert confirms(second, milestone) == 403
    assert confirms(caller_for(other), milestone) == 200


def test_whom_a_program_invites_was_brought_in_by_who_made_the_program(head: Person, milestone: Milestone):
    guest = guest_of(program_of(caller_for(head), role="office"))
    says_it_is_done(caller_for(head), milestone)
    assert guest not in who_may_confirm(milestone)
    assert confirms(caller_for(guest), milestone) == 403


def test_whom_a_token_of_another_invites_was_brought_in_by_who_made_the_token(head: Person, milestone: Milestone):
    other = make.make_office_person()
    guest = guest_of(token_by(caller_for(head), person=other.pk))
    says_it_is_done(caller_for(head), milestone)
    assert guest not in who_may_confirm(milestone)
    assert confirms(caller_for(guest), milestone) == 403


def test_a_programs_program_is_in_the_hands_of_who_made_the_first(head: Person, milestone: Milestone):
    first = program_of(caller_for(head), role="office")
    account = first.post(
        "service-accounts/", {"username": "two", "full_name": "P", "organisation": "gacc", "role": "lead"}
    ).json()
    second = token_by(first, person=account["id"])
    Person.objects.filter(pk=head.pk).update(role=Role.VERIFIER, organisation=milestone.organisation)
    says_it_is_done(second, milestone)
    assert head not in who_may_confirm(milestone)
    assert confirms(caller_for(head), milestone) == 403


def test_who_gives_a_done_milestone_away_was_its_owner_when_it_was_done(head: Person, milestone: Milestone):
    lead = make.make_person(role=Role.LEAD, organisation=milestone.organisation)
    colleague = make.make_person(role=Role.CONTRIBUTOR, organisation=milestone.organisation)
    Milestone.objects.update(owner=lead)
    caller = caller_for(head)
    says_it_is_done(caller, milestone)
    given = caller_for(lead).patch(f"milestones/{milestone.pk}/", {"owner": colleague.pk}, If_Match="*")
    assert given.status_code == 200, given.json()
    assert lead not in who_may_confirm(milestone)
    assert confirms(caller_for(lead), milestone) == 403
