"""Every page of the administration; importing it registers them."""

from roadmap.admin import frame, mail, milestones, outbox, people, plans, reports, tokens

__all__ = ["frame", "mail", "milestones", "outbox", "people", "plans", "reports", "tokens"]
