"""Whatever value a column can hold comes back from a file as the same value."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.admin.export import plan_cell
from roadmap.exchange.sheets.cells import value_of
from roadmap.exchange.sheets.grid import read_grid
from roadmap.fields import MILESTONE
from roadmap.models import Milestone
from roadmap.models.tags import tidy_tags
from roadmap.tables import Table, as_csv, as_xlsx
from roadmap.validity import FIRST_DAY, LAST_DAY

FIELDS = {one.name: one for one in MILESTONE}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    ["=1", "'=1", "''-", " =x", "＝1", "0012", "1e5", "TRUE", "2026-01-01", "a\nb", '"', ",", ";", "\t", "#N/A"]
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title_zh": TEXTS.map(lambda text: FIELDS["title_zh"].column.to_python(text)).filter(bool),
    "description_en": TEXTS.map(lambda text: FIELDS["description_en"].column.to_python(text)),
    "due_on": st.dates(FIRST_DAY, LAST_DAY),
    "weight": st.decimals(0, 999999, places=2),
    "budget": st.none() | st.decimals(0, Decimal("999999999999.99"), places=2),
    "tags": st.lists(st.text("abc港口 0-9", max_size=8), max_size=4).map(tidy_tags),
}


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
@given(values=st.fixed_dictionaries(VALUES))
@settings(max_examples=60, deadline=None)
def test_value_comes_back_as_it_was(write: Any, values: dict[str, Any]) -> None:
    row = Milestone(**values)
    table = Table("plan", list(values), [[plan_cell(FIELDS[name], row) for name in values]])
    (_head, _names), (_number, cells) = read_grid(write(table)).rows
    padded = [*cells, *[""] * (len(values) - len(cells))]
    found = {name: value_of(FIELDS[name].column, cell) for name, cell in zip(values, padded, strict=True)}
    assert found == values


@pytest.mark.parametrize(("epoch", "number"), [(False, 46203), (True, 44741)])
def test_serial_day_of_either_epoch(epoch: bool, number: int) -> None:
    assert value_of(FIELDS["due_on"].column, float(number), counts_from_1904=epoch) == date(2026, 6, 30)
