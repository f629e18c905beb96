"""Who may do what: every route of the API for everybody who could come, from one table.

A route without a row fails. The rules themselves are in ``roadmap.rights``, and tested there through the acts.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from roadmap.api import urls
from roadmap.api.urls import v1
from roadmap.editing.baselines import set_baseline
from roadmap.editing.feeds import make_feed_address
from roadmap.editing.tokens import make_token
from roadmap.models import ApiToken, Dependency, Evidence, ExternalReference, Milestone, Person, Webhook
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import PersonKind, Role, Scope
from tests import factories as make
from tests.admin.rows import make_invitation, make_leave, make_subscription
from tests.api.conftest import NOW, Caller
from tests.api.test_reading import make_indicator, make_observation

pytestmark = pytest.mark.django_db
OK, UNKNOWN, REFUSED, NOWHERE, INVALID = "ok", 401, 403, 404, 422
PEOPLE = (
    *("anonymous", "office", "lead above", "lead own", "lead below", "lead foreign", "lead of none"),
    *("contributor own", "contributor foreign", "service own", "service foreign"),
    *("verifier own", "auditor own", "observer own", "owner"),
)
OUTSIDE = ("lead below", "lead foreign", "lead of none", "contributor foreign", "service foreign")


def row(otherwise: int | str, **outcomes: Any) -> dict[str, Any]:
    """What happens to each caller; names with underscores stand for those with spaces."""
    told = {name.replace("_", " "): outcome for name, outcome in outcomes.items()}
    return {person: told.get(person, otherwise) for person in PEOPLE}


OPEN = dict.fromkeys(("anonymous", "office", "lead foreign", "observer own"), OK)
PERSONAL = row(OK, anonymous=UNKNOWN)
OF_OFFICE = row(REFUSED, anonymous=UNKNOWN, office=OK)
PLAN = {
    **row(REFUSED, anonymous=UNKNOWN, office=OK, lead_above=OK, lead_own=OK),
    **dict.fromkeys(OUTSIDE, NOWHERE),
}
REPORTERS = {"contributor own": OK, "service own": OK, "owner": OK}
REPORT = {**PLAN, **REPORTERS}
NAMED_IN_BODY = {who: INVALID if what in {REFUSED, NOWHERE} else what for who, what in REPORT.items()}
PLAN_IN_BODY = {who: INVALID if what in {REFUSED, NOWHERE} else what for who, what in PLAN.items()}
NAMING = {who: REFUSED if what == NOWHERE else what for who, what in REPORT.items()}
NEW_MILESTONE = {who: REFUSED if what == NOWHERE else what for who, what in PLAN.items()}
MANAGED = row(NOWHERE, anonymous=UNKNOWN, office=OK, lead_above=OK, lead_own=OK)
OWN = row(NOWHERE, anonymous=UNKNOWN, office=OK, owner=OK)
OWN_ONLY = row(NOWHERE, anonymous=UNKNOWN, owner=OK)
ARRANGED = row(NOWHERE, anonymous=UNKNOWN, office=OK, lead_above=OK, lead_own=OK, owner=OK)
TABLE_FILE = {  # of which there is none: who may write some milestone is told so
    who: INVALID if who in {"office", "lead above", "lead own", "lead below", "lead foreign"} else what
    for who, what in row(REFUSED, anonymous=UNKNOWN).items()
}
NEW_ACCOUNT = row(REFUSED, anonymous=UNKNOWN, office=OK, lead_above=OK, lead_own=OK)


@dataclass(frozen=True)
class Row:
    """What a route's request is, what it does to whom, and the scope that a token needs for it."""

    outcome: dict[str, Any]
    scope: Scope | None = Scope.READ  # None where no token is looked at
    body: Any = None
    hands_on: frozenset[Scope] = frozenset()  # what somebody gets by it, which the token has to hold too


