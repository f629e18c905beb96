"""Pages cost the same number of queries, however many milestones there are."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from roadmap.models import Milestone
from tests.forecast.rows import make_kept_forecast
from tests.numbers import NUMBERS
from tests.web.rows import Frame, fill

pytestmark = pytest.mark.django_db
COSTS = {
    "/": 23,
    "/?as_of=2026-01-31": 23,
    "/matrix/": 8,
    "/forecast/": 10,
    "/timeline/?zoom=all": 19,
    "/timeline/?zoom=quarter&from=2025-01-01&open=all&arrows=all&pillar=safe": 17,
    "/progress/": 12,
    "/progress.csv": 12,
    "/explain/": 7,
    "/explain/?phase=basic&pillar=safe&workstream=process&initiative=review&organisation=gacc": 13,
    "/milestones/": 13,
    "/milestones/?state=late&phase=basic&organisation=gacc&q=bulk": 13,
    "/milestones/?state=silent": 13,
    "/milestones/bulk-0/": 16,
    "/initiatives/review/": 16,
    "/calendar/?month=2025-01": 14,
    "/changes/": 38,
    "/changes/?from=2026-08-01&to=2026-09-01": 47,
    "/organisations/": 6,
    "/organisations/?sort=spi": 6,
    "/organisations/gacc/": 10,
    "/calendar.ics": 13,
    "/subscribe/": 7,
    "/indicators/": 5,
    "/search/": 3,
    "/search/?q=bulk": 12,
}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("address", COSTS)
def test_page_costs_a_fixed_number_of_queries(
    address: str, number: int, frame: Frame, client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    fill(frame, number)
    first, *others = Milestone.objects.select_related("phase", "initiative__roadmap")
    make_kept_forecast(first, *others, day=date(2026, 6, 1))
    with django_assert_num_queries(COSTS[address]):  # type: ignore[attr-defined]
        assert client.get(address).status_code == 200
