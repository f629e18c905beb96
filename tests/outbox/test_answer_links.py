"""The links by which reminders are answered: the same for the same mail, and worth nothing once changed."""

from datetime import date, timedelta

import pytest
from pytest_django import Settings

from roadmap.models import Milestone, Person
from roadmap.outbox.answer_links import LinkClaim, answer_address, answer_token, claim_of

ISSUED = date(2026, 12, 1)
OTHER_KEY = "another key, long enough to be believed, 0123456789"


def person(**fields: object) -> Person:
    return Person(**{"pk": 7, "email": "lin@example.org", "password": "hash", **fields})


def milestone(**fields: object) -> Milestone:
    return Milestone(**{"pk": 2**31, "due_on": date(2026, 12, 31), **fields})


def token() -> str:
    return answer_token(milestone(), person(), issued_on=ISSUED)


def claim() -> LinkClaim:
    found = claim_of(token())
    assert found is not None
    return found


def test_link_says_whose_what_and_when_and_is_always_the_same() -> None:
    found = claim()
    assert (found.milestone_id, found.person_id, found.due_on, found.issued_on) == (
        2**31,
        7,
        date(2026, 12, 31),
        ISSUED,
    )
    assert token() == token()


def test_link_holds_no_name_and_no_address() -> None:
    address = answer_address(milestone(code="image-review"), person(username="lin", full_name="林岚"), issued_on=ISSUED)
    assert address == f"http://127.0.0.1:8000/answer/{token()}/"
    assert len(token()) == 72


def test_links_differ_by_person_milestone_due_date_and_day() -> None:
    tokens = {
        token(),
        answer_token(milestone(pk=3), person(), issued_on=ISSUED),
        answer_token(milestone(due_on=date(2027, 1, 1)), person(), issued_on=ISSUED),
        answer_token(milestone(), person(pk=8), issued_on=ISSUED),
        answer_token(milestone(), person(), issued_on=ISSUED + timedelta(days=1)),
    }
    assert len(tokens) == 5


def test_no_changed_link_is_believed() -> None:
    whole = token()
    for position in range(len(whole)):
        other = "A" if whole[position] != "A" else "B"
        changed = claim_of(whole[:position] + other + whole[position + 1 :])
        # the last character of the signature holds two bits that mean nothing
        assert changed is None or (position == len(whole) - 1 and changed == claim())


@pytest.mark.parametrize(
    "text",
    ["", ".", "x" * 72, "é" * 72, token()[:-1], token() + "=", token().replace(".", ":")],
    ids=["nothing", "a dot", "as long", "not ASCII", "cut", "padded", "other sign"],  # a token differs from run to run
)
def test_what_is_no_link_is_no_claim(text: str) -> None:
    assert claim_of(text) is None


def test_link_expires_after_the_days_set(settings: Settings) -> None:
    settings.ANSWER_LINK_DAYS = 10
    assert claim().has_expired(today=ISSUED + timedelta(days=10)) is False
    assert claim().has_expired(today=ISSUED + timedelta(days=11)) is True


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"full_name": "Somebody", "role": "lead", "language": "en"}, True),
        ({"email": "new@example.org"}, False),
        ({"password": "new hash"}, False),
        ({"answer_links_generation": 1}, False),
    ],
)
def test_link_ends_with_the_accounts_address_password_and_generation(changes: dict[str, object], holds: bool) -> None:
    assert claim().is_of_account(person(**changes)) is holds


def test_link_outlives_a_change_of_key_while_the_old_one_is_a_fallback(settings: Settings) -> None:
    old, made = settings.SECRET_KEY, token()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER_KEY, [old]
    found = claim_of(made)
    assert found is not None
    assert found.is_of_account(person()) is True
    assert token() != made
    settings.SECRET_KEY_FALLBACKS = []
    assert claim_of(made) is None
