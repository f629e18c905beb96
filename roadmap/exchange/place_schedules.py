"""Put reminder rules and digest subscriptions in place, by the acts of their rooms."""

from collections.abc import Sequence
from functools import partial

from roadmap.editing.entries import change_entry, create_entry
from roadmap.exchange.entries import Entry
from roadmap.exchange.place import Acts, Placing
from roadmap.models import DigestSubscription, ReminderRule, Roadmap


def place_rules(placing: Placing, entries: Sequence[Entry], roadmap: Roadmap) -> None:
    """The roadmap's reminder rules."""
    acts = Acts(create=partial(create_entry, ReminderRule, by=placing.by), change=partial(change_entry, by=placing.by))
    for entry in entries:
        placing.place(entry, acts=acts, roadmap=roadmap)


def place_subscriptions(placing: Placing, entries: Sequence[Entry], roadmap: Roadmap) -> None:
    """Digest subscriptions; their first issue is due at once."""
    create = partial(
        create_entry, DigestSubscription, by=placing.by, covered_until=placing.now, next_issue_at=placing.now
    )
    acts = Acts(create=create, change=partial(change_entry, by=placing.by))
    for entry in entries:
        placing.place(entry, acts=acts, roadmap=roadmap)
