"""The administration refuses what the API refuses: each act for everybody, by the API's own table of rights.

What the table calls done is done here and leaves its history through this door; all else changes nothing, whatever
form is sent. Forms are sent as they are, not as the pages would offer them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from roadmap.editing.verification import who_may_confirm
from roadmap.models import (
    Change,
    DeliveryGate,
    Evidence,
    Indicator,
    Invitation,
    Milestone,
    Observation,
    Person,
    ProgressUpdate,
)
from roadmap.vocabulary import Door, PersonKind
from tests import factories as make
from tests.admin.rows import make_message
from tests.api.conftest import milestone  # noqa: F401 (a fixture)
from tests.api.test_reading import make_indicator
from tests.api.test_rights_table import OK, PEOPLE, TABLE, VALUE, make_people

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Act:
    """A row of the API's table, and the form of the administration that does the same."""

    row: tuple[str, str]
    send: Callable[[Client, Milestone], Any]


def on_page(code: str, **fields: str) -> Callable[[Client, Milestone], Any]:
    """The page of an act on milestones."""
    address = reverse("admin:roadmap_milestone_act", args=[code])
    return lambda client, about: client.post(f"{address}?ids={about.pk}", {"reason": "r", **fields})


def invited(client: Client, about: Milestone) -> Any:
    """The page that invites somebody into the milestone's organisation."""
    guest = {"full_name": "G", "email": "guest@example.org", "role": "contributor", "language": "en"}
    address = reverse("admin:roadmap_person_invite")
    return client.post(address, {**guest, "organisation": str(about.organisation_id)})


def observed(client: Client, about: Milestone) -> Any:
    """The page that adds a value of an indicator."""
    roadmap = about.phase.roadmap
    indicator = Indicator.objects.filter(roadmap=roadmap).first() or make_indicator(roadmap, code="i")
    value = {**VALUE, "indicator": str(indicator.pk), "qualifier": "exact", "provenance": "entered"}
    return added("observation", **value)(client, about)


def added(model: str, **fields: Any) -> Callable[[Client, Milestone], Any]:
    """The page that adds a row about the milestone."""
    return lambda client, about: client.post(
        reverse(f"admin:roadmap_{model}_add"),
        {"milestone": about.pk, **{name: value(about) if callable(value) else value for name, value in fields.items()}},
    )


def changed(client: Client, about: Milestone) -> Any:
    """The milestone's own form, with its plan changed; the rows below are left alone."""
    names = ("title_zh", "code", "initiative_id", "phase_id", "planned_start_on", "due_on", "weight", "status")
    form = {name.removesuffix("_id"): str(getattr(about, name)) for name in names}
    below = ("progress_updates", "deliverables", "evidence", "predecessor_links", "successor_links")
    rows = {f"{name}-{count}_FORMS": "0" for name in below for count in ("TOTAL", "INITIAL")}
    form |= {"organisation": str(about.organisation_id), "owner": str(about.owner_id), "provenance": about.provenance}
    address = reverse("admin:roadmap_milestone_change", args=[about.pk])
    return client.post(address, {**form, **rows, "title_en": "Changed", "reason": "r", "seen": str(about.version)})


MADE = {
    "code": "made", "title_zh": "新", "title_en": "New", "planned_start_on": "2026-07-01", "due_on": "2026-12-31",
    "weight": "1", "provenance": "entered", "deliverables-TOTAL_FORMS": "0", "deliverables-INITIAL_FORMS": "0",
    "initiative": lambda about: about.initiative_id,
    "phase": lambda about: about.phase_id,
    "organisation": lambda about: about.organisation_id,
}  # fmt: skip
ACTS = [
    Act(("post", "milestone-complete"), on_page("complete", completed_on="")),
    Act(("post", "milestone-verify"), on_page("verify")),
    Act(("post", "milestone-reopen"), on_page("reopen")),
    Act(("post", "milestone-cancel"), on_page("cancel")),
    Act(("post", "milestone-reschedule"), on_page("reschedule", how="date", due_on="2027-01-31")),
    Act(("post", "milestone-reassign"), on_page("reassign", without_owner="on")),
    Act(("patch", "milestone-detail"), changed),
    Act(("post", "milestone-list"), added("milestone", **MADE)),
    Act(("post", "milestone-progress-updates"), added("progressupdate", percent_complete="5", confidence="green")),
    Act(("post", "milestone-evidence"), added("evidence", kind="note", title="t", note="n")),
    Act(("post", "observation-list"), observed),
    Act(("post", "invitation-list"), invited),
]


