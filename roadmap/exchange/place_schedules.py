"""Put reminder rules and digest subscriptions in place, by the acts of their rooms."""

from collections.abc import Sequence
from functools import partial

from roadmap.digests.subscriptions import change_subscription, subscribe
from roadmap.exchange.entries import Entry
from roadmap.exchange.place import Acts, Placing
from roadmap.models import Roadmap
from roadmap.reminders.rules import change_rule, create_rule


def place_rules(placing: Placing, entries: Sequence[Entry], roadmap: Roadmap) -> None:
    """The roadmap's reminder rules."""
    acts = Acts(
        create=partial(create_rule, by=placing.by, now=placing.now),
        change=partial(change_rule, by=placing.by, now=placing.now),
    )
    for entry in entries:
        placing.place(entry, acts=acts, roadmap=roadmap)


def place_subscriptions(placing: Placing, entries: Sequence[Entry], roadmap: Roadmap) -> None:
    """Digest subscriptions; their first issue comes at once."""
    acts = Acts(
        create=partial(subscribe, by=placing.by, now=placing.now, first_issue_now=True),
        change=partial(change_subscription, by=placing.by, now=placing.now),
    )
    for entry in entries:
        placing.place(entry, acts=acts, roadmap=roadmap)
