"""How mails look in a real browser: a few of them here, every one by ``python -m docs.mails``."""

import pytest
from django.template import engines
from playwright.sync_api import Browser

from roadmap.vocabulary import Frequency
from tests.mails.looks import faults_of_bytes, faults_of_look
from tests.mails.plans import cases

ALL = ["", "-overdue", "-silence", "-evidence", "-unverified", "-gate", "-watched", "-passed-up", "-rerouted"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.everything
@pytest.mark.parametrize(
    ("language", "number", "width", "scheme"),
    [("zh-hans", 40, 360, "dark"), ("en", 1, 640, "light")],
)
def test_mails_fit_can_be_read_and_say_the_same_in_both_forms(
    language: str, number: int, width: int, scheme: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "UNRESOLVED(%s)")
    short, faults = f"{number}-{language[:2]}", {}
    looked_at = {f"reminder-{short}", f"reminder-passed-up-{short}", f"digest-weekly-{short}"}
    for case in cases(number, languages=(language,)):
        faults[case.name] = [*faults_of_bytes(case)]
        if case.name in looked_at:
            faults[case.name] += faults_of_look(case, browser, width=width, scheme=scheme)
    kinds = [f"reminder{kind}" for kind in ALL] + [f"digest-{one}" for one in Frequency.values]
    assert faults == {f"{kind}-{short}": [] for kind in kinds}
