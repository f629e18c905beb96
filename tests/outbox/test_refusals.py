"""Which refusals mean that mail to an address will never arrive. No database."""

import pytest

from roadmap.outbox.refusals import is_hard


@pytest.mark.parametrize(
    ("reply", "status", "hard"),
    [
        ("550 5.1.1 <lin@example.org>: Recipient address rejected: User unknown", "", True),
        ("550-5.1.1 The email account that you tried to reach does not exist", "", True),
        ("550 no such user", "", True),
        ("551 User not local", "", True),
        ("553 mailbox name not allowed", "", True),
        ("550 5.1.2 bad destination system", "", True),
        ("550 5.1.10 null MX", "", True),
        ("550 5.2.1 mailbox disabled", "", True),
        ("smtp; 550 #5.1.0 Address rejected.", "5.0.0", True),
        ("smtp; 550 No such user here", "5.0.0", True),
        ("", "5.1.1", True),
        # this mail, this sender, this moment
        ("552 5.2.2 mailbox full", "", False),
        ("550 5.2.2 over quota", "", False),
        ("550 mailbox is full", "", False),
        ("552 too much mail", "", False),
        ("550 5.7.1 message refused by policy", "", False),
        ("550 5.7.26 not authenticated", "", False),
        ("550 5.1.8 sender address rejected", "", False),
        ("550 blocked by our spam list", "", False),
        ("550 relaying denied", "", False),
        ("554 transaction failed", "", False),
        ("554 5.4.4 unable to route", "", False),
        ("450 4.1.1 try again", "", False),
        ("451 later", "", False),
        ("", "4.4.7", False),
        ("", "5.2.2", False),
        ("smtp; 550 5.1.1 unknown", "5.2.2", False),  # the report's own word counts
        ("", "", False),
        ("no number at all", "", False),
    ],
)
def test_refusal_is_hard_only_when_it_speaks_of_the_address(reply: str, status: str, hard: bool) -> None:
    assert is_hard(reply, status=status) is hard
