"""The comments on a milestone's page."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from roadmap.editing.comments import may_remove_comment
from roadmap.models import Comment, Milestone, Person
from roadmap.models.comment import LONGEST_COMMENT
from roadmap.web.presenters.lines import owner_of

SHOWN = 50


@dataclass(frozen=True)
class CommentView:
    """One of them; ``may_remove`` for this reader."""

    id: int
    who: str
    at: datetime
    text: str
    may_remove: bool


@dataclass(frozen=True)
class CommentsView:
    """The newest, in the order in which they were written, and how many there are in all."""

    shown: list[CommentView]
    total: int
    longest: int = LONGEST_COMMENT


def comments_view(milestone: Milestone, *, ends_at: datetime, reader: AbstractBaseUser | AnonymousUser) -> CommentsView:
    """Those written before ``ends_at``; one query, two where there are more than are shown."""
    rows = Comment.objects.filter(milestone=milestone, written_at__lt=ends_at).select_related("written_by")
    newest = list(rows[: SHOWN + 1])
    total = rows.count() if len(newest) > SHOWN else len(newest)
    return CommentsView([_view(one, reader) for one in reversed(newest[:SHOWN])], total)


def _view(one: Comment, reader: AbstractBaseUser | AnonymousUser) -> CommentView:
    return CommentView(
        id=one.pk,
        who=owner_of(one.written_by),
        at=one.written_at,
        text=one.text,
        may_remove=isinstance(reader, Person) and may_remove_comment(reader, one),
    )
