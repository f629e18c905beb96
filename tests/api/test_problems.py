"""Every error is problem details, in the language asked for; nothing bad makes the server fail."""

import json

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import translation

from roadmap.api.problem_types import PROBLEM_TYPES
from roadmap.api.problems import pointer_to
from roadmap.errors import RoadmapError
from roadmap.models import Milestone, Observation
from tests.api.test_reading import make_indicator

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
SITE = "http://127.0.0.1:8000"


def problem(answer):
    """The problem's name and the answer's body, after checking what all problems have in common."""
    body = answer.json()
    name = body["type"].removeprefix(f"{SITE}/api/problems/").removesuffix("/")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Content-Language"] in {"en", "zh-hans"}
    assert (body["status"], answer.status_code) == (PROBLEM_TYPES[name].status,) * 2
    assert all(body[member] for member in ("title", "detail", "instance"))
    return name, body


def test_problem_has_all_its_members(office, milestone):
    answer = office.post(f"milestones/{milestone.pk}/progress-updates/", {"percent_complete": 120})
    assert answer.json() == {
        "type": f"{SITE}/api/problems/invalid/",
        "title": "Some of it can't be accepted",
        "status": 422,
        "detail": "Ensure this value is less than or equal to 100.",
        "instance": f"/api/v1/milestones/{milestone.pk}/progress-updates/",
        "errors": [
            {
                "pointer": "#/percent_complete",
                "detail": "Ensure this value is less than or equal to 100.",
                "code": "max_value",
            }
        ],
    }


def test_problem_is_in_the_language_asked_for(office, milestone):
    address = f"milestones/{milestone.pk}/progress-updates/"
    texts = [
        office.post(address, {"percent_complete": 120}, Accept_Language=language).json()
        for language in ("en-GB", "zh-CN", "fr")
    ]
    assert texts[0]["title"] == "Some of it can't be accepted"
    assert texts[2]["title"] == texts[0]["title"] != texts[1]["title"]  # English where neither is asked for
    assert texts[1]["errors"][0]["detail"] == "请确保该值小于或者等于 100。"


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/api/", "not-found"),
        ("GET", "/api/v2/milestones/", "not-found"),
        ("POST", "/api/v1/nothing/", "not-found"),
        ("OPTIONS", "/api/v1/nothing", "not-found"),
        ("GET", "milestones/999999/", "not-found"),
        ("GET", "milestones/999999999999999999/", "not-found"),
        ("GET", "milestones/99999999999999999999999999/", "not-found"),
        ("GET", "milestones/%00/", "not-found"),
        ("GET", "milestones/..%2f..%2fetc/", "not-found"),
        ("GET", "roadmaps/nothing/", "not-found"),
        ("GET", "roadmaps/nothing/progress/", "not-found"),
        ("GET", "/api/problems/nothing/", "not-found"),
        ("PUT", "milestones/{}/", "method-not-allowed"),
        ("DELETE", "milestones/{}/", "method-not-allowed"),
        ("TRACE", "milestones/{}/", "method-not-allowed"),
        ("BREW", "milestones/{}/", "method-not-allowed"),
        ("GET", "milestones/{}/complete/", "method-not-allowed"),
        ("POST", "phases/", "method-not-allowed"),
        ("PATCH", "progress-updates/", "method-not-allowed"),
        ("POST", "/api/schema/", "method-not-allowed"),
    ],
)
def test_address_or_method_that_does_not_exist(stranger, milestone, method, path, name):
    answer = stranger(method, path.format(milestone.pk))
    assert problem(answer)[0] == name


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("milestones/{}/", "GET, PATCH, HEAD, OPTIONS"),
        ("milestones/", "GET, POST, HEAD, OPTIONS"),
        ("milestones/{}/complete/", "POST, OPTIONS"),
        ("phases/", "GET, HEAD, OPTIONS"),
        ("/api/feeds/changes.atom", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_tells_the_methods_and_does_nothing_else(
    stranger, office, milestone, path, methods, settings, django_assert_max_num_queries
):
    with django_assert_max_num_queries(0):
        answer = stranger("OPTIONS", path.format(milestone.pk))
    assert (answer.status_code, answer.content) == (200, b"")
    assert sorted(answer.headers["Allow"].split(", ")) == sorted(methods.split(", "))
    settings.PUBLIC_READING = False
    assert stranger("OPTIONS", path.format(milestone.pk)).status_code == 401
    assert office("OPTIONS", path.format(milestone.pk)).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_address_without_its_last_slash_is_sent_on(stranger, milestone, method):
    answer = stranger(method, "milestones?page_size=2")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/api/v1/milestones/?page_size=2")


def test_format_that_is_not_offered(stranger, milestone):
    assert problem(stranger.get("milestones/", Accept="application/xml"))[0] == "not-acceptable"
    assert stranger.get("milestones/", Accept="text/html, */*;q=0.1").status_code == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"]
)
def test_content_type_that_is_not_read(office, milestone, content_type):
    answer = office.client.post(
        f"/api/v1/milestones/{milestone.pk}/progress-updates/",
        "percent_complete=10",
        content_type=content_type,
        headers={"Authorization": f"Bearer {office.token}"},
    )
    assert problem(answer)[0] == "unsupported-media-type"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b'{"percent_complete": NaN}',
        b'{"percent_complete": Infinity}',
        b'{"percent_complete": 1, "percent_complete": 2}',
        b'{"narrative_en": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"percent_complete": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    ],
)
def test_body_that_can_not_be_read(office, milestone, body):
    answer = office.post(f"milestones/{milestone.pk}/progress-updates/", body)
    assert problem(answer)[0] == ("malformed" if body else "invalid")


