"""What the mail of an invitation says: the values of the templates in ``templates/mail/invitation/``."""

from django.urls import reverse

from roadmap.clock import day_in
from roadmap.editing.invitations import link_token
from roadmap.models import Invitation, OutboxMessage
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.outbox.wording import address_of, day_text, mail_from


def invitation_mail(row: OutboxMessage, memory: BatchMemory) -> Mail | None:
    """The mail with the link; None when the invitation is gone."""
    invitation = (
        Invitation.objects.select_related("person__organisation", "invited_by")
        .filter(pk=row.facts["invitation"])
        .first()
    )
    if invitation is None:
        return None
    person = invitation.person
    return mail_from(
        "invitation",
        {
            "language": row.language,
            "person": person,
            "organisation": person.organisation,
            "role": person.get_role_display(),
            "by": invitation.invited_by,
            "until": day_text(day_in(person.time_zone, at=invitation.expires_at)),
            "address": address_of(reverse("web:invitation", kwargs={"token": link_token(invitation)})),
        },
    )
