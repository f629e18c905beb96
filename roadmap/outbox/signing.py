"""Secrets and signatures of webhooks, after the Standard Webhooks specification.

A secret is derived from the site's key and the webhook's salt: it can be had for signing, and stands in no table.
"""

import hashlib
import hmac
from base64 import b64encode
from datetime import datetime
from uuid import UUID

from django.conf import settings

from roadmap.models import Webhook

MARK = "whsec_"


def secret_of(webhook: Webhook) -> str:
    """The webhook's secret as its owner keeps it: ``whsec_`` and 32 bytes in base64."""
    return MARK + b64encode(_bytes_of(webhook)).decode()


def signed_headers(webhook: Webhook, *, number: UUID, body: bytes, now: datetime) -> dict[str, str]:
    """``webhook-id``, ``webhook-timestamp`` (seconds since 1970) and ``webhook-signature`` over both and the body."""
    stamp = str(int(now.timestamp()))
    signed = b".".join([str(number).encode(), stamp.encode(), body])
    digest = hmac.new(_bytes_of(webhook), signed, hashlib.sha256).digest()
    return {
        "webhook-id": str(number),
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }


def _bytes_of(webhook: Webhook) -> bytes:
    return hmac.new(
        settings.SECRET_KEY.encode(), f"webhook/{webhook.pk}/{webhook.salt}".encode(), hashlib.sha256
    ).digest()
