"""The mail to whom a comment mentions: the values of the templates in ``templates/mail/comment/``."""

from django.urls import reverse

from roadmap.models import Comment, OutboxMessage
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import address_of, mail_from


def comment_mail(row: OutboxMessage, memory: BatchMemory) -> Mail | None:
    """The mail; None when the comment is gone."""
    found = Comment.objects.select_related("milestone", "written_by").filter(pk=row.facts["comment"]).first()
    if found is None:
        return None
    page = reverse("web:milestone", kwargs={"code": found.milestone.code})
    return mail_from(
        "comment",
        {
            "person": row.recipient,
            "author": found.written_by,
            "milestone": found.milestone.title,
            "text": found.text,
            "address": address_of(f"{page}#comment-{found.pk}"),
        },
    )


def comment_still_there(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Whether the comment wasn't removed meanwhile; looked at once more before its mail goes."""
    return Comment.objects.filter(pk=row.facts["comment"]).exists()
