"""Writing what has to be told: rows in the transaction of their cause, so that both happen or neither does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.models import Membership, Team, User
from oncall.models import Address, Channel, Contact, Delivery, Kind, Notification
from oncall.outbox.choosing import find_addresses, find_due, find_person, has_left
from oncall.outbox.items import Item, check_path, store_items
from oncall.outbox.nudging import nudge_on_commit
from oncall.outbox.showing import show_target

Recipient = User | Contact | Channel


@transaction.atomic
def notify(
    *,
    key: str,
    kind: Kind,
    to: Recipient,
    subject: str,
    text: str,
    now: dt.datetime,
    url: str = "",
    action: str = "",
    items: Iterable[Item] = (),
    address: Address | None = None,
) -> Notification | None:
    """Tell somebody something once; None when the key was told before, or when they have left.

    `key` names cause and recipient, as `swap-asked:12:user:3`. `text` is plain paragraphs, `url` a path of the portal,
    `action` what its button says, `items` lines below the text with links of their own. With `address` it goes there and
    nowhere else, as a test message does. Without any address the notification stands without deliveries, for all to see.
    The rows belong to the caller's transaction.
    """
    check_path(url)
    if has_left(to) or Notification.objects.filter(key=key).exists():
        return None
    notification = Notification(
        key=key,
        kind=kind,
        person=find_person(to),
        contact=to if isinstance(to, Contact) else None,
        channel=to if isinstance(to, Channel) else None,
        to=_one_line(str(to)),
        subject=_one_line(subject),
        text=text.replace("\0", ""),
        url=url,
        action=_one_line(action)[:60],
        items=store_items(items),
        created_at=now,
    )
    if not _insert(notification):
        return None
    addresses = [address] if address else find_addresses(to, kind)
    due_at = find_due(to, kind, now)
    Delivery.objects.bulk_create(_make_delivery(notification, one, due_at) for one in addresses)
    if addresses:
        nudge_on_commit()
    return notification


def notify_team(
    team: Team, *, key: str, kind: Kind, subject: str, text: str, now: dt.datetime, url: str = "", action: str = ""
) -> list[Notification]:
    """Tell a team: its leads, or all members when nobody leads, and its channels that have an address.

    The recipient is added to `key`, as `gap:7:user:3`. The notifications that are new.
    """
    told = []
    for to in find_team_recipients(team):
        name = "user" if isinstance(to, User) else "channel"
        full_key = f"{key}:{name}:{to.pk}"
        told.append(notify(key=full_key, kind=kind, to=to, subject=subject, text=text, now=now, url=url, action=action))
    return [notification for notification in told if notification]


def find_team_recipients(team: Team) -> list[User | Channel]:
    """Whom a team's news goes to: active leads, else active members, and channels with an address in use."""
    members = Membership.objects.filter(team=team, user__is_active=True).select_related("user").order_by("user_id")
    leads = [membership.user for membership in members if membership.is_lead]
    people = leads or [membership.user for membership in members]
    channels = Channel.objects.filter(team=team, addresses__is_enabled=True).distinct().order_by("pk")
    return [*people, *channels]


def _insert(notification: Notification) -> bool:
    """Whether the row is new. Somebody who writes the same key at the same time is waited for."""
    try:
        with transaction.atomic():
            notification.save(force_insert=True)
    except IntegrityError:
        if not Notification.objects.filter(key=notification.key).exists():
            raise
        return False
    return True


def _make_delivery(notification: Notification, address: Address, due_at: dt.datetime) -> Delivery:
    return Delivery(
        notification=notification,
        address=address,
        transport=address.transport,
        shown_target=show_target(address.transport, address.target),
        due_at=due_at,
    )


def _one_line(text: str) -> str:
    """For a header or a list: no line breaks, no NUL, no more than the column holds."""
    return " ".join(text.replace("\0", "").split())[:200]