def state() -> tuple[int, ...]:
    """What acts add to: changes through this door, reports, evidence, values, invitations."""
    of_milestones = Milestone.history.filter(door=Door.ADMIN).count()
    return of_milestones, *(model.objects.count() for model in (ProgressUpdate, Evidence, Observation, Invitation))


def client_of(person: Person | None) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    if person is not None:
        client.force_login(person)
    return client


@pytest.fixture
def clients(milestone: Milestone) -> dict[str, Client]:  # noqa: F811
    """Everybody of the table; whoever can be is on staff."""
    people = make_people(milestone)
    Person.objects.filter(kind=PersonKind.HUMAN).update(is_staff=True)
    return {who: client_of(people.get(who)) for who in PEOPLE}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.row[1])
def test_the_administration_does_and_refuses_what_the_api_does(
    act: Act,
    clients: dict[str, Client],
    milestone: Milestone,  # noqa: F811
) -> None:
    found = {}
    for who, client in clients.items():
        with transaction.atomic():
            before = state()
            act.send(client, milestone)
            found[who] = state() != before
            transaction.set_rollback(True)
    expected = {who: TABLE[act.row].outcome[who] == OK for who in PEOPLE}
    # programs of service accounts have no place in the administration
    expected |= {who: False for who in PEOPLE if who.startswith("service")}
    assert found == expected


def test_a_milestone_that_is_done_can_be_confirmed_by_whom_the_table_says(
    clients: dict[str, Client],
    milestone: Milestone,  # noqa: F811
) -> None:
    """The table has them refused for want of its being done (422), all others for want of the right."""
    make.make_evidence(milestone)
    Milestone.objects.filter(pk=milestone.pk).update(status="done", completed_on="2026-11-20")
    found, offered = {}, {}
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    for who, client in clients.items():
        answer = client.get(page)
        offered[who] = answer.status_code == 200 and "/verify" in answer.content.decode()
        with transaction.atomic():
            on_page("verify")(client, milestone)
            found[who] = Milestone.objects.filter(pk=milestone.pk, verified_at__isnull=False).exists()
            transaction.set_rollback(True)
    expected = {who: TABLE["post", "milestone-verify"].outcome[who] == 422 for who in PEOPLE}
    assert found == expected
    assert offered == expected
    assert Change.objects.exists()


def test_the_page_of_a_done_milestone_says_who_may_confirm_it(
    clients: dict[str, Client],
    milestone: Milestone,  # noqa: F811
) -> None:
    Milestone.objects.filter(pk=milestone.pk).update(status="done", completed_on="2026-11-20")
    Person.objects.update(full_name="")
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    lead, verifier = (
        Person.objects.get(role=role, organisation=milestone.organisation) for role in ("lead", "verifier")
    )
    make.make_update(milestone, 100, milestone.due_on, reported_by=lead)
    told = clients["observer own"].get(page).content.decode().partition("May verify it:")[2].partition("</span>")[0]
    assert (verifier.public_name in told, lead.public_name in told) == (True, False)
    assert [who_may_confirm(milestone) != [], lead in who_may_confirm(milestone)] == [True, False]
    assert {one.role for one in who_may_confirm(milestone)} == {"office", "lead", "verifier"}


MAIL_PAGES = ("outboxmessage", "reminderoccurrence", "answer", "deliverygate", "suppressedaddress")


def test_mail_is_read_by_the_office_and_auditors_and_handled_by_the_office_alone(clients: dict[str, Client]) -> None:
    failed = make_message(state="failed")
    gate = DeliveryGate.objects.create(name="mail")
    acts = (
        reverse("admin:roadmap_outboxmessage_send_this_again", args=[failed.pk]),
        reverse("admin:roadmap_deliverygate_hold_this", args=[gate.pk]),
    )
    reads, handles = {}, {}
    for who, client in clients.items():
        pages = [client.get(reverse(f"admin:roadmap_{model}_changelist")).status_code for model in MAIL_PAGES]
        reads[who] = pages == [200] * len(MAIL_PAGES)
        assert reads[who] or 200 not in pages
        with transaction.atomic():
            for address in acts:
                client.post(address, {"reason": "r"})
            failed.refresh_from_db()
            gate.refresh_from_db()
            handles[who] = (failed.state == "pending", gate.held_since is not None)
            transaction.set_rollback(True)
    assert {who for who, does in reads.items() if does} == {"office", "auditor own"}
    assert {who: done for who, done in handles.items() if any(done)} == {"office": (True, True)}
