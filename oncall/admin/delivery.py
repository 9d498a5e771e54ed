"""What was sent, to look at and to send again; where the portal sends; proof that it arrives. All written elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import PortalAdmin, ReadOnlyRows, ShownRows, person_of
from oncall.errors import Refused
from oncall.models import Address, Delivery, MailboxMail, Notification, ReachTest, ShiftCheck
from oncall.outbox.showing import show_target
from oncall.services.resending import resend

MOST_MESSAGES = 30


class KeptRows(ReadOnlyRows, PortalAdmin):
    """Rows to look at: neither made, nor changed, nor deleted here."""

    actions: Sequence[Any] = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DeliveryInline(ShownRows):
    model = Delivery
    fields = readonly_fields = (
        "transport",
        "shown_target",
        "status",
        "attempts",
        "due_at",
        "finished_at",
        "last_error",
    )


@admin.register(Notification)
class NotificationAdmin(KeptRows):
    list_display = ("subject", "to", "kind", "created_at")
    list_filter = ("kind",)
    search_fields = ("subject", "to", "person__email")
    search_help_text = "Subject or person"
    date_hierarchy = "created_at"
    inlines = (DeliveryInline,)
    fields = readonly_fields = ("subject", "to", "person", "contact", "channel", "kind", "text", "action", "created_at")


@admin.register(Delivery)
class DeliveryAdmin(KeptRows):
    list_display = ("notification", "to", "transport", "shown_target", "status", "attempts", "due_at", "finished_at")
    list_filter = ("status", "transport", "notification__kind")
    search_fields = ("notification__subject", "notification__to", "shown_target", "last_error")
    search_help_text = "Subject, person, address or reason"
    list_select_related = ("notification",)
    fields = readonly_fields = (
        "notification",
        "transport",
        "shown_target",
        "status",
        "attempts",
        "due_at",
        "finished_at",
        "last_error",
        "message_id",
    )
    actions = ("send_again",)

    @admin.display(description="to", ordering="notification__to")
    def to(self, delivery: Delivery) -> str:
        return delivery.notification.to

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """What Django's admin asks for actions with the permission "resend"."""
        return person_of(request).has_perm("oncall.change_delivery")

    @admin.action(permissions=["resend"], description="Send selected deliveries again")
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """One after the other; each refusal is said with its delivery."""
        sent, refused = 0, []
        for delivery in queryset.select_related("notification"):
            try:
                resend(delivery, user=person_of(request), now=timezone.now())
                sent += 1
            except Refused as refusal:
                refused.append(f"{delivery}: {refusal}")
        if sent:
            self.message_user(request, f"{sent} will be sent again.", messages.SUCCESS)
        for text in refused[:MOST_MESSAGES]:
            self.message_user(request, text, messages.WARNING)
        if len(refused) > MOST_MESSAGES:
            self.message_user(request, f"And {len(refused) - MOST_MESSAGES} more.", messages.WARNING)


@admin.register(Address)
class AddressAdmin(KeptRows):
    """Addresses, without what is secret in them. People change their own under “My addresses”."""

    list_display = ("owner", "transport", "shown_target", "label", "is_enabled", "answered_at")
    list_display_links = ("owner", "shown_target")
    list_filter = ("transport", "is_enabled")
    search_fields = ("person__display_name", "person__email", "contact__name", "channel__channel", "label")
    search_help_text = "Person, contact, channel or label"
    list_select_related = ("person", "contact", "channel")
    fields = readonly_fields = (
        "owner",
        "transport",
        "shown_target",
        "label",
        "is_enabled",
        "created_at",
        "answered_at",
    )

    @admin.display(description="whose")
    def owner(self, address: Address) -> str:
        return str(address.person or address.contact or address.channel)

    @admin.display(description="address")
    def shown_target(self, address: Address) -> str:
        return show_target(address.transport, address.target)


@admin.register(ReachTest)
class ReachTestAdmin(KeptRows):
    list_display = ("person", "address", "asked_by", "sent_at", "answered_at")
    list_filter = (("answered_at", admin.EmptyFieldListFilter),)
    search_fields = ("person__display_name", "person__email")
    search_help_text = "Person"
    list_select_related = ("person", "address", "asked_by")
    date_hierarchy = "sent_at"
    fields = readonly_fields = ("person", "address", "asked_by", "sent_at", "answered_at")


@admin.register(ShiftCheck)
class ShiftCheckAdmin(KeptRows):
    list_display = ("person", "layer", "shift_starts_at", "checked_at", "problem_count")
    search_fields = ("person__display_name", "person__email", "layer__rotation__name", "layer__rotation__team__name")
    search_help_text = "Person, rotation or team"
    list_select_related = ("person", "layer")
    date_hierarchy = "shift_starts_at"
    fields = readonly_fields = ("layer", "person", "shift_starts_at", "checked_at", "found")

    @admin.display(description="to mend")
    def problem_count(self, check: ShiftCheck) -> int:
        return len(check.problems)

    @admin.display(description="found")
    def found(self, check: ShiftCheck) -> str:
        return "\n".join(check.problems) or "All is well"


@admin.register(MailboxMail)
class MailboxMailAdmin(ReadOnlyRows, PortalAdmin):
    """Mails that went nowhere. The HTML is shown on the mailbox page only, in its frame."""

    list_display = ("subject", "to", "received_at")
    search_fields = ("subject", "to")
    search_help_text = "Subject or address"
    date_hierarchy = "received_at"
    fields = readonly_fields = ("subject", "to", "sender", "message_id", "received_at", "text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("raw", "html")