READING, REPORTING = frozenset({Scope.READ}), frozenset({Scope.READ, Scope.PROGRESS})
REPORTED = {"milestone": "m-1", "percent_complete": 5}
VALUE = {"indicator": "i", "period": "p", "period_zh": "期", "period_en": "P", "ends_on": "2026-06-30", "value": 1}
DATES = {"due_on": "2027-01-31", "reason": "r"}
MADE = {"code": "new", "initiative": "review", "phase": "basic", "title_zh": "新", "title_en": "New",
        "organisation": "gacc", "planned_start_on": "2026-07-01", "due_on": "2026-12-31"}  # fmt: skip
HOOK = {"url": "https://example.org/", "events": ["progress.recorded"]}
ACCOUNT = {"username": "new", "full_name": "N", "organisation": "gacc"}
AWAY = {"from_on": "2027-02-01", "until_on": "2027-02-14", "deputy": "deputy"}
GUEST = {"full_name": "G", "email": "guest@example.org", "role": "contributor", "organisation": "gacc"}
READ_BY_ALL = (
    *("roadmap", "phase", "pillar", "workstream", "initiative", "milestone", "progress-update", "indicator"),
    *("observation", "organisation", "external-reference", "dependency", "baseline"),
)
TABLE: dict[tuple[str, str], Row] = {
    ("get", "api-root"): Row(OPEN),
    ("get", "change-list"): Row(OPEN),
    **{("get", f"{name}-{kind}"): Row(OPEN) for name in READ_BY_ALL for kind in ("list", "detail")},
    **{("get", f"milestone-{name}"): Row(OPEN) for name in ("progress-updates", "evidence", "history", "comments")},
    **{("get", f"roadmap-{name}"): Row(OPEN) for name in ("progress", "roll-up", "series", "explain",
                                                               "forecast", "network")},
    ("get", "baseline-entries"): Row(OPEN),
    ("get", "indicator-observations"): Row(OPEN),
    ("get", "evidence-file"): Row(PERSONAL),
    ("get", "milestone-reminders"): Row({**REPORT, "auditor own": OK}),
    **{("get", f"{name}-list"): Row(PERSONAL) for name in ("token", "service-account")},
    **{("get", f"{name}-detail"): Row(MANAGED) for name in ("token", "service-account")},
    ("post", "milestone-import"): Row(TABLE_FILE, Scope.CATALOGUE, {"reason": "r"}),
    ("post", "milestone-list"): Row(NEW_MILESTONE, Scope.CATALOGUE, MADE),
    ("patch", "milestone-detail"): Row(PLAN, Scope.CATALOGUE, {"title_en": "x"}),
    ("post", "milestone-complete"): Row(PLAN, Scope.CATALOGUE, {}),
    ("post", "milestone-verify"): Row({**{who: INVALID if PLAN[who] == OK else PLAN[who] for who in PLAN},
                                       "verifier own": INVALID}, Scope.CATALOGUE, {"reason": "it isn't done"}),
    ("post", "milestone-reopen"): Row({**PLAN, **{who: INVALID for who in PLAN if PLAN[who] == OK}},
                                      Scope.CATALOGUE, {"reason": "it is open"}),
    ("post", "milestone-cancel"): Row(PLAN, Scope.CATALOGUE, {"reason": "r"}),
    ("post", "milestone-reschedule"): Row(PLAN, Scope.CATALOGUE, DATES),
    ("post", "milestone-reassign"): Row(PLAN, Scope.CATALOGUE, {"owner": None}),
    ("post", "milestone-bulk"): Row(PLAN_IN_BODY, Scope.CATALOGUE,
                                    {"items": [{"milestone": "m-1"}], "add_tags": ["t"]}),
    ("post", "milestone-progress-updates"): Row(REPORT, Scope.PROGRESS, {"percent_complete": 5}),
    ("post", "milestone-evidence"): Row(REPORT, Scope.PROGRESS, {"kind": "note", "title": "t", "note": "n"}),
    ("post", "milestone-comments"): Row(REPORT, Scope.PROGRESS, {"text": "Is the port ready?"}),
    ("post", "milestone-evidence-file"): Row(REPORT, Scope.PROGRESS, {"kind": "note", "title": "t", "note": "n"}),
    ("post", "progress-update-list"): Row(NAMED_IN_BODY, Scope.PROGRESS, REPORTED),
    ("post", "progress-update-withdraw"): Row(PLAN, Scope.PROGRESS, {"reason": "r"}),
    ("post", "progress-update-bulk"): Row(NAMED_IN_BODY, Scope.PROGRESS, {"items": [REPORTED]}),
    ("post", "indicator-observations"): Row(OF_OFFICE, Scope.PROGRESS,
                                            {name: VALUE[name] for name in VALUE if name != "indicator"}),
    ("post", "observation-list"): Row(OF_OFFICE, Scope.PROGRESS, VALUE),
    ("post", "observation-bulk"): Row(OF_OFFICE, Scope.PROGRESS, {"items": [VALUE]}),
    ("post", "external-reference-list"): Row(NAMING, Scope.PROGRESS,
                                             {"system": "s", "reference": "2", "milestone": "m-1"}),
    ("delete", "external-reference-detail"): Row(REPORT, Scope.PROGRESS),
    ("post", "dependency-list"): Row(NEW_MILESTONE, Scope.CATALOGUE, {"predecessor": "third", "successor": "m-1"}),
    ("delete", "dependency-detail"): Row(PLAN, Scope.CATALOGUE),
    ("post", "baseline-list"): Row(OF_OFFICE, Scope.CATALOGUE, {"roadmap": "smart", "name": "b", "reason": "r"}),
    ("post", "token-list"): Row(PERSONAL, Scope.ACCOUNT, {"name": "t", "scopes": ["account:write"]}),
    ("delete", "token-detail"): Row(MANAGED, Scope.ACCOUNT),
    ("post", "service-account-list"): Row(NEW_ACCOUNT, Scope.ACCOUNT, ACCOUNT, REPORTING),
    ("get", "digest-subscription-list"): Row(PERSONAL),
    ("get", "digest-subscription-detail"): Row(OWN),
    ("post", "digest-subscription-list"): Row(PERSONAL, Scope.ACCOUNT, {"roadmap": "smart"}),
    ("patch", "digest-subscription-detail"): Row(OWN, Scope.ACCOUNT, {"weekday": 5}),
    ("delete", "digest-subscription-detail"): Row(OWN, Scope.ACCOUNT),
    ("post", "digest-subscription-pause"): Row(OWN, Scope.ACCOUNT, {"until": "2026-12-31"}),
    ("get", "leave-list"): Row(PERSONAL),
    ("get", "leave-detail"): Row(ARRANGED),
    ("post", "leave-list"): Row(PERSONAL, Scope.ACCOUNT, AWAY),
    ("patch", "leave-detail"): Row(ARRANGED, Scope.ACCOUNT, {"until_on": "2027-01-20"}),
    ("delete", "leave-detail"): Row(ARRANGED, Scope.ACCOUNT),
    ("get", "invitation-list"): Row(PERSONAL),
    ("get", "invitation-detail"): Row(MANAGED),
    ("post", "invitation-list"): Row(NEW_ACCOUNT, Scope.ACCOUNT, GUEST, REPORTING),
    ("post", "invitation-again"): Row(MANAGED, Scope.ACCOUNT, None, REPORTING),
    ("delete", "invitation-detail"): Row(MANAGED, Scope.ACCOUNT),
    ("get", "feed-list"): Row(PERSONAL),
    ("get", "feed-detail"): Row(OWN_ONLY),
    ("post", "feed-list"): Row(PERSONAL, Scope.ACCOUNT, {"name": "phone"}, READING),
    ("delete", "feed-detail"): Row(OWN_ONLY, Scope.ACCOUNT),
    ("get", "webhook-list"): Row(PERSONAL),
    **{("get", f"webhook-{name}"): Row(OWN) for name in ("detail", "deliveries")},
    ("post", "webhook-list"): Row(PERSONAL, Scope.ACCOUNT, HOOK, READING),
    ("patch", "webhook-detail"): Row(OWN, Scope.ACCOUNT, {"is_active": False}, READING),
    ("delete", "webhook-detail"): Row(OWN, Scope.ACCOUNT),
    ("post", "webhook-new-secret"): Row(OWN, Scope.ACCOUNT, {}, READING),
    ("post", "webhook-ping"): Row(OWN, Scope.ACCOUNT, {}),
    ("post", "webhook-redeliver"): Row({**OWN, "office": INVALID, "owner": INVALID}, Scope.ACCOUNT,
                                       {"delivery": "0b6ff3a4-6d0b-4c7b-9e0e-4f4a1c9d2e11"}),
    ("delete", "service-account-detail"): Row(MANAGED, Scope.ACCOUNT),
    ("get", "changes-atom"): Row(OPEN),
    **{("get", name): Row(row(OK), scope=None)
       for name in ("feed-due-dates", "feed-changes", "schema", "docs", "problem-type")},
}  # fmt: skip