def test_body_that_is_too_large(office, milestone):
    body = json.dumps({"percent_complete": 1, "narrative_en": "x" * 1024 * 1024}).encode()
    assert problem(office.post(f"milestones/{milestone.pk}/progress-updates/", body))[0] == "too-large"


ODD = [
    None,
    True,
    -1,
    2**63,
    10**400,
    1e308,
    "",
    "a\x00b",
    "x" * 30_000,
    "\u202e\ufeff😀",
    "NaN",
    "1e999999999",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "2026-06-30T00:00:00Z",
    [],
    {},
    {"a": {"b": []}},
    [1] * 1000,
]
BODIES = {
    "milestones/": ["code", "initiative", "phase", "owner", "title_zh", "planned_start_on", "weight", "deliverables"],
    "milestones/{milestone}/": ["organisation", "description_en", "due_on", "weight", "status"],
    "milestones/{milestone}/progress-updates/": ["percent_complete", "reported_on", "confidence", "narrative_zh"],
    "milestones/{milestone}/evidence/": ["kind", "url", "note", "progress_update"],
    "milestones/{milestone}/reschedule/": ["due_on", "reason"],
    "milestones/{milestone}/reassign/": ["owner", "organisation"],
    "indicators/{indicator}/observations/": ["period", "starts_on", "value", "is_preliminary"],
}
SOUND = {
    "milestones/": {
        "code": "new",
        "initiative": "review",
        "phase": "basic",
        "title_zh": "新",
        "title_en": "New",
        "planned_start_on": "2026-07-01",
        "due_on": "2026-12-31",
    },
    "milestones/{milestone}/": {"reason": "r"},
    "milestones/{milestone}/progress-updates/": {"percent_complete": 10},
    "milestones/{milestone}/evidence/": {"kind": "note", "title": "t", "note": "n"},
    "milestones/{milestone}/reschedule/": {"due_on": "2027-01-01", "reason": "r"},
    "milestones/{milestone}/reassign/": {"reason": "r"},
    "indicators/{indicator}/observations/": {
        "period": "p",
        "period_zh": "期",
        "period_en": "p",
        "ends_on": "2026-06-30",
        "value": 1,
    },
}


@pytest.mark.parametrize(("path", "field"), [(path, field) for path, fields in BODIES.items() for field in fields])
def test_odd_values_are_accepted_or_refused_but_never_an_error_of_ours(office, milestone, settings, path, field):
    settings.API_REQUESTS_PER_MINUTE = 0
    address = path.format(milestone=milestone.pk, indicator=make_indicator(milestone.phase.roadmap).pk)
    send = office.patch if path == "milestones/{milestone}/" else office.post
    for value in ODD:
        answer = send(address, {**SOUND[path], field: value}, If_Match="*")
        if answer.status_code in {200, 201}:
            Milestone.objects.filter(code="new").delete()
            Observation.objects.all().delete()
            continue
        name, body = problem(answer)
        assert name == "invalid", (value, body)
        assert all(one["pointer"].startswith(f"#/{field}") for one in body["errors"]) or field in {
            *("due_on", "planned_start_on", "starts_on", "kind", "ends_on")
        }, (value, body)
    assert office.get("milestones/?as_of=0001-01-01").status_code == 200  # whatever was accepted can be measured


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_odd_bodies_are_refused(office, milestone, value):
    answer = office.post(f"milestones/{milestone.pk}/progress-updates/", json.dumps(value).encode())
    assert problem(answer)[0] == "invalid" if value != 10**400 else "malformed"


