"""Reasons that the program itself gives: stored as a code with its facts, told in the language of whoever reads them.

A person's reason is stored as they wrote it. Both stand in the same columns (of histories, of holds), so whatever
shows such a column shows it through ``in_words``.
"""

import json
import re
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "clocks-differ": _("The worker's clock and the database's differ by %(seconds)d seconds."),
    "clock-jumped": _("The database's clock jumped by %(seconds)d seconds."),
    "long-silence": _("The last check was at %(last)s; by the clock it is now %(now)s."),
    "database-is-older": _(
        "The database knows of %(inside)d sent mails, but %(outside)d were sent: it is older than what was sent, as "
        "after a restore."
    ),
    "database-went-back": _(
        "The database is older than the one that was last at work here, as after a restore or the loss of a server."
    ),
    "database-is-elsewhere": _("The database was restored or moved: it isn't where it was last at work."),
    "database-is-unknown": _(
        "The database was at work before, but neither Redis nor DATA_DIR knows of it, as after a restore on another "
        "host."
    ),
    "by-single-sign-on": _("By the organisation's sign-in."),
    "undone": _("Undone."),
    "loaded": _("Loaded from the catalogue file %(file)s."),
    "sample-removed": _("The sample layer was removed."),
    "password-set": _("Password set."),
    "password-changed": _("Password changed."),
    "signed-out": _("Signed out everywhere."),
    "second-factor-on": _("Second factor switched on."),
    "second-factor-off": _("Second factor switched off."),
    "app-added": _("Second factor added: an app's codes."),
    "app-removed": _("Second factor removed: an app's codes."),
    "passkey-added": _("Second factor added: a passkey."),
    "passkey-removed": _("Second factor removed: a passkey."),
    "sign-in-connected": _("Connected to the organisation's sign-in."),
    "sign-in-disconnected": _("Disconnected from the organisation's sign-in."),
    "recovery-codes-renewed": _("New recovery codes."),
    "invited-again": _("Invited again."),
    "invitation-accepted": _("Invitation accepted."),
    "links-ended": _("Links in mails ended."),
    "links-ended-from-mail": _("Ended from the page of a mail's link."),
    "links-shown": _("Links in mails shown."),
    "left-by-mail": _("Unsubscribed from a mail."),
    "subscribed-again": _("Subscribed again."),
    "told-by-the-lost-database": _("Not sent: the reader got it before the database was restored."),
}
_CODED = re.compile(r"@([a-z-]+)(?: (\{.*\}))?", re.DOTALL)


def coded(code: str, **facts: Any) -> str:
    """The reason as it is stored; ``facts`` are plain JSON and fill the words."""
    if code not in WORDS:
        raise LookupError(code)
    return f"@{code} {json.dumps(facts, ensure_ascii=False)}" if facts else f"@{code}"


def in_words(reason: str | None) -> str:
    """A stored reason in the language that is active; a person's as they wrote it, and ``""`` for none."""
    found = _CODED.fullmatch(reason or "")
    if found is None or found[1] not in WORDS:
        return reason or ""
    try:
        facts: dict[str, Any] = json.loads(found[2] or "{}")
        return str(WORDS[found[1]]) % facts
    except (ValueError, TypeError, KeyError):  # written by a person who knows how codes look
        return reason or ""
