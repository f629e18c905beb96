"""Leave and invitations through the API."""

from datetime import date

import pytest

from roadmap.account_rights import invitations_managed_by, may_invite
from roadmap.editing.invitations import accept_invitation
from roadmap.models import Invitation, Leave, OutboxMessage, Person
from roadmap.vocabulary import Door, MessageKind, MessageState, PersonKind, Role
from tests import factories as make
from tests.admin.rows import make_invitation, make_leave
from tests.api.conftest import NOW, caller_for

pytestmark = pytest.mark.django_db
AWAY = {"from_on": "2027-02-01", "until_on": "2027-02-14"}
GUEST = {"full_name": "钱学敏", "email": "Qian@Example.org", "role": "contributor", "organisation": "gacc"}


@pytest.mark.both_databases("roadmap.editing.leave")
def test_leave_is_entered_changed_and_taken_back(milestone):
    person, deputy = milestone.owner, make.make_person(username="deputy")
    caller = caller_for(person)
    made = caller.post("leave/", {**AWAY, "deputy": "deputy", "reason": "Spring"})
    assert (made.status_code, made.headers["Location"][-8:]) == (201, f"leave/{made.json()['id']}/"[-8:])
    assert made.json() == {
        "id": made.json()["id"],
        "person": {"id": person.pk, "name": person.public_name},
        **AWAY,
        "deputy": {"id": deputy.pk, "name": deputy.public_name},
        "digests_pause": True,
    }
    address = f"leave/{made.json()['id']}/"
    changed = caller.patch(address, {"until_on": "2027-02-07", "digests_pause": False})
    assert changed.json() == {**made.json(), "until_on": "2027-02-07", "digests_pause": False}
    assert caller.get(address).json() == changed.json()
    assert caller("DELETE", address).status_code == 204
    assert not Leave.objects.exists()
    told = [(one.history_type, one.door, one.history_user) for one in Leave.history.order_by("history_id")]
    assert told == [(kind, Door.API, person) for kind in "+~-"]


def test_leave_of_others_is_arranged_by_leads_and_the_office(lead, office, milestone):
    colleague = make.make_person(username="colleague", organisation=milestone.organisation)
    stranger = make.make_person(username="stranger")
    body = {**AWAY, "deputy": stranger.pk}
    assert lead.post("leave/", {**body, "person": "colleague"}).status_code == 201
    assert lead.post("leave/", {**body, "person": "stranger", "deputy": "colleague"}).status_code == 422
    make_leave(stranger)
    seen = {who: len(caller.get("leave/").json()["results"]) for who, caller in (("lead", lead), ("office", office))}
    assert seen == {"lead": 1, "office": 2}
    assert [one["person"]["id"] for one in office.get(f"leave/?person={colleague.pk}").json()["results"]] == [
        colleague.pk
    ]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"until_on": "2027-01-31"}, "#"),
        ({"from_on": "2027-01-10"}, "#/from_on"),
        ({"deputy": "nobody"}, "#/deputy"),
        ({"deputy": "office"}, "#/deputy"),
        ({"person": "nobody"}, "#/person"),
        ({"digests_pause": "no"}, "#/digests_pause"),
    ],
)
def test_leave_that_cant_be_is_told(office, wrong, pointer):
    person = Person.objects.get(username="office")
    make_leave(person, deputy=make.make_person(username="deputy"), until_on=date(2027, 1, 17))
    answer = office.post("leave/", {**AWAY, "deputy": "deputy", **wrong})
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])


