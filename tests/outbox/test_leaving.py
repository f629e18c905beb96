"""The signed addresses by which readers leave, and the headers that carry them."""

import pytest
from django.test import override_settings

from roadmap.outbox.headers import manner_headers
from roadmap.outbox.leaving import Leaving, leaving_of
from roadmap.vocabulary import MessageKind

DIGEST = Leaving(MessageKind.DIGEST, 12)


@pytest.mark.parametrize("leaving", [DIGEST, Leaving(MessageKind.REMINDER, 3)])
def test_token_names_what_is_left_and_stays_the_same(leaving: Leaving) -> None:
    assert leaving_of(leaving.token) == leaving
    assert leaving.token == Leaving(leaving.kind, leaving.pk).token


@pytest.mark.parametrize(
    "token",
    ["", "digest-12", "digest-12.", DIGEST.token[:-1], DIGEST.token.replace("12", "13", 1), f"{DIGEST.token}x", "é.é"],
    ids=[
        "nothing",
        "unsigned",
        "empty sign",
        "cut",
        "another's",
        "longer",
        "not ASCII",
    ],  # a token differs from run to run
)
def test_token_that_was_not_signed_here_leaves_nothing(token: str) -> None:
    assert leaving_of(token) is None


def test_headers_say_that_a_mail_is_automatic_and_how_it_is_left() -> None:
    assert dict(manner_headers("digest", leaving=DIGEST)) == {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Precedence": "bulk",
        "List-Id": "<digest.127.0.0.1>",
        "List-Unsubscribe": f"<http://127.0.0.1:8000/unsubscribe/{DIGEST.token}/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@override_settings(MAIL_UNSUBSCRIBE="leave@example.org", SITE_URL="https://roadmap.example.org")
def test_mailbox_for_leaving_is_named_beside_the_address() -> None:
    headers = dict(manner_headers("digest", leaving=DIGEST))
    assert headers["List-Unsubscribe"] == (
        f"<https://roadmap.example.org/unsubscribe/{DIGEST.token}/>, "
        f"<mailto:leave@example.org?subject=unsubscribe%20{DIGEST.token}>"
    )


def test_what_must_be_read_says_no_way_to_leave_it() -> None:
    assert [name for name, _value in manner_headers("reminder", leaving=None) if "Unsubscribe" in name] == []


@override_settings(SITE_URL="http://[::1]:8000")
def test_list_is_named_lawfully_where_the_site_has_no_name() -> None:
    assert dict(manner_headers("digest", leaving=None))["List-Id"] == "<digest.localhost>"
