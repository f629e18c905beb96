"""Requests that no database could be asked for: bad ones, at every door."""

import io
import json
from typing import Any

import pytest
from django.core.signals import request_started
from django.db import IntegrityError, close_old_connections
from django.test import Client, override_settings

from roadmap.editing.tokens import make_token
from roadmap.models import Person
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.api.conftest import NOW
from tracker.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

HUGE = 10**30
LONG = "x" * 100_000


@pytest.fixture
def office() -> Person:
    return make.make_office_person(is_superuser=True)


@pytest.fixture
def entered(office: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(office)
    return client


@pytest.fixture
def client() -> Client:
    """Somebody who isn't signed in; what breaks is answered 500, as in earnest."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "address",
    [
        "/milestones/?q=a%00b",
        "/milestones/?phase=%00",
        "/admin/search/?s=a%00&extended=1",
        "/admin/autocomplete/?app_label=roadmap&model_name=milestone&field_name=owner&term=%00",
        "/admin/files/%00",
        "/admin/roadmap/person/?q=%00",
        "/admin/roadmap/person/%00/change/",
        "/admin/roadmap/milestone/act/complete/?ids=1%00",
        "/roadmaps/%00/",
        "/answer/%00/",
        "/unsubscribe/a%00/",
        "/mailbox/%00/",
        "/sign-in/?next=%00",
    ],
)
def test_nul_in_an_address_is_a_bad_request_whatever_the_page(entered: Client, address: str) -> None:
    make.make_milestone()
    assert entered.get(address).status_code == 400


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "anything"])
@pytest.mark.parametrize("page", ["/", "/admin/", "/admin/login/", "/sign-in/", "/api/v1/milestones/", "/answer/x/"])
def test_nul_in_a_cookie_is_a_bad_request(client: Client, name: str, page: str) -> None:
    assert client.get(page, HTTP_COOKIE=rf'{name}="\000abc"').status_code == 400


@pytest.mark.parametrize("name", ["HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE", "HTTP_AUTHORIZATION", "HTTP_X_REQUEST_ID"])
def test_nul_in_a_header_is_a_bad_request(client: Client, name: str) -> None:
    assert client.get("/", **{name: "a\x00b"}).status_code == 400


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/sign-in/", {"username": "a\x00b", "password": "x"}),
        ("/sign-in/", {"user\x00name": "a", "password": "x"}),
        ("/admin/login/", {"username": "a", "password": "x\x00"}),
        ("/i18n/setlang/", {"language": "\x00"}),
        ("/my-mail/reminders/", {"form_key": "\x00"}),
        ("/my-mail/digests/new/", {"form_key": "\x00", "roadmap": "\x00"}),
        ("/second-factor/app/", {"code": "\x00"}),
        ("/second-factor/passkey/", {"credential": "\x00"}),
        ("/admin/roadmap/organisation/add/", {"code": "\x00", "name_zh": "a"}),
        ("/admin/roadmap/person/invite/", {"email": "\x00"}),
    ],
)
def test_nul_in_a_form_is_a_bad_request(client: Client, entered: Client, page: str, form: dict[str, str]) -> None:
    sender = client if page in {"/sign-in/", "/admin/login/", "/i18n/setlang/"} else entered
    assert sender.post(page, form).status_code == 400


@pytest.mark.parametrize("page", ["/sign-in/", "/admin/login/"])
@pytest.mark.parametrize("name", [LONG, "\ud800".encode("utf-8", "surrogatepass"), "x" * 200, "\u0001", "𝔘" * 150])
def test_a_strange_user_name_is_wrong_and_no_failure(client: Client, page: str, name: Any) -> None:
    for password in ("x", LONG):
        assert client.post(page, {"username": name, "password": password}).status_code < 500


@pytest.mark.parametrize(
    "address",
    [
        f"/admin/roadmap/milestone/{HUGE}/change/",
        f"/admin/roadmap/milestone/act/complete/?ids={HUGE}",
        f"/admin/mail/{HUGE}/",
        f"/admin/baseline/{HUGE}/compared/",
        f"/admin/roadmap/milestone/{HUGE}/duplicate/",
        f"/admin/roadmap/milestone/views/{HUGE}/remove/",
        f"/admin/roadmap/person/{HUGE}/password/",
        f"/admin/plan-as-of/?day={HUGE}",
        f"/evidence/{HUGE}/file/",
        f"/my-mail/digests/{HUGE}/",
        f"/milestones/m-1/answer/{HUGE}/",
        f"/milestones/?page={HUGE}",
        f"/mailbox/?page={HUGE}",
        "/?as_of=0000-01-01",
        "/?as_of=99999-01-01",
        "/?as_of=0001-01-01",
        "/?as_of=9999-12-31",
        "/calendar/?as_of=9999-12-31",
        "/calendar/?month=9999-12",
        "/calendar/?month=0001-01",
        "/timeline/?as_of=9999-12-31",
        "/timeline/?from=0001-01-01&until=9999-12-31",
        "/progress/?as_of=0001-01-01",
        "/changes/?from=0001-01-01&until=9999-12-31",
        "/explain/?as_of=9999-12-31",
        "/embed/matrix/?as_of=9999-12-31",
    ],
)
def test_numbers_and_days_beyond_all_bounds_are_no_failure(entered: Client, address: str) -> None:
    make.make_milestone(code="m-1")
    assert entered.get(address).status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        "search=%00",
        "phase=%00",
        f"phase={HUGE}",
        f"page_size={HUGE}",
        "due_on_after=0000-01-01",
        "due_on_before=99999-01-01",
        "as_of=9999-12-31",
        "as_of=0001-01-01",
        "weight_min=NaN",
        "weight_min=Infinity",
        "cursor=%00",
        "fields=%00",
        "ordering=%00",
        "tag=%00",
    ],
)
def test_the_api_tells_of_what_cannot_be_looked_for(entered: Client, query: str) -> None:
    make.make_milestone()
    for path in ("milestones", "progress-updates", "phases", "observations"):
        answer = entered.get(f"/api/v1/{path}/?{query}")
        assert answer.status_code < 500
        if "%00" in query:
            assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("address", ["/api/v1/roadmaps/%00/", "/api/feeds/%00/changes.atom", f"/api/v1/phases/{HUGE}/"])
def test_the_api_has_no_such_address(entered: Client, address: str) -> None:
    assert 400 <= entered.get(address).status_code < 500


@pytest.mark.parametrize(
    "value", ["a\x00b", "\\ud800", "NaN", "Infinity", "1e999", HUGE, -HUGE, LONG, {"a\x00": 1}, ["\x00"], "\x0b"]
)
def test_no_value_in_a_body_makes_the_api_fail(office: Person, client: Client, value: Any) -> None:
    milestone = make.make_milestone()
    _token, text = make_token(office, by=SYSTEM, now=NOW, name="t")
    told = json.dumps(value).replace("\\\\ud800", "\\ud800")
    bare = value if value in ("NaN", "Infinity", "1e999") else told
    bodies = {
        f"milestones/{milestone.pk}/progress-updates/": '{"percent_complete": BARE, "narrative_en": TOLD}',
        "tokens/": '{"name": TOLD, "scopes": [TOLD], "person": BARE}',
        "feeds/": '{"name": TOLD}',
        "external-references/": '{"system": TOLD, "reference": TOLD, "milestone": TOLD}',
        "dependencies/": '{"predecessor": TOLD, "successor": TOLD, "lag_working_days": BARE}',
        "baselines/": '{"roadmap": TOLD, "name": TOLD, "reason": TOLD, "approved_on": TOLD}',
        "service-accounts/": '{"username": TOLD, "full_name": TOLD, "organisation": TOLD}',
        "webhooks/": '{"url": TOLD, "events": [TOLD]}',
        "leave/": '{"from_on": TOLD, "until_on": TOLD, "deputy": TOLD}',
        "milestones/": '{"code": TOLD, "initiative": TOLD, "weight": BARE, "title_zh": TOLD, "tags": [TOLD]}',
        "invitations/": '{"a\\u0000": TOLD}',
    }
    for path, body in bodies.items():
        sent = {"HTTP_AUTHORIZATION": f"Bearer {text}", "HTTP_IDEMPOTENCY_KEY": f"key-{path}"}
        body = body.replace("TOLD", told).replace("BARE", str(bare))
        answer = client.generic("POST", f"/api/v1/{path}", body.encode(), "application/json", **sent)
        assert answer.status_code < 500, (path, body[:200])


def test_percent_sign_and_zeros_are_looked_for(client: Client) -> None:
    make.make_milestone()
    assert client.get("/milestones/?q=%2500").status_code == 200


def served(address: str, kind: str, form: bytes = b"") -> str:
    """The status that the web server would send on: the framework reads an address before any middleware is asked."""
    path, _mark, query = address.partition("?")
    told: list[str] = []
    environ = {"REQUEST_METHOD": "POST" if form else "GET", "PATH_INFO": path, "QUERY_STRING": query,
               "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(form)), "SERVER_NAME": "testserver",
               "SERVER_PORT": "80", "wsgi.input": io.BytesIO(form), "wsgi.url_scheme": "http"}  # fmt: skip
    request_started.disconnect(close_old_connections)  # as the test client does: the connection is the test's
    try:
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            application(environ, lambda status, _headers: told.append(status))
    finally:
        request_started.connect(close_old_connections)
    return told[0]


@pytest.mark.parametrize("encoding", ["hex", "undefined", "idna", "utf-7", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize(
    "address", ["/milestones/?q=%2BAAA-", "/?as_of=2026-01-01", "/admin/search/?s=a", "/api/v1/milestones/?search=a",
                "/embed/matrix/?lang=en", "/api/feeds/changes.atom?a=b"]
)  # fmt: skip
def test_addresses_are_in_utf_8_whatever_a_header_says(address: str, encoding: str) -> None:
    assert served(address, f"text/plain; charset={encoding}") == "400 Bad Request"


@pytest.mark.parametrize("encoding", ["base64", "undefined", "utf-16"])
def test_forms_are_in_utf_8(encoding: str) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\nen\r\n--x--\r\n'
    kind = f"multipart/form-data; boundary=x; charset={encoding}"
    assert served("/i18n/setlang/", kind, form) == "400 Bad Request"


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8", '"utf-8"', "no-such-encoding"])
def test_utf_8_has_many_names(encoding: str) -> None:
    assert served("/milestones/?q=a", f"text/plain; charset={encoding}") == "200 OK"


def test_what_another_stored_in_the_same_moment_is_a_conflict(entered: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def stored_meanwhile(**_fields: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr("roadmap.admin.account_acts.invite_person", stored_meanwhile)
    invited = {"full_name": "G", "email": "g@example.org", "role": "observer", "language": "en"}
    answer = entered.post("/admin/roadmap/person/invite/", invited)
    assert (answer.status_code, "Saved at the same moment" in answer.content.decode()) == (409, True)
