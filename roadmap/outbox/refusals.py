"""What a refusal says about an address: that no mail will ever reach it, or only that this mail was not taken. Pure.

By the enhanced status codes of RFC 3463 where there is one, else by the reply code of RFC 5321.
"""

import re

# x.1: the address (but .7 and .8 are the sender's), 2.1: the mailbox is disabled
HARD_STATUS = re.compile(r"5\.(?:1\.(?!7$|8$)\d+|2\.1)")
HARD_REPLIES = {"550", "551", "553"}
# a reply without a status often speaks of the sender or of this mail
ABOUT_SOMETHING_ELSE = re.compile(
    r"spam|virus|block|black|policy|policies|relay|denied|reputation|dnsbl|rbl|list|quota|full|size|large|auth|sender|rate|limit",
    re.IGNORECASE,
)
REPLY = re.compile(r"\b([245]\d\d)\b(?:[ -]+#?([245]\.\d{1,3}\.\d{1,3})\b)?")
UNSAID = {"5.0.0", ""}


def is_hard(reply: str, *, status: str = "") -> bool:
    """Whether ``reply`` (as ``550 5.1.1 no such user``) or the ``status`` of a delivery report means that mail to the
    address will never arrive. A full mailbox, a policy, an outage don't."""
    found = REPLY.search(reply)
    said = found[2] or "" if found else ""
    best = status if status not in UNSAID else said
    if best not in UNSAID:
        return HARD_STATUS.fullmatch(best) is not None
    return found is not None and found[1] in HARD_REPLIES and ABOUT_SOMETHING_ELSE.search(reply) is None
