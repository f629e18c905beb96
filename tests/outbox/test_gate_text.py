"""The day of a gate in mails: whose it is, where its phase is the source's and its day is not."""

from datetime import date

import pytest
from django.utils import translation

from roadmap.models import Phase
from roadmap.outbox.wording import gate_text


@pytest.mark.parametrize(
    ("days", "language", "text"),
    [
        ("", "en", "31 December 2026"),
        ("derived", "en", "31 December 2026 [Derived]"),
        ("derived", "zh-hans", "2026年12月31日 [推导]"),
        ("sourced", "en", "31 December 2026"),
    ],
)
def test_a_day_that_the_source_does_not_give_is_marked(days: str, language: str, text: str):
    with translation.override(language):
        assert gate_text(Phase(gate_on=date(2026, 12, 31), provenance="sourced", days_provenance=days)) == text
