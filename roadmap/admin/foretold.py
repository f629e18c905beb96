"""A milestone on the page of an act, with all that is told of it there."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from roadmap.models import Evidence, Milestone


@dataclass
class Row:
    """A milestone on the act's page: what would change, what to heed, what becomes of its mail, what others
    changed meanwhile, and why it can't be done. ``would_be`` is the milestone as the act would leave it."""

    milestone: Milestone
    changes: list[str] = field(default_factory=list)
    heed: list[str] = field(default_factory=list)
    refusal: str = ""
    evidence: list[Evidence] = field(default_factory=list)
    mail: list[str] = field(default_factory=list)
    meanwhile: list[str] = field(default_factory=list)
    would_be: Milestone | None = None


def in_words(field: object, before: object, after: object) -> str:
    """A change, as a sentence."""
    return _("%(field)s: %(before)s → %(after)s") % {"field": field, "before": before, "after": after}
