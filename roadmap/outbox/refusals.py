"""What a refusal says about an address: that nobody is there, or only that this mail was not taken. Pure.

Codes are read where RFC 5321, 3463 and 3464 put them, words only where the codes leave it open. Whatever is doubtful
isn't taken for a dead address: one more mail that comes back harms less than a reader who hears nothing any more.
(flufl.bounce takes every 5xx report for a dead address and doesn't know RFC 6533.)
"""

import re

# The enhanced status codes that speak of the recipient's own mailbox, and say that it isn't there. All others don't
DEAD_MAILBOX = {
    "5.1.1": "no such mailbox",
    "5.1.3": "not even the form of an address",
    "5.1.6": "moved, and the old mailbox takes nothing",
    "5.1.10": "the domain takes no mail at all (RFC 7505); in Exchange's words: recipient not found",
    "5.2.1": "disabled",
}
# Not among them, though they sound alike: 5.1.2 and 5.4.4 (a name server's fault says so of a whole organisation at
# once), 5.1.4 (somebody is there), 5.1.7 and 5.1.8 (the sender), 5.2.2 (full), 5.2.3 (too large), 5.4.1 (no answer, or
# access denied), 5.4.6 (a loop), 5.1.90 and all 5.7.x (limits and policies)
UNSAID = {"5.0.0", "5.1.0", "5.2.0"}
REFUSING_REPLIES = {"550", "551", "553", "554"}  # one of these with no status is explained by its words alone

# The code stands first, as in "550 5.1.1 unknown", "smtp; 550-5.1.1 unknown", "550 #5.1.0 rejected"; nowhere else
CODE = r"[245]\.\d{1,3}\.\d{1,3}(?![.\w])"
REPLY = re.compile(rf"\s*(?:smtp\s*;)?\s*#?([245]\d\d)(?=[ :-]|$)(?:[ :-]+[#(]?({CODE}))?", re.IGNORECASE)
STATUS = re.compile(rf"\s*({CODE})")

# Addresses, hosts and what is quoted may contain any word
NAMES = re.compile(r"<[^<>]*>|\"[^\"]*\"|\w+://[!-~]+|[!-~]+@[!-~]+|[!-~]*\w\.\w[!-~]*", re.ASCII)
SOMEBODY = r"(?:e ?mail |mail )?(?:user(?: ?name)?|recipient|rcpt|mail ?box|account|address|addressee)(?: address)?"
NOT_THERE = r"""unknown|not known|not (?:be )?found|invalid|not valid|non ?existent|inactive|disabled|deactivated
|deleted|closed|terminated|discontinued|not exists?|do(?:e?s)? ?no?t exist|not local
|no longer (?:exists|available|valid|active|in use)""".replace("\n", "")
WHO = "(?:用户|收件人|收信人|邮箱|信箱|账号|帐号|账户|帐户|地址)"
NOBODY = re.compile(
    rf"\b(?:no such|unknown|invalid|non ?existent|no valid|not a valid|not a known) {SOMEBODY}\b"
    rf"|\b{SOMEBODY}(?: that you tried to reach)?(?: is| was| has been| could)?(?: an)? (?:{NOT_THERE})\b"
    r"|\bnobody here|\bno such person|\bno (?:mailbox|account|user)(?: here)? by that name"
    r"|\bdoesnt have an? .{0,20}account|\bmailbox name not allowed|^address rejected$"
    rf"|{WHO}名?(?:地址)? ?(?:不存在|不正确|无效|未找到|找不到|没有找到|已?被?(?:注销|停用|禁用|删除|关闭))"
    rf"|(?:不存在|无效|未知|找不到|没有|无|查无)的?(?:该|此|这个)?(?:{WHO}|人)"
)
OTHER_WORDS = r"""
spf dkim dmarc ptr dns\w* rdns ip helo ehlo tls rbl mime spam\w* virus\w* malware phish\w* junk abus\w+ suspicious
suspected block\w* bann?\w* black\w* white\w* gr[ea]y\w* list\w* policy policies relay\w* deny denied access
permi\w+ prohibit\w* restrict\w* reputation quota full storage space insufficient size large big exceed\w* over
limit\w* rate frequen\w+ throttl\w* many much hops? loop\w* auth\w* unauth\w* sender\w* from hostname client
originator\w* return\w* reverse path envelope reply bounce\w* verif\w+ callback callout ldap directory login password
credential\w* lock\w* url links? signature your\s(?:e?mail\s)?(?:address|account|mailbox) content\w* attach\w*
header\w* temporar\w+ suspend\w* later again defer\w* busy timeout timed
"""
OTHER_CHINESE = """
垃圾 病毒 策略 政策 规则 频率 频繁 限制 超过 超出 超限 过大 太大 过多 已满 满了 容量 空间 名单 屏蔽 拦截
封禁 发件 发信 发送 寄件 寄信 来源 源地址 客户端 [您你]的(?:地址|邮箱|信箱|账号|帐号) 认证 验证 授权 权限 拒绝
信誉 内容 附件 循环 中继 转发 稍后 重试 再试 暂时 临时 系统忙
"""
SOMETHING_ELSE = re.compile(rf"\b(?:{'|'.join(OTHER_WORDS.split())})\b|{'|'.join(OTHER_CHINESE.split())}")


def is_hard(reply: str, *, status: str = "", address: str = "") -> bool:
    """Whether mail to ``address`` will never arrive, because nobody is there.

    ``reply`` is a server's answer (as ``550 5.1.1 no such user``) or the Diagnostic-Code of a delivery report, and
    ``status`` the report's Status. All of the codes have to agree.
    """
    found, reported = REPLY.match(reply), STATUS.match(status)
    if found and not found[1].startswith("5"):
        return False
    codes = {code for code in (found and found[2], reported and reported[1]) if code} - UNSAID
    words = _words(reply[found.end() :] if found else reply.partition(";")[2])
    says_nobody = NOBODY.search(words) is not None
    says_something_else = SOMETHING_ELSE.search(_without(_words(address.rpartition("@")[0]), words)) is not None
    if codes:
        return codes <= DEAD_MAILBOX.keys() and (says_nobody or not says_something_else)
    return found is not None and found[1] in REFUSING_REPLIES and says_nobody and not says_something_else


def _words(text: str) -> str:
    """The words in lower case, one space between them, without names of mailboxes and hosts."""
    plain = NAMES.sub(" ", text).lower().replace("'", "").replace("’", "")
    return " ".join(re.findall(r"\w+", plain))


def _without(name: str, words: str) -> str:
    return re.sub(rf"\b{re.escape(name)}\b", " ", words) if name else words
