"""Pages cost the same number of queries, however many milestones there are."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.rows import Frame, fill

pytestmark = pytest.mark.django_db
COSTS = {
    "/": 19,
    "/?as_of=2026-01-31": 19,
    "/milestones/": 12,
    "/milestones/?state=late&phase=basic&organisation=gacc&q=bulk": 12,
    "/milestones/?state=silent": 11,
    "/milestones/bulk-0/": 13,
    "/initiatives/review/": 12,
    "/calendar/?month=2025-01": 13,
    "/changes/": 28,
    "/changes/?from=2026-08-01&to=2026-09-01": 28,
    "/organisations/": 5,
    "/organisations/?sort=spi": 5,
    "/organisations/gacc/": 9,
    "/calendar.ics": 10,
    "/subscribe/": 7,
    "/indicators/": 4,
}


@pytest.mark.parametrize("number", [1, 3, 300])
@pytest.mark.parametrize("address", COSTS)
def test_page_costs_a_fixed_number_of_queries(
    address: str, number: int, frame: Frame, client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    fill(frame, number)
    with django_assert_num_queries(COSTS[address]):  # type: ignore[attr-defined]
        assert client.get(address).status_code == 200
