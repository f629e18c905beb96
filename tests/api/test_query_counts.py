"""Every reading route costs the same number of queries, however much there is; the first, of the token, tells the
revision, too. A route without its costs fails."""

from typing import Any

import pytest
from django.urls import reverse

from roadmap.models import Milestone
from tests import factories as make
from tests.api.conftest import caller_for
from tests.api.plenty import fill
from tests.api.test_rights_table import routes
from tests.numbers import NUMBERS

pytestmark = pytest.mark.django_db
FRAME = "phase,pillar,workstream,initiative,organisation"
COSTS: dict[str, dict[str, int]] = {
    "api-root": {"": 1},
    "roadmap-list": {"": 2},
    "roadmap-detail": {"": 2},
    "roadmap-progress": {"": 10},
    "roadmap-roll-up": {"?by=phase,pillar": 5, "?by=organisation,workstream": 6},
    "roadmap-series": {"": 7},
    "roadmap-explain": {"": 5, "?phase=basic": 6},
    "roadmap-forecast": {"": 9},
    "roadmap-network": {"": 8},
    "phase-list": {"": 2},
    "phase-detail": {"": 2},
    "pillar-list": {"": 2},
    "pillar-detail": {"": 2},
    "workstream-list": {"": 2},
    "workstream-detail": {"": 2},
    "initiative-list": {"": 2, "?expand=pillar": 3},
    "initiative-detail": {"": 2},
    "organisation-list": {"": 2, "?expand=parent": 3},
    "organisation-detail": {"": 2},
    "milestone-list": {
        "": 2,
        "?page_size=1&ordering=-updated_at": 2,
        "?fields=code,progress": 2,
        "?search=m": 3,
        f"?expand={FRAME},deliverables,predecessors": 9,
        "?is_late=true&organisation=gacc&roadmap=smart&phase=basic": 7,
    },
    "milestone-detail": {"": 5, f"?expand={FRAME}": 10},
    "milestone-progress-updates": {"": 3, "?expand=milestone": 5},
    "milestone-evidence": {"": 3},
    "milestone-comments": {"": 3},
    "evidence-file": {"": 2},
    "milestone-history": {"": 5},
    "milestone-reminders": {"": 7},
    "progress-update-list": {"": 2, "?expand=milestone": 4},
    "progress-update-detail": {"": 2},
    "external-reference-list": {"": 2, "?expand=milestone": 4},
    "external-reference-detail": {"": 2},
    "dependency-list": {"": 2, "?roadmap=smart&successor=m-1": 4},
    "dependency-detail": {"": 2},
    "baseline-list": {"": 2, "?roadmap=smart": 3},
    "baseline-detail": {"": 2},
    "baseline-entries": {"": 3},
    "indicator-list": {"": 2, "?expand=pillar": 3},
    "indicator-detail": {"": 2},
    "indicator-observations": {"": 3, "?expand=indicator": 4},
    "observation-list": {"": 2, "?expand=indicator": 3},
    "observation-detail": {"": 2},
    "token-list": {"": 2},
    "token-detail": {"": 2},
    "service-account-list": {"": 2, "?expand=organisation": 3},
    "service-account-detail": {"": 2},
    "digest-subscription-list": {"": 2, "?expand=roadmap,phase,pillar,initiative,organisation": 7},
    "digest-subscription-detail": {"": 2},
    "webhook-list": {"": 2, "?expand=organisation": 3},
    "webhook-detail": {"": 2},
    "webhook-deliveries": {"": 4},
    "leave-list": {"": 2},
    "leave-detail": {"": 2},
    "invitation-list": {"": 2, "?expand=organisation": 3},
    "invitation-detail": {"": 2},
    "feed-list": {"": 2},
    "feed-detail": {"": 2},
    "change-list": {"?after={change}&page_size={number}": 4},
    "schema": {"": 0},
    "docs": {"": 0},
    "problem-type": {"": 0},
}
COUNTED_ELSEWHERE = {"changes-atom", "feed-changes", "feed-due-dates"}  # in test_feeds


def address_of(name: str, ids: dict[str, Any]) -> str:
    if name == "problem-type":
        return reverse(f"api:{name}", kwargs={"name": "invalid"})
    basename = max((one for one in ids if name.startswith(f"{one}-")), key=len, default="")
    if not basename or name == f"{basename}-list":
        return reverse(f"api:{name}")
    return reverse(f"api:{name}", kwargs={"code" if basename == "roadmap" else "pk": ids[basename]})


def test_every_reading_route_has_its_costs():
    assert {name for method, name in routes() if method == "get"} == set(COSTS) | COUNTED_ELSEWHERE


@pytest.mark.parametrize("number", NUMBERS)
def test_query_counts_are_the_same_for_any_number(
    milestone: Milestone, number: int, django_assert_max_num_queries: Any
) -> None:
    person = make.make_office_person()
    ids = {**fill(milestone, person, number), "number": min(number, 200)}
    reader = caller_for(person)
    found: dict[str, dict[str, int]] = {name: {} for name in COSTS}
    for name, queries in COSTS.items():
        for query in queries:
            with django_assert_max_num_queries(99) as made:
                answer = reader.get(f"{address_of(name, ids)}{query.format(**ids)}")
            assert answer.status_code == 200, f"{name}: {answer.status_code}"
            list(getattr(answer, "streaming_content", ()))  # a file is closed when it was read
            found[name][query] = len(made)
    assert found == COSTS


@pytest.mark.parametrize("number", NUMBERS)
def test_strangers_list_of_milestones_costs_as_much(stranger, milestone, number, django_assert_num_queries):
    fill(milestone, make.make_office_person(), number)
    with django_assert_num_queries(COSTS["milestone-list"][""]):
        stranger.get("milestones/")