def test_person_is_invited_again_and_no_more(lead, milestone):
    made = lead.post("invitations/", GUEST)
    person = Person.objects.get(username="qian@example.org")
    assert (made.status_code, made.json()) == (
        201,
        {
            "id": made.json()["id"],
            "person": {"id": person.pk, "name": "钱学敏"},
            "email": "qian@example.org",
            "role": "contributor",
            "organisation": {
                "id": milestone.organisation.pk,
                "code": "gacc",
                "name_zh": milestone.organisation.name_zh,
                "name_en": milestone.organisation.name_en,
            },
            "invited_by": {
                "id": made.json()["invited_by"]["id"],
                "name": Person.objects.get(username="lead").full_name,
            },
            "made_at": "2026-11-23T12:00:00+08:00",
            "expires_at": "2026-11-30T12:00:00+08:00",
            "used_at": None,
            "revoked_at": None,
        },
    )
    assert lead.get(f"invitations/{made.json()['id']}/").json() == made.json()
    again = lead.post(f"invitations/{made.json()['id']}/again/")
    assert (again.status_code, again.json()["person"]) == (201, made.json()["person"])
    assert [one["id"] for one in lead.get("invitations/").json()["results"]] == [again.json()["id"]]
    assert lead("DELETE", f"invitations/{made.json()['id']}/").status_code == 404
    assert lead("DELETE", f"invitations/{again.json()['id']}/").status_code == 204
    taken_back = lead.get(f"invitations/{again.json()['id']}/").json()
    person.refresh_from_db()
    assert (taken_back["revoked_at"], person.is_active) == ("2026-11-23T12:00:00+08:00", False)
    mails = OutboxMessage.objects.filter(kind=MessageKind.INVITATION, recipient=person)
    assert {one.state for one in mails} == {MessageState.WITHDRAWN}


def test_accepted_invitation_is_neither_repeated_nor_taken_back(office):
    invitation = make_invitation()
    accept_invitation(invitation, "correct horse battery", now=NOW)
    address = f"invitations/{invitation.pk}/"
    assert [office.post(f"{address}again/").status_code, office("DELETE", address).status_code] == [422, 422]
    assert office.get(address).json()["used_at"] == "2026-11-23T12:00:00+08:00"


@pytest.mark.parametrize(
    ("wrong", "status", "pointer"),
    [
        ({"email": "x"}, 422, "#/email"),
        ({"email": "a`b@example.org"}, 422, "#/email"),  # an address that no user name may be
        ({"email": "lead@example.org"}, 422, "#/email"),  # another account's address
        ({"email": "guest@example.org"}, 422, "#/email"),  # another account's user name
        ({"full_name": ""}, 422, "#/full_name"),
        ({"role": "king"}, 422, "#/role"),
        ({"organisation": "none"}, 422, "#/organisation"),
        ({"is_superuser": True}, 422, "#/is_superuser"),
        ({"role": "office"}, 403, None),
        ({"organisation": None}, 403, None),
    ],
)
def test_invitation_that_cant_be_is_told_and_nobody_is_entered(lead, milestone, wrong, status, pointer):
    make.make_person(username="guest@example.org", email="other@example.org")
    people = Person.objects.count()
    answer = lead.post("invitations/", {**GUEST, **wrong})
    assert (answer.status_code, [one["pointer"] for one in answer.json().get("errors", ())] or [None]) == (
        status,
        [pointer],
    )
    assert Person.objects.count() == people


def test_invitations_managed_are_those_of_whom_one_may_invite(milestone):
    own = milestone.organisation
    below = make.make_organisation(own, code="below")
    guests = [
        make_invitation(organisation=organisation, role=role, is_superuser=is_superuser).person
        for organisation in (own, below, make.make_organisation(), None)
        for role in Role
        for is_superuser in (False, True)
    ]
    inviters = [
        make.make_person(role=role, organisation=organisation, **fields)
        for role in Role
        for organisation in (own, None)
        for fields in ({}, {"is_active": False}, {"is_superuser": True})
    ]
    inviters.append(make.make_person(role=Role.LEAD, organisation=own, kind=PersonKind.SERVICE, email=""))
    for inviter in inviters:
        managed = set(invitations_managed_by(inviter).values_list("person", flat=True))
        assert managed == {guest.pk for guest in guests if may_invite(inviter, guest)}, inviter.role
    assert Invitation.objects.count() == len(guests)