def routes() -> set[tuple[str, str]]:
    """Every method and name below /api/, but for the answer that there is no such address."""
    found = set()
    for pattern in [*v1.urls, *(one for one in urls.urlpatterns if isinstance(one, URLPattern))]:
        view = pattern.callback
        methods = getattr(view, "actions", None) or [
            name for name in view.cls.http_method_names if hasattr(view.cls, name)
        ]
        found |= {(method, str(pattern.name)) for method in methods if method not in {"head", "options"}}
    return found


@dataclass(frozen=True)
class Stage:
    """The rows that requests are about, and everybody's keys."""

    ids: dict[str, Any]
    named: dict[str, dict[str, str]]
    keys: dict[str, str]

    def status(self, method: str, name: str, body: Any, key: str) -> Any:
        address = reverse(f"api:{name}", kwargs=self._kwargs(name))
        with transaction.atomic():
            answer = Caller(Client(), key)(method.upper(), address, body, If_Match="*")
            transaction.set_rollback(True)
        list(getattr(answer, "streaming_content", ()))  # a file is closed when it was read
        return OK if answer.status_code < 300 else answer.status_code

    def _kwargs(self, name: str) -> dict[str, Any]:
        if name in self.named:
            return self.named[name]
        basename = max((one for one in self.ids if name.startswith(f"{one}-")), key=len, default="")
        if not basename or name in {f"{basename}-list", f"{basename}-bulk", f"{basename}-import"}:
            return {}
        return {"code" if basename == "roadmap" else "pk": self.ids[basename]}


