"""What opens an account never leaves its room: a walk through pages, lists, histories, exports, answers and logs."""

import json
import logging
import re
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit
from zipfile import ZipFile, is_zipfile

import pytest
import yaml
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client

from roadmap import clock
from roadmap.editing.tokens import make_token
from roadmap.factor_secrets import opened
from roadmap.models import Person
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.admin.rows import make_message, make_occurrence, make_subscription
from tests.servers.authenticator import code_of

pytestmark = pytest.mark.django_db
PASSWORD = "long enough for anybody"
SCHEMA = Path(__file__).parent.parent.parent / "docs" / "openapi.yaml"
STARTS = ["/", "/admin/", "/account/", "/second-factor/", "/my-mail/", "/subscribe/", "/changes/", "/api/v1/"]
LINK = re.compile(r'(?<![:\w])(?:href|action)="([/?][^"#]*)')
LEADS_OUT = ("/sign-out/", "/admin/logout/", "/static/", "/api/docs", "/api/schema")


def with_everything(person: Person) -> list[str]:
    """Give the person a password, an app, a passkey, recovery codes, a session and a token; what of it is secret."""
    person.set_password(PASSWORD)
    person.save()
    client = Client()
    client.post("/sign-in/", {"username": person.username, "password": PASSWORD})
    key = re.findall(r'class="secret">([A-Z2-7 ]+)<', client.get("/second-factor/app/").content.decode())[0]
    client.post("/second-factor/app/", {"code": code_of(key)})
    codes = re.findall(r"<li><code>(\w+)</code>", client.get("/second-factor/recovery-codes/").content.decode())
    credential = b64encode(b"the id of a passkey").decode()
    data = {"name": "Key", "credential": {"id": credential, "rawId": credential}}
    Authenticator.objects.create(user=person, type="webauthn", data=data)
    token, text = make_token(person, by=SYSTEM, now=clock.now(), name="nightly")
    sealed = [one.data[name] for one in Authenticator.objects.all() for name in ("secret", "seed") if name in one.data]
    assert (len(codes), len(sealed)) == (10, 2)
    return [
        *(person.password, person.password.split("$")[-1], key, key.replace(" ", ""), credential, text, token.digest),
        *(*codes, *sealed, *map(opened, sealed), str(client.session.session_key)),
    ]


def said(response: HttpResponse) -> str:
    """All that is in the answer: also within a file of a spreadsheet program, and in its head."""
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    if is_zipfile(BytesIO(body)):
        with ZipFile(BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return f"{response.headers}\n{body.decode(errors='replace')}"


def kinds_in(address: str) -> set[tuple[str, str]]:
    """Of many pages alike one is enough: numbers, and what is asked for, don't matter; each thing to ask for does."""
    parts = urlsplit(address)
    path = re.sub(r"\d+", "0", parts.path)
    return {(path, ""), *((path, name) for name, _value in parse_qsl(parts.query, keep_blank_values=True))}


def walked(client: Client, starts: list[str]) -> Iterator[tuple[str, str]]:
    """Each kind of page that a link leads to, with what it says."""
    waiting, known = [*starts], set().union(*map(kinds_in, starts))
    while waiting:
        address = waiting.pop()
        response = client.get(address, headers={"Accept-Language": "en"})
        text = said(response)
        yield address, text
        for link in [*LINK.findall(text), response.headers.get("Location", "")]:
            onward = urljoin(address, link.replace("&amp;", "&"))
            if onward.startswith("/") and not onward.startswith(LEADS_OUT) and not kinds_in(onward) <= known:
                known |= kinds_in(onward)
                waiting.append(onward)


def api_addresses(client: Client) -> Iterator[str]:
    """Every address of the API that is read, as JSON and as a table, of the first row where it is of one."""
    for path, ways in yaml.safe_load(SCHEMA.read_text())["paths"].items():
        if "get" not in ways:
            continue
        address, parameter, _rest = path.partition("{")
        if parameter:
            found = json.loads(client.get(address).content).get("results") or [{}]
            name = path.partition("{")[2].partition("}")[0]
            address = path.replace("{" + name + "}", str(found[0].get(name) or found[0].get("code") or 1))
        yield from (address, f"{address}?format=csv", f"{address}?format=xlsx", f"{address}?as_of=2020-01-01")


def people_with_secrets() -> tuple[Client, Person, list[str]]:
    """A superuser's browser; somebody with all that opens an account, who stands in plan and mail; what is secret."""
    milestone = make.make_milestone()
    person = make.make_person(username="lin", organisation=make.make_organisation())
    milestone.owner = person
    milestone.save()
    make_subscription(person=person)
    make_occurrence(milestone=milestone)
    make_message(recipient=person)
    secrets = with_everything(person)
    client = Client()
    client.force_login(make.make_office_person(is_superuser=True, username="boss"))
    return client, person, secrets


def test_where_people_are_nothing_tells_what_opens_their_account(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, person, secrets = people_with_secrets()
    room = "/admin/roadmap/person/"
    own = Client()
    own.force_login(person)
    pages = {
        *((client, f"{room}{path}") for path in ("", "?q=lin", f"{person.pk}/change/", f"{person.pk}/history/")),
        *(
            (client, f"/api/v1/{path}/")
            for path in ("tokens", "service-accounts", "invitations", "changes", "milestones")
        ),
        *((own, path) for path in ("/account/", "/second-factor/", "/second-factor/recovery-codes/", "/my-mail/")),
    }
    told = {
        (address, secret)
        for by, address in pages
        for text in [said(by.get(address))]
        for secret in secrets
        if secret in text
    }
    assert told | {("log", secret) for secret in [*secrets, PASSWORD] if secret in caplog.text} == set()


@pytest.mark.everything
def test_no_page_and_no_answer_tells_what_opens_an_account(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, person, secrets = people_with_secrets()
    pages = dict(walked(client, [*STARTS, f"/admin/roadmap/person/{person.pk}/change/"]))
    pages |= {address: said(client.get(address)) for address in api_addresses(client)}
    assert {f"/admin/roadmap/person/{person.pk}/history/", "/api/v1/tokens/?format=csv"} <= set(pages)
    told = {(address, secret) for address, text in pages.items() for secret in secrets if secret in text}
    assert told | {("log", secret) for secret in [*secrets, PASSWORD] if secret in caplog.text} == set()
