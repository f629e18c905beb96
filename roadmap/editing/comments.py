"""Acts on comments: write one, which tells those whom it mentions; remove one's own (its history stays)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.editing.locking import locked_milestone
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.mentions import Named, mentions_in
from roadmap.models import Comment, Milestone, OutboxMessage, Person
from roadmap.models.history import Actor, note_change
from roadmap.outbox.insert import NewMessage, insert_once
from roadmap.outbox.withdraw import pulled_back, withdraw_superseded
from roadmap.rights import may_administer, people_seen_by, require_report
from roadmap.validity import check_whole
from roadmap.vocabulary import MessageKind, PersonKind

MOST_MENTIONED = 20
OF_USE = timedelta(days=14)


def write_comment(milestone: Milestone, *, by: Actor, now: datetime, text: str) -> Comment:
    """Add a comment, and a mail to each person whom it mentions, but the author; once each.

    Raises NotAllowed for who may not report on the milestone; InvalidChange for a text that is empty, too long, or
    mentions whom the author can't know, several people of one name, or more than ``MOST_MENTIONED``.
    """
    with transaction.atomic():
        current = locked_milestone(milestone, None)
        require_report(by, current)
        comment = Comment(milestone=current, text=text.strip(), written_by=by.person, written_at=now)
        mentioned = _mentioned(comment.text, by=by)
        check_whole(comment)
        note_change(comment, by=by)
        comment.save()
        insert_once([_news(comment, person, now=now) for person in mentioned], deliver_after=now)
    return comment


def may_remove_comment(person: Person, comment: Comment) -> bool:
    """Whoever wrote it, and who administers."""
    return may_administer(person) or (person.is_active and comment.written_by_id == person.pk)


def remove_comment(comment: Comment, *, by: Actor, reason: str = "") -> None:
    """Take a comment away, and its mails that haven't gone. Raises NotAllowed."""
    if by.person is not None and not may_remove_comment(by.person, comment):
        raise NotAllowed(_("A comment is removed by who wrote it, or by the programme office."))
    with transaction.atomic():
        keys = f"comment/{comment.pk}/"
        withdraw_superseded(pulled_back(OutboxMessage.objects.filter(kind=MessageKind.COMMENT, key__startswith=keys)))
        note_change(comment, by=by, reason=reason)
        comment.delete()


def _mentioned(text: str, *, by: Actor) -> list[Person]:
    people = Person.objects.filter(is_active=True, kind=PersonKind.HUMAN)
    if by.person is not None:
        people = people.filter(pk__in=people_seen_by(by.person).values("pk"))
    named = (
        [Named(*row) for row in people.order_by("pk").values_list("pk", "username", "full_name")] if "@" in text else []
    )
    found = mentions_in(text, named)
    wrong: str | Any = ""
    if found.unknown:
        wrong = _("Nobody whom you can mention is called “%(name)s”.") % {"name": found.unknown[0]}
    elif found.unclear:
        wrong = _("Several people are called “%(name)s”: write the user name.") % {"name": found.unclear[0]}
    elif len(found.people) > MOST_MENTIONED:
        wrong = _("Mention at most %(count)d people.") % {"count": MOST_MENTIONED}
    if wrong:
        raise InvalidChange({"text": wrong})
    others = people.filter(pk__in=found.people).exclude(email="").exclude(is_sample=True)
    return list(others.exclude(pk=by.person.pk) if by.person else others)


def _news(comment: Comment, person: Person, *, now: datetime) -> NewMessage:
    return NewMessage(
        key=f"comment/{comment.pk}/{person.pk}",
        kind=MessageKind.COMMENT,
        recipient=person,
        facts={"comment": comment.pk},
        of_use_until=(now + OF_USE).date(),
    )