def make_paper(milestone: Milestone) -> Evidence:
    """A piece of evidence with its file."""
    paper = make.make_evidence(milestone, kind="file", note="", file="there", file_name="a.txt")
    paper.file.save("a.txt", ContentFile(b"a"))
    return paper


def make_people(milestone: Milestone) -> dict[str, Person]:
    """Everybody who could come but strangers; the milestone's organisation stands below another, above a third."""
    top = make.make_organisation(code="top")
    own = milestone.organisation
    type(own).objects.filter(pk=own.pk).update(parent=top, path="top/gacc/")
    own.refresh_from_db()
    places = {
        "above": top,
        "own": own,
        "below": make.make_organisation(own, code="low"),
        "foreign": make.make_organisation(top, code="beside"),
        "of none": None,
    }
    Milestone.objects.filter(pk=milestone.pk).update(owner=make.make_person(role=Role.OBSERVER, organisation=own))
    milestone.refresh_from_db()
    make.make_person(username="deputy")
    people = {"office": make.make_office_person(), "owner": milestone.owner}
    for who in PEOPLE:
        word, _space, place = who.partition(" ")
        if word in {"anonymous", *people}:
            continue
        service = {"kind": PersonKind.SERVICE, "role": Role.CONTRIBUTOR, "email": ""} if word == "service" else {}
        people[who] = make.make_person(**{"role": word, "organisation": places[place], **service})
    return people


