"""Acts on webhooks: make one, change it, give it a new secret, try it, send something again, remove it."""

from collections.abc import Collection
from datetime import datetime
from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.account_rights import require_hand_on
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Organisation, Person, Webhook, WebhookDelivery
from roadmap.models.history import Actor, note_change
from roadmap.models.webhook import event_words
from roadmap.outbox.announce import PING, delivery_of
from roadmap.outbox.outside import fault_of_address
from roadmap.outbox.signing import secret_of
from roadmap.outbox.webhooks import send_delivery_again
from roadmap.rights import may_administer
from roadmap.validity import check_whole
from roadmap.vocabulary import Scope

MOST_WEBHOOKS = 20


def create_webhook(
    person: Person, *, by: Actor, url: str, events: Collection[str], organisation: Organisation | None = None
) -> tuple[Webhook, str]:
    """A new webhook of ``person`` and its secret, which isn't shown again. Raises InvalidChange, NotAllowed."""
    webhook = Webhook(person=person, url=url, events=event_words(set(events)), organisation=organisation)
    _require_own(by, webhook)
    with transaction.atomic():
        if Webhook.objects.filter(person=person).count() >= MOST_WEBHOOKS:
            raise InvalidChange({"__all__": _("You have %(most)d webhooks already.") % {"most": MOST_WEBHOOKS}})
        _write(webhook, by=by)
    return webhook, secret_of(webhook)


def change_webhook(webhook: Webhook, *, by: Actor, **fields: object) -> Webhook:
    """Change address, events (a collection), organisation or is_active; started again, it has a clean slate."""
    with transaction.atomic():
        current = _locked(webhook)
        _require_own(by, current)
        if "events" in fields:
            fields["events"] = event_words(set(fields["events"]))  # type: ignore[call-overload]
        for name in ("url", "events", "organisation", "is_active"):
            setattr(current, name, fields.get(name, getattr(current, name)))
        if current.is_active:
            current.disabled_at = None
        if fields.get("is_active"):
            current.failing_since = None
        return _write(current, by=by)


def renew_secret(webhook: Webhook, *, by: Actor) -> tuple[Webhook, str]:
    """Another secret from now on; the old one signs nothing any more."""
    with transaction.atomic():
        current = _locked(webhook)
        _require_own(by, current)
        current.salt = token_hex(16)
        return _write(current, by=by), secret_of(current)


def remove_webhook(webhook: Webhook, *, by: Actor) -> None:
    """Take it away with its log; the history keeps that it was there."""
    with transaction.atomic():
        _require_own(by, webhook)
        note_change(webhook, by=by)
        webhook.delete()


def try_webhook(webhook: Webhook, *, by: Actor, now: datetime) -> WebhookDelivery:
    """Let it be told a ``ping``."""
    _require_own(by, webhook)
    delivery = delivery_of(webhook, event=PING, told={"webhook": webhook.pk}, now=now)
    delivery.save()
    return delivery


def deliver_again(delivery: WebhookDelivery, *, by: Actor, now: datetime) -> WebhookDelivery:
    """Send what was told, or given up, once more under the same number. Raises InvalidChange while it waits."""
    _require_own(by, delivery.webhook)
    if not send_delivery_again(delivery, now=now):
        raise InvalidChange({"delivery": _("It is waiting to be sent already.")})
    delivery.refresh_from_db()
    return delivery


def _locked(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=webhook.pk)


def _write(webhook: Webhook, *, by: Actor) -> Webhook:
    require_hand_on(by, {Scope.READ})  # what its person reads is told to the address
    fault = fault_of_address(webhook.url)
    check_whole(webhook, found_wrong={"url": fault} if fault is not None else {})
    note_change(webhook, by=by)
    webhook.save()
    return webhook


def _require_own(by: Actor, webhook: Webhook) -> None:
    person = by.person
    own = person is not None and person.is_active and person.pk == webhook.person_id
    if person is not None and not own and not may_administer(person):
        raise NotAllowed(_("You may change your own webhooks only."))
