"""Tokens, sessions, rights and limits."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.test import Client

from roadmap.editing.milestones import reschedule_milestone
from roadmap.editing.tokens import digest_of, make_token, revoke_token
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import ApiToken, Milestone, Person, ProgressUpdate
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, Role
from tests import factories as make
from tests.api.conftest import NOW, Caller, caller_for

pytestmark = pytest.mark.django_db


def test_token_is_long_marked_and_stored_as_its_digest_only():
    person = make.make_person()
    token, text = make_token(person, by=Actor(person, Door.WEB), now=NOW, name="laptop")
    assert (text[:4], len(text)) == ("rmt_", 47)
    token.refresh_from_db()
    assert (token.digest, token.prefix, token.name) == (digest_of(text), text[:12], "laptop")


def test_token_is_made_and_revoked_by_its_owner_or_the_office():
    person, stranger, office = make.make_person(), make.make_person(), make.make_office_person()
    for maker in (person, office):
        token, _text = make_token(person, by=Actor(maker, Door.WEB), now=NOW, name="t")
        assert revoke_token(token, by=Actor(maker, Door.WEB), now=NOW).revoked_at == NOW
    with pytest.raises(NotAllowed):
        make_token(person, by=Actor(stranger, Door.WEB), now=NOW, name="t")
    with pytest.raises(NotAllowed):
        revoke_token(token, by=Actor(stranger, Door.WEB), now=NOW)
    with pytest.raises(NotAllowed):
        make_token(make.make_person(is_superuser=True), by=Actor(office, Door.WEB), now=NOW, name="t")
    with pytest.raises(InvalidChange):
        make_token(person, by=SYSTEM, now=NOW, name="t", expires_at=NOW)
    with pytest.raises(InvalidChange):
        make_token(person, by=SYSTEM, now=NOW, name="")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token"])
def test_token_opens_the_door(client, milestone, scheme):
    _token, text = make_token(milestone.owner, by=SYSTEM, now=NOW, name="t")
    answer = client.post(
        f"/api/v1/milestones/{milestone.pk}/progress-updates/",
        {"percent_complete": 10},
        content_type="application/json",
        headers={"Authorization": f"{scheme} {text}"},
    )
    assert (answer.status_code, ProgressUpdate.objects.get().reported_by) == (201, milestone.owner)


def test_token_that_is_wrong_expired_revoked_or_orphaned_is_401(client, milestone):
    def status(text):
        answer = client.get("/api/v1/milestones/", headers={"Authorization": f"Bearer {text}"})
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
        return answer.status_code

    expiring, first = make_token(milestone.owner, by=SYSTEM, now=NOW, name="t", expires_at=NOW + timedelta(days=1))
    ApiToken.objects.filter(pk=expiring.pk).update(expires_at=NOW)
    revoked, second = make_token(milestone.owner, by=SYSTEM, now=NOW, name="t")
    revoke_token(revoked, by=SYSTEM, now=NOW)
    gone = make.make_person()
    _orphan, third = make_token(gone, by=SYSTEM, now=NOW, name="t")
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    assert [status(text) for text in (first, second, third, "rmt_x", "", "ünï", "a b", "x" * 5000)] == [401] * 8


def test_last_use_is_written_once_a_day(client, milestone, time_machine, django_assert_num_queries):
    token, text = make_token(milestone.owner, by=SYSTEM, now=NOW, name="t")
    caller = Caller(client, text)
    for cost in (3, 2, 2):
        with django_assert_num_queries(cost):
            caller.get("phases/")
    token.refresh_from_db()
    assert token.last_used_on == NOW.date()
    time_machine.move_to("2026-11-23T16:00:00+00:00", tick=False)
    with django_assert_num_queries(3):
        caller.get("phases/")


def test_session_opens_the_door_with_its_csrf_token(milestone):
    client = Client(enforce_csrf_checks=True)
    client.force_login(milestone.owner)
    address = f"/api/v1/milestones/{milestone.pk}/progress-updates/"
    refused = client.post(address, {"percent_complete": 10}, content_type="application/json")
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    client.cookies["csrftoken"] = "a" * 32
    accepted = client.post(
        address, {"percent_complete": 10}, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert accepted.status_code == 201


def test_reading_is_open_or_not_as_the_setting_says(stranger, office, milestone, settings):
    assert stranger.get("milestones/").status_code == 200
    settings.PUBLIC_READING = False
    refused = stranger.get("milestones/")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert office.get("milestones/").status_code == 200
    assert stranger.get("/api/schema/").status_code == 200


WRITES = {
    "create": ("POST", "milestones/", {"code": "x"}),
    "change": ("PATCH", "milestones/{}/", {"title_en": "x"}),
    "complete": ("POST", "milestones/{}/complete/", {}),
    "reschedule": ("POST", "milestones/{}/reschedule/", {"due_on": "2027-01-31", "reason": "r"}),
    "reassign": ("POST", "milestones/{}/reassign/", {"owner": None}),
    "cancel": ("POST", "milestones/{}/cancel/", {"reason": "r"}),
    "report": ("POST", "milestones/{}/progress-updates/", {"percent_complete": 1}),
    "evidence": ("POST", "milestones/{}/evidence/", {"kind": "note", "title": "t", "note": "n"}),
}


@pytest.mark.parametrize(
    ("role", "place", "plan", "report"),
    [
        (Role.OFFICE, None, 200, 201),
        (Role.LEAD, "above", 200, 201),
        (Role.LEAD, "own", 200, 201),
        (Role.LEAD, "below", 404, 404),
        (Role.LEAD, "foreign", 404, 404),
        (Role.LEAD, None, 404, 404),
        (Role.CONTRIBUTOR, "own", 403, 201),
        (Role.CONTRIBUTOR, "foreign", 404, 404),
        (Role.VERIFIER, "own", 403, 403),
        (Role.AUDITOR, "own", 403, 403),
        (Role.OBSERVER, "own", 403, 403),
    ],
)
@pytest.mark.parametrize("write", [name for name in WRITES if name != "create"])
def test_rights_are_those_of_role_and_branch(milestone, role, place, plan, report, write):
    top = make.make_organisation(code="top")
    middle = make.make_organisation(top, code="middle")
    places = {
        "above": top,
        "own": middle,
        "below": make.make_organisation(middle, code="low"),
        "foreign": make.make_organisation(top, code="beside"),
        None: None,
    }
    type(milestone).objects.update(organisation=middle)
    method, address, body = WRITES[write]
    caller = caller_for(make.make_person(role=role, organisation=places[place]))
    answer = caller(method, address.format(milestone.pk), body, If_Match="*")
    assert answer.status_code == (report if write in {"report", "evidence"} else plan)


def test_owner_may_report_wherever_they_belong(milestone):
    type(milestone.owner).objects.update(organisation=None, role=Role.OBSERVER)
    owner = caller_for(milestone.owner)
    statuses = [
        owner(WRITES[name][0], WRITES[name][1].format(milestone.pk), WRITES[name][2], If_Match="*").status_code
        for name in ("report", "evidence", "change")
    ]
    assert statuses == [201, 201, 403]


def test_lead_makes_milestones_in_their_own_branch_only(lead, milestone):
    body = {
        "code": "new",
        "initiative": "review",
        "phase": "basic",
        "title_zh": "新",
        "title_en": "New",
        "planned_start_on": "2026-07-01",
        "due_on": "2026-12-31",
    }
    assert lead.post("milestones/", body).status_code == 403
    assert lead.post("milestones/", {**body, "organisation": "gacc"}).status_code == 201


@pytest.mark.parametrize("write", WRITES)
def test_stranger_writes_nothing(stranger, milestone, write):
    method, address, body = WRITES[write]
    answer = stranger(method, address.format(milestone.pk), body, If_Match="*")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


@pytest.mark.parametrize(
    ("setting", "known"), [("API_REQUESTS_PER_MINUTE_ANONYMOUS", False), ("API_REQUESTS_PER_MINUTE", True)]
)
def test_too_many_requests_are_told_when_to_come_back(stranger, office, settings, time_machine, setting, known):
    setattr(settings, setting, 2)
    caller = office if known else stranger
    time_machine.move_to("2026-11-23T04:00:48+00:00", tick=False)
    answers = [caller.get("phases/") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "12"
    assert answers[2].headers["Content-Type"] == "application/problem+json"
    time_machine.move_to("2026-11-23T04:01:00+00:00", tick=False)
    assert caller.get("phases/").status_code == 200
    setattr(settings, setting, 0)
    assert {caller.get("phases/").status_code for _ in range(4)} == {200}


def test_without_redis_requests_are_served_and_not_counted(stranger, settings):
    settings.CACHES = {
        **settings.CACHES,
        "redis": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1},
        },
    }
    settings.API_REQUESTS_PER_MINUTE_ANONYMOUS = 1
    assert [stranger.get("phases/").status_code for _ in range(3)] == [200, 200, 200]
    assert caches["redis"].get("anything") is None


def test_command_makes_a_token_and_prints_it_once(client, milestone):
    out = StringIO()
    call_command("create_token", "owner", "--name", "dashboard", "--days", "30", stdout=out)
    text = out.getvalue().strip()
    token = ApiToken.objects.get()
    assert (token.name, token.digest, token.expires_at) == ("dashboard", digest_of(text), NOW + timedelta(days=30))
    assert client.get("/api/v1/phases/", headers={"Authorization": f"Bearer {text}"}).status_code == 200
    for arguments in (["nobody", "--name", "x"], ["owner", "--name", ""], ["owner", "--name", "x", "--days", "0"]):
        with pytest.raises(CommandError):
            call_command("create_token", *arguments)


def test_readers_never_see_what_people_sign_in_with(stranger, milestone):
    nameless = make.make_person(username="secret-login", full_name="")
    office = make.make_office_person(username="secret-office", full_name="")
    update = make.make_update(milestone, 10, NOW.date(), reported_by=nameless)
    reschedule_milestone(milestone, by=Actor(office, Door.ADMIN), now=NOW, due_on=date(2027, 1, 1), reason="late")
    Milestone.objects.filter(pk=milestone.pk).update(owner=nameless)
    pages = [
        stranger.get(f"milestones/{milestone.pk}/"),
        stranger.get(f"progress-updates/{update.pk}/"),
        *(stranger.client.get(address) for address in ("/", "/milestones/", f"/milestones/{milestone.code}/")),
    ]
    assert [b"secret-" in answer.content for answer in pages] == [False] * 5
    assert pages[0].json()["owner"] == {"id": nameless.pk, "name": f"person no. {nameless.pk}"}
