"""The format of catalogue files: which sections there are, and which keys an entry of each may have.

Keys are named after the model's fields; a ``pair`` is written once and stored as ``<name>_zh`` and ``<name>_en``.
"""

from collections.abc import Mapping

from roadmap.exchange import values as v
from roadmap.exchange.shape import NO_TEXTS, Key, Shape, keys_of
from roadmap.fields import (
    DELIVERABLE,
    INDICATOR,
    INITIATIVE,
    MILESTONE,
    ORGANISATION,
    PHASE,
    PILLAR,
    ROADMAP,
    WORKSTREAM,
)
from roadmap.vocabulary import (
    Audience,
    DayKind,
    EvidenceKind,
    Frequency,
    Language,
    Provenance,
    Qualifier,
    Rag,
    Role,
    RuleKind,
)

# Of the days of an entry, where they come from elsewhere than the rest of it
DAYS_MARK = {"days_mark": Key(v.one_of(Provenance.values), "", stored_as="days_provenance")}
MARK_KEYS: Mapping[str, Key] = {
    "mark": Key(v.one_of(Provenance.values), None, stored_as="provenance"),
    "source": Key(v.reference("sources"), None),
}

EVIDENCE = Shape(
    "evidence",
    {
        "title": Key(v.text),
        "kind": Key(v.one_of(EvidenceKind.values)),
        "url": Key(v.text, ""),
        "note": Key(v.text, ""),
    },
    identity=("title",),
)
UPDATES = Shape(
    "updates",
    {
        "reported_on": Key(v.day),
        "percent": Key(v.percent, stored_as="percent_complete"),
        "confidence": Key(v.one_of(Rag.values), Rag.GREEN.value),
        "forecast_on": Key(v.day, None),
        "narrative": Key(v.pair, NO_TEXTS),
        "by": Key(v.reference("people"), None),
    },
    identity=("reported_on",),
    parts={"evidence": EVIDENCE},
)
DELIVERABLES = Shape(
    "deliverables",
    keys_of(DELIVERABLE),
    identity=("title_zh",),
    is_placed=True,
)
AFTER = Shape(
    "after",
    {
        "milestone": Key(v.reference("milestones"), stored_as="predecessor"),
        "lag_working_days": Key(v.whole_number, 0),
    },
    identity=("predecessor",),
)
MOVES = Shape(
    "moves",
    {"due_on": Key(v.day), "reason": Key(v.text)},
    identity=("due_on",),
    is_marked=False,
)
OBSERVATIONS = Shape(
    "observations",
    {
        "period": Key(v.text),
        "period_name": Key(v.pair, stored_as="period_label"),
        "starts_on": Key(v.day, None),
        "ends_on": Key(v.day),
        "value": Key(v.number),
        "stated": Key(v.pair, NO_TEXTS),
        "qualifier": Key(v.one_of(Qualifier.values), Qualifier.EXACT.value),
        "preliminary": Key(v.yes_or_no, False, stored_as="is_preliminary"),
        "note": Key(v.pair, NO_TEXTS),
        **DAYS_MARK,
    },
    identity=("period",),
)

RULES = Shape(
    "reminder_rules",
    {
        "code": Key(v.code),
        "name": Key(v.pair),
        "phase": Key(v.reference("phases"), None),
        "pillar": Key(v.reference("pillars"), None),
        "initiative": Key(v.reference("initiatives"), None),
        "organisation": Key(v.reference("organisations"), None),
        "kind": Key(v.one_of(RuleKind.values), RuleKind.DUE.value),
        "audiences": Key(v.some_of(Audience), [Audience.OWNER.value]),
        "offsets": Key(v.whole_numbers, []),
        "day_kind": Key(v.one_of(DayKind.values), DayKind.CALENDAR.value),
        "after_days": Key(v.whole_number, None),
        "repeat_every_days": Key(v.whole_number, None),
        "escalate_after_days": Key(v.whole_number, None),
        "send_at": Key(v.clock_time),
    },
    identity=("code",),
)
SUBSCRIPTIONS = Shape(
    "subscriptions",
    {
        "person": Key(v.reference("people")),
        "frequency": Key(v.one_of(Frequency.values)),
        "weekday": Key(v.whole_number, 1),
        "month_day": Key(v.whole_number, 1),
        "send_at": Key(v.clock_time),
        "phase": Key(v.reference("phases"), None),
        "pillar": Key(v.reference("pillars"), None),
        "initiative": Key(v.reference("initiatives"), None),
        "organisation": Key(v.reference("organisations"), None),
        "only_mine": Key(v.yes_or_no, False),
    },
    identity=("person", "frequency", "only_mine"),
    is_marked=False,
)

THE_ROADMAP = Shape("roadmap", {**keys_of(ROADMAP), **DAYS_MARK}, identity=("code",))
SECTIONS: Mapping[str, Shape] = {
    shape.section: shape
    for shape in (
        Shape(
            "sources",
            {
                "code": Key(v.code),
                "title": Key(v.pair),
                "citation": Key(v.pair),
                "published_on": Key(v.day),
                "url": Key(v.text, ""),
            },
            identity=("code",),
            is_marked=False,
        ),
        Shape("organisations", keys_of(ORGANISATION), identity=("code",)),
        Shape(
            "people",
            {
                "username": Key(v.code),
                "full_name": Key(v.text),
                "email": Key(v.text),
                "organisation": Key(v.reference("organisations"), None),
                "role": Key(v.one_of(Role.values), Role.OBSERVER.value),
                "language": Key(v.one_of(Language.values), Language.CHINESE.value),
                "time_zone": Key(v.zone, "Asia/Shanghai"),
            },
            identity=("username",),
        ),
        Shape("phases", {**keys_of(PHASE), **DAYS_MARK}, identity=("code",)),
        Shape("pillars", keys_of(PILLAR), identity=("code",), is_placed=True),
        Shape("workstreams", keys_of(WORKSTREAM), identity=("code",), is_placed=True),
        Shape("initiatives", keys_of(INITIATIVE), identity=("code",), is_placed=True),
        Shape(
            "indicators",
            keys_of(INDICATOR),
            identity=("code",),
            is_placed=True,
            parts={"observations": OBSERVATIONS},
        ),
        Shape(
            "milestones",
            keys_of(MILESTONE),
            identity=("code",),
            parts={
                "deliverables": DELIVERABLES,
                "after": AFTER,
                "moves": MOVES,
                "updates": UPDATES,
                "evidence": EVIDENCE,
            },
        ),
        Shape(
            "baselines",
            {
                "name": Key(v.text),
                "approved_on": Key(v.day),
                "by": Key(v.reference("people"), None),
                "reason": Key(v.text, ""),
            },
            identity=("name",),
            is_marked=False,
        ),
        RULES,
        SUBSCRIPTIONS,
    )
}