@pytest.mark.parametrize(
    "parameter",
    ["as_of", "phase", "owner", "status", "search", "ordering", "due_on", "updated_since", "is_late", "code"],
)
def test_odd_parameters_are_answered(stranger, milestone, settings, parameter):
    settings.API_REQUESTS_PER_MINUTE_ANONYMOUS = 0
    for value in (
        "%00",
        "%ff%fe",
        "'\"",
        "%F0%9F%98%80",
        "-1",
        "9" * 400,
        "1e400",
        "a," * 600,
        "0001-01-01",
        "\\",
        "[]",
    ):
        answer = stranger.get(f"milestones/?{parameter}={value}")
        assert answer.status_code == 200 or problem(answer)[0] == "bad-parameter", (value, answer.content)


def in_english(text):
    with translation.override("en"):
        return str(text)


def test_type_of_a_problem_explains_itself(stranger):
    for name, kind in PROBLEM_TYPES.items():
        assert stranger.get(f"/api/problems/{name}/").json() == {
            "type": f"{SITE}/api/problems/{name}/",
            "title": in_english(kind.title),
            "status": kind.status,
            "description": in_english(kind.advice),
        }


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (RuntimeError("secret"), "internal-error"),
        (IntegrityError("secret"), "conflict"),
        (OperationalError("secret"), "unavailable"),
        (RoadmapError("It is closed."), "invalid"),
    ],
)
def test_faults_behind_the_door_tell_nothing_secret(stranger, milestone, monkeypatch, caplog, error, name):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("roadmap.api.viewsets.frame.roadmap_summary", fail)
    stranger.client.raise_request_exception = False
    answer = stranger.get("roadmaps/smart/progress/")
    found, body = problem(answer)
    assert (found, "secret" in answer.content.decode()) == (name, False)
    assert ("secret" in caplog.text) == (name != "invalid")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get("Retry-After") == ("5" if name == "unavailable" else None)
    assert body["instance"] == "/api/v1/roadmaps/smart/progress/"


@pytest.mark.parametrize(
    ("steps", "pointer"), [((), "#"), (("a", 0, "b"), "#/a/0/b"), (("a/b", "c~d", "中"), "#/a~1b/c~0d/%E4%B8%AD")]
)
def test_pointer_escapes_what_it_must(steps, pointer):
    assert pointer_to(*steps) == pointer


def test_an_unknown_parameter_is_named_with_those_there_are(office):
    told = office.get("organisations/?foo=1&page_siz=2").json()["errors"]
    assert [error["parameter"] for error in told] == ["foo", "page_siz"]
    assert told[0]["detail"].startswith("There is no parameter “foo” here; there are: ")
    listed = told[0]["detail"].partition("there are: ")[2].rstrip(".").split(", ")
    assert listed == sorted(listed)
    assert all(office.get(f"organisations/?{name}=").status_code != 400 or name for name in listed)


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        (
            "milestones/99999/",
            "There is no entry “99999” here, or it lies out of your reach. "
            "GET /api/v1/milestones/ lists what there is.",
        ),
        ("milestones/99999/reports/", "Nothing has this address, or it lies out of your reach."),
        ("nothing/", "Nothing has this address, or it lies out of your reach."),
    ],
)
def test_what_is_missing_is_named_with_where_to_look(office, path, detail):
    assert office.get(path).json()["detail"] == detail


@pytest.mark.parametrize("day", ["30.6.2026", "2026年6月30日", "2026-06-31"])
def test_a_wrong_day_is_answered_with_a_right_one(office, milestone, day):
    in_query = office.get(f"milestones/?due_on_after={day}").json()["errors"]
    in_body = office.post(f"milestones/{milestone.pk}/reschedule/", {"due_on": day, "reason": "x"}, If_Match="*")
    right = "Write a day as 2026-06-30."
    assert (in_query[0]["detail"], in_body.json()["errors"][0]["detail"]) == (right, right)
