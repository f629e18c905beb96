"""The judgement: what was to arrive, held against what arrived. Pure; knows the facts and the mails, not the program.

Lost: news that held long enough for a settled moment to find it untold. Doubled: the same mail twice, or a mail without
news. Untrue: told of what no longer held, or in the words of an earlier day. Changed: another text
under a Message-ID that may have arrived. What falls into the gap between a server's answer and the note of it is kept
apart: without a receipt nobody can tell.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from chaos.facts import Fact, SentAgain, Settled, Trouble
from chaos.instants import told_from
from chaos.mails import Arrival, Attempt
from chaos.timeline import FOR_EVER, Days, Key, Topic, topics_of

# Seconds. A sender is in the gap if it was struck from shortly before it handed over to some time after
STRUCK_BEFORE, STRUCK_AFTER = 1.0, 10.0
# A mail that left this soon after its topic ended was on its way when it did
ON_ITS_WAY = timedelta(seconds=3)
# A mail may tell of an instant that came this long before the one before it was written
OVERLAP = timedelta(seconds=20)
# "In three days" is wrong on the next day
WORDS_LAST = timedelta(hours=6)
STRIKES_ALL = {"database crashed", "all killed"}


@dataclass
class Verdict:
    """What the run showed. Lists hold one line for each case."""

    expected: int = 0
    perhaps: int = 0
    copies: int = 0
    mails: int = 0
    lost: list[str] = field(default_factory=list)
    left_to_next: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    doubled_in_gap: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unsettled: int = 0
    lateness: list[float] = field(default_factory=list)


def judge(facts: Sequence[Fact], arrived: Sequence[Arrival], refused: Sequence[Attempt], *, end: datetime) -> Verdict:
    """The verdict on a run that ended at ``end``."""
    topics = topics_of(facts, until=end)
    return _Judge(facts, arrived, refused, topics).verdict()


class _Judge:
    def __init__(
        self, facts: Sequence[Fact], arrived: Sequence[Arrival], refused: Sequence[Attempt], topics: dict[Key, Topic]
    ) -> None:
        self.days = Days(facts)
        self.settled = [fact for fact in facts if isinstance(fact, Settled) and fact.in_time]
        self.unsettled = sum(isinstance(fact, Settled) and not fact.in_time for fact in facts)
        self.troubles = [fact for fact in facts if isinstance(fact, Trouble)]
        self.again = {fact.message_id for fact in facts if isinstance(fact, SentAgain)}
        self.topics = topics
        self.first_tried: dict[str, float] = {}
        tried = [(one.message_id, one.began) for one in refused] + [(one.message_id, one.began) for one in arrived]
        for message_id, began in tried:
            self.first_tried[message_id] = min(self.first_tried.get(message_id, began), began)
        self.refused = refused
        self.unknown = [one for one in refused if self._may_have_arrived(one)]
        self.first_at_the_dot: dict[str, float] = {}
        at_the_dot = [(one.message_id, one.began) for one in self.unknown]
        for message_id, began in at_the_dot + [(one.message_id, one.began) for one in arrived]:
            self.first_at_the_dot[message_id] = min(self.first_at_the_dot.get(message_id, began), began)
        self.copies: defaultdict[str, list[Arrival]] = defaultdict(list)
        self.telling: defaultdict[Key, list[Arrival]] = defaultdict(list)
        self.every: defaultdict[Key, list[Arrival]] = defaultdict(list)
        for copy in arrived:
            self.copies[copy.message_id].append(copy)
            for key in _keys(copy):
                self.every[key].append(copy)
                if len(self.copies[copy.message_id]) == 1:
                    self.telling[key].append(copy)

    def verdict(self) -> Verdict:
        verdict = Verdict(
            copies=sum(len(copies) for copies in self.copies.values()),
            mails=len(self.copies),
            unsettled=self.unsettled,
        )
        for topic in self.topics.values():
            self._look_for_losses(topic, verdict)
        for key, mails in self.telling.items():
            self._look_for_needless_mails(key, mails, verdict)
        for copies in self.copies.values():
            self._look_for_second_copies(copies, verdict)
            for copy in copies:
                self._look_for_untruth(copy, verdict)
        return verdict

    def _look_for_losses(self, topic: Topic, verdict: Verdict) -> None:
        told = [self.days.at(one.kept) for one in self.every[topic.reader, topic.code, topic.due_on]]
        for instant, following in pairwise([*topic.instants, FOR_EVER]):
            deadline = self._deadline(topic, instant)
            if deadline is not None and self.days.seconds_awake(instant, min(following, deadline)) <= 0:
                continue  # missed while down, and folded into what followed before anybody woke
            if deadline is None:
                verdict.perhaps += 1
                continue
            verdict.expected += 1
            if any(instant <= at <= deadline for at in told) or self._is_the_same_news(topic, instant, told):
                continue
            line = f"{_name(topic)}: news of {instant:%F %T} untold at {deadline:%F %T}"
            if topic.due_on is None and self._has_unknown_outcome(topic.reader, instant, deadline):
                verdict.left_to_next.append(line)
            else:
                verdict.lost.append(line)

    def _deadline(self, topic: Topic, instant: datetime) -> datetime | None:
        """The first settled moment that the news of ``instant`` surely held through; None when there was none."""
        for stretch in topic.stretches:
            if topic.due_on is None and instant < stretch.sure_from:
                continue
            since = max(instant, stretch.sure_from)
            if topic.state is not None:
                since = told_from(instant, topic.state, decided=since)
            for one in self.settled:
                if since <= one.calm_from and one.at < stretch.sure_until and stretch.sure_from <= one.at:
                    return one.at
        return None

    def _is_the_same_news(self, topic: Topic, instant: datetime, told: Iterable[datetime]) -> bool:
        """Whether what came before was told late, on this very day: it says as many days as this would."""
        if topic.state is None:
            return False
        place = ZoneInfo(topic.state.zone)
        earlier = [point for point in topic.points if point < instant]
        return any(
            at < instant and at.astimezone(place).date() == instant.astimezone(place).date()
            for at in told
            if any(point <= at for point in earlier)
        )

    def _has_unknown_outcome(self, reader: str, since: datetime, until: datetime) -> bool:
        """Whether a digest of the reader's was handed over then without any answer: only the next one covers it."""
        return any(
            one.reader == reader
            and (not one.message_id or one.message_id.startswith("<digest"))
            and since <= self.days.at(one.began) <= until
            for one in self.unknown
        )

    def _may_have_arrived(self, one: Attempt) -> bool:
        """For all that its sender can know: no answer came, or it was struck before it could note the answer."""
        if one.outcome.endswith("not kept"):
            return True
        return one.outcome.startswith("refuse the mail") and self._was_struck(one.process, one.began, one.ended)

    def _look_for_needless_mails(self, key: Key, mails: Sequence[Arrival], verdict: Verdict) -> None:
        """Match each mail with news of its own: something that came after the mail before it was written."""
        topic = self.topics.get(key)
        open_points = list(topic.points) if topic else []
        spans = sorted(((self.days.at(one.kept), self._news_since(one, mails), one) for one in mails), key=_by_end)
        matched: set[str] = set()
        for point in open_points:
            fitting = [one for end, start, one in spans if start < point <= end and one.message_id not in matched]
            if fitting:
                matched.add(fitting[0].message_id)
                at = self.days.at(fitting[0].kept)
                verdict.lateness.append(self.days.seconds_awake(point, at))
        for _end, _start, one in spans:
            held = topic is not None and topic.held_at(self.days.at(one.began), tolerance=timedelta(0))
            if one.message_id in matched or not held:
                continue  # of what didn't hold, the look for untruth tells
            earlier = [other for other in mails if other.kept < one.kept]
            in_gap = any(self._was_in_gap(other) for other in earlier)
            line = (
                f"{' '.join(map(str, key))}: {one.message_id} kept {self.days.at(one.kept):%F %T} brought nothing new"
            )
            (verdict.doubled_in_gap if in_gap else verdict.doubled).append(line)

    def _news_since(self, one: Arrival, mails: Iterable[Arrival]) -> datetime:
        tried = min([self.first_tried[one.message_id], *self._tried_unseen(one)])
        before = [other.written for other in mails if other is not one and other.kept <= tried]
        return max(before) - OVERLAP if before else datetime.min.replace(tzinfo=one.written.tzinfo)

    def _look_for_second_copies(self, copies: Sequence[Arrival], verdict: Verdict) -> None:
        for number, copy in enumerate(copies[1:], start=1):
            # a digest of unknown outcome doesn't go again: the next one covers it
            in_gap = copy.kind != "digest" and any(self._was_in_gap(other) for other in copies[:number])
            line = f"{copy.reader}: copy {number + 1} of {copy.message_id} kept {self.days.at(copy.kept):%F %T}"
            (verdict.doubled_in_gap if in_gap else verdict.doubled).append(line)
            if copy.digest != copies[0].digest:
                verdict.changed.append(line)

    def _was_in_gap(self, copy: Arrival) -> bool:
        """Whether the sender of ``copy`` could not know, or could not write down, that it was taken."""
        return not copy.was_answered or self._was_struck(copy.process, copy.began, copy.kept)

    def _was_struck(self, process: int, began: float, ended: float) -> bool:
        """Whether anything struck the process about the time of a hand-over."""
        return any(
            (trouble.kind in STRIKES_ALL or process in trouble.processes)
            and trouble.began <= ended + STRUCK_AFTER
            and trouble.ended >= began - STRUCK_BEFORE
            for trouble in self.troubles
        )

    def _look_for_untruth(self, copy: Arrival, verdict: Verdict) -> None:
        at = self.days.at(copy.began)
        for key in _keys(copy):
            topic = self.topics.get(key)
            if topic is not None and topic.held_at(at, tolerance=timedelta(0)):
                continue
            line = f"{' '.join(map(str, key))}: told {at:%F %T} by {copy.message_id}"
            moment = topic is not None and topic.held_at(at, tolerance=ON_ITS_WAY)
            (verdict.overtaken if moment or self._slept(copy) else verdict.untrue).append(line)
        if at - copy.written > WORDS_LAST and not self._went_before(copy):
            verdict.outdated.append(f"{copy.reader}: {copy.message_id} of {copy.written:%F %T} kept {at:%F %T}")

    def _went_before(self, copy: Arrival) -> bool:
        """Whether, for all that its sender can know, a copy may have arrived before: it goes again as it was."""
        first = self.first_at_the_dot.get(copy.message_id, copy.began)
        return first < copy.began or bool(self._tried_unseen(copy))

    def _tried_unseen(self, copy: Arrival) -> list[float]:
        """When hand-overs began before that of ``copy`` that may have been of its mail.

        Of one that ended before its content was seen, nobody knows which mail of its reader's it was.
        """
        return [
            one.began
            for one in self.unknown
            if one.reader == copy.reader
            and not one.message_id
            and one.began < copy.began
            and self.days.at(one.began) >= copy.written
        ]

    def _slept(self, copy: Arrival) -> bool:
        """Whether its sender was stopped while it had the mail in its hands."""
        return any(
            trouble.kind == "stopped"
            and copy.process in trouble.processes
            and trouble.began <= copy.began <= trouble.ended + STRUCK_AFTER
            for trouble in self.troubles
        )


def _keys(copy: Arrival) -> list[Key]:
    return [(copy.reader, code, due_on) for code, due_on in copy.told] or [(copy.reader, "", None)]


def _by_end(span: tuple[datetime, datetime, Arrival]) -> datetime:
    return span[0]


def _name(topic: Topic) -> str:
    return f"{topic.reader} {topic.code or 'digest'} {topic.due_on or ''}".strip()
