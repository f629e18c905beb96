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
        ("550 5.1.10 null MX", "", True),
        ("550 5.2.1 mailbox disabled", "", True),
        ("smtp; 550 #5.1.0 Address rejected.", "5.0.0", True),
        ("smtp; 550 No such user here", "5.0.0", True),
        ("", "5.1.1", True),
        ("", "5.1.1 (bad destination mailbox address)", True),
        ("x-postfix; unknown user", "5.1.1", True),
        ("550 5.1.6 mailbox has moved", "", True),
        ("smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "5.1.10", True),
        ("550 5.1.1 <size@policy.example.org>: user unknown", "", True),
        ("550 <size@policy.example.org>: user unknown", "", True),
        ('550 unknown user: "spam"', "", True),
        ("550 RCPT (lin@example.org) dosn't exist", "", True),
        ("554 delivery error: This user doesn't have a example.com account (lin@example.org)", "", True),
        ("550 5.2.1 The email account that you tried to reach is inactive", "", True),
        ("550 收件人邮箱不存在", "", True),
        ("550 无此用户", "", True),
        ("550 账号已注销", "", True),
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
        ("smtp; 550 5.1.1 unknown", "5.2.2", False),  # both have to say so
        ("smtp; 550 5.7.1 SPF check failed", "5.1.1", False),
        ("smtp; 451 4.7.1 try again", "5.1.1", False),
        ("smtp; 550 5.1.1 unknown", "4.4.7", False),
        ("550 5.1.2 bad destination system", "", False),  # a name server's fault would stop a whole organisation's mail
        ("550 5.1.90 daily limit reached", "", False),
        ("550 SPF check failed", "", False),
        ("550 Return path address does not exist", "", False),
        ("550 envelope address not valid", "", False),
        ("550 originator address does not exist", "", False),
        ("550 Reply-To address invalid", "", False),
        ("550 Bounce address not found", "", False),
        ("550 Your address is invalid", "", False),
        ("550 Address not valid: reverse lookup of 192.0.2.4", "", False),
        ("550 Unknown user name or bad password", "", False),
        ("550 account inactive, log in: login first", "", False),
        ("550-Callback setup failed; 550 no such user", "", False),
        ("550 directory unavailable: recipient unknown", "", False),
        ("550 LDAP error: user unknown", "", False),
        ("550 account locked; invalid account state", "", False),
        ("550 the URL in this message names an invalid user", "", False),
        ("550 发送方邮箱不存在", "", False),
        ("550 您的邮箱不存在", "", False),
        ("550 寄信人地址无效", "", False),
        ("550 来源地址无效", "", False),
        ("550 客户端地址无效", "", False),
        ("550 DKIM signature of user unknown", "", False),
        ("550 rejected by the DMARC policy of example.org", "", False),
        ("550 content refused", "", False),
        ("554 too many hops", "", False),
        ("550 your IP address is not found in our list", "", False),
        ("550 192.0.2.1 blocked", "", False),
        ("550 greylisted, user unknown to us so far", "", False),
        ("550 message too large", "", False),
        ("550 recipient not found on the relay list", "", False),
        ("550 Sender verify failed: no such user", "", False),
        ("550 Requested action not taken: mailbox unavailable", "", False),  # or a policy, says RFC 5321
        ("550 5.2.1 The user is receiving mail at a rate that prevents more", "", False),
        ("550 Connection frequency limited", "", False),
        ("550 Mail content denied", "", False),
        ("550 发件人不存在", "", False),
        ("550 收件人不存在或邮箱已满", "", False),
        ("550 邮件内容被拒绝", "", False),
        ("550 发送频率超过限制，地址无效", "", False),
        ("550", "", False),
        ("host 550.mx.example.com said: 451 try again", "", False),
        ("smtp; host 550.mx.example.com said: no such user", "5.0.0", False),
        ("550.mx.example.com says: no such user", "", False),
        ("dns; 550 no such user", "", False),
        ("", "", False),
        ("no number at all", "", False),
    ],
)
def test_refusal_is_hard_only_when_it_speaks_of_the_address(reply: str, status: str, hard: bool) -> None:
    assert is_hard(reply, status=status) is hard


@pytest.mark.parametrize(
    ("reply", "address", "hard"),
    [
        ("550 no such user size", "size@example.org", True),
        ("550 no such user list", "lin@example.org", False),
        ("550 spf check failed", "spf@example.org", False),
    ],
)
def test_name_in_the_address_is_no_word_of_the_refusal(reply: str, address: str, hard: bool) -> None:
    assert is_hard(reply, address=address) is hard
