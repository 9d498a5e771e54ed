"""Webhooks: JSON that the receiver can check, and tell from one it had before."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

import requests
from django.conf import settings

from oncall.errors import AddressRefused
from oncall.models import Address, Delivery
from oncall.outbox.guard import split_webhook
from oncall.outbox.items import list_items
from oncall.outbox.outcomes import Outcome, never
from oncall.outbox.sending.answers import judge_answer, judge_silence
from oncall.outbox.sending.links import find_link
from oncall.outbox.sending.wire import Wire


def build_body(delivery: Delivery) -> bytes:
    """The same bytes at every attempt. `id` is what a receiver knows doubles by."""
    notification = delivery.notification
    told: dict[str, Any] = {
        "id": str(delivery.message_id),
        "kind": notification.kind,
        "to": notification.to,
        "subject": notification.subject,
        "text": notification.text,
        "action": notification.action,
        "url": find_link(notification),
        "created_at": notification.created_at.astimezone(dt.UTC).isoformat(),
    }
    if notification.items:
        told["items"] = [
            {
                "text": item.text,
                "url": item.url,
                "links": [{"label": label, "url": address} for label, address in item.links],
            }
            for item in list_items(notification)
        ]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def sign(secret: str, body: bytes, now: dt.datetime) -> str:
    """The value of X-Portal-Signature: HMAC-SHA256 over the time (Unix seconds), a dot, and the body."""
    seconds = str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def send_webhook(delivery: Delivery, address: Address, now: dt.datetime) -> Outcome:
    """POST it once."""
    body = build_body(delivery)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "RunbookPortal/1",
        "X-Portal-Delivery": str(delivery.message_id),
        "X-Portal-Kind": delivery.notification.kind,
    }
    if address.secret:
        headers["X-Portal-Signature"] = sign(address.secret, body, now)
    try:
        split_webhook(address.target)
    except AddressRefused as refusal:
        return never(str(refusal))
    with Wire(settings.OUTBOX_SEND_SECONDS) as wire, requests.Session() as session:
        session.trust_env = False  # no password out of ~/.netrc
        try:
            return judge_answer(session.post(address.target, data=body, headers=headers), now)
        except (requests.RequestException, OSError, UnicodeError) as error:
            wire.error = wire.error or error
            return judge_silence(wire)
