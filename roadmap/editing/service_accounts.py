"""Acts on service accounts: programs of an organisation that call the API under a name of their own.

Such an account never signs in and gets no mail; it has tokens, and its role counts within its organisation's branch.
"""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.account_rights import require_hand_on, scopes_of_role
from roadmap.editing.tokens import revoke_tokens
from roadmap.errors import InvalidChange
from roadmap.models import ApiToken, Organisation, Person
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_manage_account
from roadmap.validity import check_whole
from roadmap.vocabulary import PersonKind, Role


def create_service_account(
    *,
    by: Actor,
    username: str,
    full_name: str,
    organisation: Organisation,
    role: str = Role.CONTRIBUTOR,
    reason: str = "",
) -> Person:
    """A new account of the organisation's program. Raises InvalidChange; NotAllowed for roles and branches beyond the
    actor's own."""
    account = Person(
        kind=PersonKind.SERVICE,
        username=username,
        full_name=full_name,
        organisation=organisation,
        role=role,
        password=make_password(None),
    )
    require_manage_account(by, account)
    require_hand_on(by, scopes_of_role(role))
    if not full_name.strip():
        raise InvalidChange({"full_name": _("Give it a name by which readers of the change record know it.")})
    with transaction.atomic():
        check_whole(account)
        note_change(account, by=by, reason=reason)
        account.save()
    return account


def close_service_account(account: Person, *, by: Actor, now: datetime, reason: str = "") -> Person:
    """Shut the account out for good and revoke its tokens; what it did keeps its name. Raises NotAllowed."""
    require_manage_account(by, account)
    with transaction.atomic():
        current = Person.objects.select_for_update(of=("self",), no_key=True).get(
            pk=account.pk, kind=PersonKind.SERVICE
        )
        revoke_tokens(ApiToken.objects.filter(person=current), by=by, now=now, reason=reason)
        if current.is_active:
            current.is_active = False
            note_change(current, by=by, reason=reason)
            current.save()
    return current
