"""Every page of the administration; importing it registers them."""

from roadmap.admin import (
    answers,
    comments,
    frame,
    gate,
    leave,
    mail,
    milestones,
    outbox,
    people,
    plans,
    reports,
    rules,
    suppressions,
    tokens,
    watches,
    workdays,
)

__all__ = [
    "answers",
    "comments",
    "frame",
    "gate",
    "leave",
    "mail",
    "milestones",
    "outbox",
    "people",
    "plans",
    "reports",
    "rules",
    "suppressions",
    "tokens",
    "watches",
    "workdays",
]