@pytest.fixture
def stage(milestone: Milestone) -> Stage:
    people = make_people(milestone)
    own = milestone.organisation
    keys = {who: make_token(person, by=SYSTEM, now=NOW, name="t")[1] for who, person in people.items()}
    for scope in Scope:
        keys[scope.value] = make_token(people["office"], by=SYSTEM, now=NOW, name="t", scopes=[scope])[1]
    ApiToken.objects.update(last_used_on=NOW.date())
    account = make.make_person(kind=PersonKind.SERVICE, organisation=own, email="")
    roadmap = milestone.phase.roadmap
    indicator = make_indicator(roadmap, code="i")
    before, _third = (make.make_milestone(milestone.initiative, milestone.phase, code=code) for code in ("b", "third"))
    feed, secret = make_feed_address(milestone.owner, by=SYSTEM, name="phone")
    ids = {
        "roadmap": roadmap.code,
        "phase": milestone.phase_id,
        "pillar": milestone.initiative.pillar_id,
        "workstream": make.make_workstream(roadmap).pk,
        "initiative": milestone.initiative_id,
        "milestone": milestone.pk,
        "progress-update": make.make_update(milestone, 1, NOW.date()).pk,
        "evidence": make_paper(milestone).pk,
        "indicator": indicator.pk,
        "observation": make_observation(indicator).pk,
        "organisation": own.pk,
        "external-reference": ExternalReference.objects.create(system="s", reference="r", milestone=milestone).pk,
        "dependency": Dependency.objects.create(predecessor=before, successor=milestone).pk,
        "baseline": set_baseline(roadmap, by=SYSTEM, now=NOW, name="approved").pk,
        "digest-subscription": make_subscription(person=milestone.owner).pk,
        "leave": make_leave(milestone.owner).pk,
        "invitation": make_invitation(organisation=own).pk,
        "feed": feed.pk,
        "webhook": Webhook.objects.create(person=milestone.owner, url="https://e.org/", events="progress.recorded").pk,
        "token": make_token(account, by=SYSTEM, now=NOW, name="t")[0].pk,
        "service-account": account.pk,
    }
    under_secret = {"secret": secret}
    named = {"feed-due-dates": under_secret, "feed-changes": under_secret, "problem-type": {"name": "invalid"}}
    return Stage(ids, {"changes-atom": {}, "schema": {}, "docs": {}, **named}, {"anonymous": "", **keys})


def test_every_route_has_its_row():
    assert routes() == set(TABLE)


def test_every_route_is_open_to_whom_the_table_says(stage):
    found = {
        (route, who): stage.status(*route, one.body, stage.keys[who])
        for route, one in TABLE.items()
        for who in one.outcome
    }
    assert found == {(route, who): what for route, one in TABLE.items() for who, what in one.outcome.items()}


def test_every_route_needs_the_scope_that_the_table_says(stage):
    found = {
        (route, scope): stage.status(*route, one.body, stage.keys[scope]) == REFUSED
        for route, one in TABLE.items()
        for scope in Scope
    }
    assert found == {
        (route, scope): one.scope not in {scope, None} or not one.hands_on <= {scope}
        for route, one in TABLE.items()
        for scope in Scope
    }


def test_without_public_reading_strangers_read_nothing(stage, settings):
    settings.PUBLIC_READING = False
    found = {route: stage.status(*route, one.body, "") for route, one in TABLE.items()}
    assert found == {route: OK if one.scope is None else UNKNOWN for route, one in TABLE.items()}
