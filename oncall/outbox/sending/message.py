"""A notification as a mail: plain text and HTML of one content, and headers that stay the same over all attempts."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from oncall.models import Address, Delivery, Kind
from oncall.outbox.items import list_items, write_items
from oncall.outbox.sending.links import find_link


def build_mail(delivery: Delivery, address: Address) -> EmailMultiAlternatives:
    """The mail of a delivery. Auto-Submitted (RFC 3834) keeps holiday notes from answering it."""
    notification = delivery.notification
    items = list_items(notification)
    context = {
        "notification": notification,
        "paragraphs": [part.strip() for part in notification.text.split("\n\n") if part.strip()],
        "items": items,
        "written_items": write_items(items),
        "link": find_link(notification),
        "choices": settings.PORTAL_URL + reverse("oncall:addresses") if notification.person else "",
        "portal": settings.PORTAL_NAME,
        "is_page": notification.kind == Kind.PAGE,
    }
    mail = EmailMultiAlternatives(
        subject=notification.subject,
        body=render_to_string("mail/notification.txt", context).strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address.target],
        headers=_list_headers(delivery, str(context["choices"])),
    )
    mail.attach_alternative(render_to_string("mail/notification.html", context), "text/html")
    return mail


def find_message_id(delivery: Delivery) -> str:
    """The Message-ID (RFC 5322), by which a mail that came twice is known as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{delivery.message_id}@{domain}>"


def _list_headers(delivery: Delivery, choices: str) -> dict[str, str]:
    headers = {
        "Message-ID": find_message_id(delivery),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Portal-Kind": delivery.notification.kind,
        "X-Portal-Delivery": str(delivery.message_id),
    }
    if choices:
        headers["List-Unsubscribe"] = f"<{choices}>"
    if delivery.notification.kind == Kind.PAGE:
        headers |= {"Importance": "high", "X-Priority": "1"}
    return headers
