"""How mails look in a real browser: a few of them here, every one by ``python -m docs.mails``."""

import pytest
from django.template import engines
from playwright.sync_api import Browser

from tests.mails.looks import faults_of_bytes, faults_of_look
from tests.mails.plans import cases

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("language", "number", "width", "scheme"), [("zh-hans", 40, 360, "dark"), ("en", 1, 640, "light")]
)
def test_mails_fit_can_be_read_and_say_the_same_in_both_forms(
    language: str, number: int, width: int, scheme: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "UNRESOLVED(%s)")
    looked_at, faults = [], {}
    for case in cases(number, languages=(language,)):
        found = list(faults_of_bytes(case))
        if case.name.startswith(("reminder-1-", "reminder-40-", "digest-weekly-")):
            looked_at.append(case.name)
            found += faults_of_look(case, browser, width=width, scheme=scheme)
        faults[case.name] = found
    short = language[:2]
    assert looked_at == [f"reminder-{number}-{short}", f"digest-weekly-{number}-{short}"]
    assert {name: found for name, found in faults.items() if found} == {}
