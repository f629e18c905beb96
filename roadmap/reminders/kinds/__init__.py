"""The kinds of reminders. A new one is a file here, named as its line in ``vocabulary.RuleKind`` and holding ``KIND``;
the planner, the check before sending, the mails, the admin and the acts on rules all read this register."""

from collections.abc import Mapping
from importlib import import_module

from roadmap.reminders.kinds.kind import ReminderKind
from roadmap.vocabulary import RuleKind

KINDS: Mapping[str, ReminderKind] = {kind: import_module(f"{__name__}.{kind}").KIND for kind in RuleKind}
