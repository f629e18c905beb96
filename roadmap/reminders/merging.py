"""One person hears one thing of a kind about a milestone, however many rules and audiences would tell it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from roadmap.models import Milestone, ReminderRule
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.facts import read_occurrence
from roadmap.reminders.plan import Threshold
from roadmap.reminders.recipients import Meant
from roadmap.vocabulary import UNANSWERED


@dataclass(frozen=True)
class News:
    """What one rule earns for one milestone and one person; ``told`` is None where all is folded."""

    rule: ReminderRule
    milestone: Milestone
    meant: Meant
    told: Threshold | None
    folded: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What the news is about; of several of a kind the latest is enough."""
        return UNANSWERED if self.told and f"/{UNANSWERED}" in self.told.name else self.rule.kind

    @property
    def last_day(self) -> date | None:
        """The last day on which it helps to hear of it; None where it helps on any, as of what was passed up."""
        if self.told is None or self.kind == UNANSWERED:
            return None
        return KINDS[self.rule.kind].last_day(read_occurrence(self.told.name))


def latest_only(news: Iterable[News]) -> list[News]:
    """The ``news`` of one milestone, where of each person's and kind's the latest stays told; the others are folded."""
    latest: dict[tuple[int, str], News] = {}
    items = list(news)
    for item in items:
        key = (item.meant.person.pk, item.kind)
        if item.told and (key not in latest or latest[key].told.at < item.told.at):  # type: ignore[union-attr]
            latest[key] = item
    return [
        item if item.told is None or latest[item.meant.person.pk, item.kind] is item else folded(item) for item in items
    ]


def folded(item: News) -> News:
    """The same, with nothing told: it is only recorded."""
    return replace(item, told=None, folded=(*item.folded, item.told.name) if item.told else item.folded)
