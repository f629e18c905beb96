"""Whether a claimed mail may still go out as planned. The kinds say what that means, registered in ``roadmap/apps.py``.

What an edit makes untrue is taken back by the edit itself (``withdraw.py``); here is looked once more at what no edit
announces: a worker died holding the mail, somebody's account was closed, somebody else answers now.
"""

from collections import defaultdict
from collections.abc import Callable

from roadmap.models import OutboxMessage
from roadmap.outbox.render import BatchMemory

# Answers False when the mail is not to go; may take out of it what is no longer to be told (then sets rendered = None)
Check = Callable[[OutboxMessage, BatchMemory], bool]
_checks: defaultdict[str, list[Check]] = defaultdict(list)


def register_check(kind: str, check: Check) -> None:
    """Ask ``check`` of each mail of ``kind`` (a MessageKind) before it is made and sent; called once at start."""
    _checks[kind].append(check)


def may_go(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Whether ``row`` may be sent: its reader can be reached, and every check of its kind agrees."""
    if not (row.recipient.is_active and row.goes_to):
        return False
    return all(check(row, memory) for check in _checks[row.kind])
