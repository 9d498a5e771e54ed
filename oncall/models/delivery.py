"""The outbox: what the portal has to tell whom, and through which address it goes.

A notification and its deliveries are written in the transaction of their cause. Workers claim deliveries; a claim is a lease
that runs out, so that what a killed worker held goes out all the same.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from oncall.models.directory import Channel, Contact


class Kind(models.TextChoices):
    """What a notification is about. People choose addresses by it."""

    PAGE = "page", "Pages: answer now"
    SHIFT = "shift", "Your shifts"
    SWAP = "swap", "Swaps and overrides"
    TEAM = "team", "Your team's on-call: gaps, people who can't be reached"
    HANDOFF = "handoff", "Handoffs"
    REVIEW = "review", "Reviews and routine tasks"
    INCIDENT = "incident", "Incidents"
    TEST = "test", "Test messages"


class AddressQuerySet(models.QuerySet["Address"]):
    def usable(self) -> AddressQuerySet:
        """Addresses that were not switched off."""
        return self.filter(is_enabled=True)


class Address(models.Model):
    """Where the portal sends, for a person, a contact or a channel. `target` may hold a secret: never print it whole."""

    class Transport(models.TextChoices):
        EMAIL = "email", "E-mail"
        WEBHOOK = "webhook", "Webhook, signed"
        SLACK = "slack", "Slack"
        TEAMS = "teams", "Microsoft Teams"
        MATTERMOST = "mattermost", "Mattermost"
        NTFY = "ntfy", "ntfy"
        SMS = "sms", "SMS gateway"
        OTHER = "other", "Another service (Apprise address)"

    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="addresses")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="addresses")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, blank=True, related_name="addresses")
    transport = models.CharField(max_length=10, choices=Transport)
    target = models.CharField(max_length=1000, help_text="An e-mail address, an https address, or an Apprise address.")
    label = models.CharField(max_length=80, blank=True, help_text="e.g. “Phone”, “Work mail”.")
    secret = models.CharField(max_length=100, blank=True, editable=False)  # what signs a webhook's body
    is_enabled = models.BooleanField("in use", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField("last answered", null=True, blank=True, editable=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["transport", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, contact__isnull=True, channel__isnull=True)
                | Q(person__isnull=True, contact__isnull=False, channel__isnull=True)
                | Q(person__isnull=True, contact__isnull=True, channel__isnull=False),
                name="address_of_one",
                violation_error_message="An address belongs to one person, contact or channel.",
            ),
            *(
                models.UniqueConstraint(
                    fields=[name, "transport", "target"],
                    name=f"address_of_{name}_once",
                    violation_error_message="This address is already there.",
                )
                for name in ("person", "contact", "channel")
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.get_transport_display()


class AddressChoice(models.Model):
    """A person wants this kind at this address. Where a kind has no choice, the portal's own rule holds."""

    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "kind"], name="address_choice_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.address}"


class QuietHours(models.Model):
    """Hours of a person's day, by their own clock, in which nothing but a page or a test is sent."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="quiet_hours")
    starts_at = models.TimeField()
    ends_at = models.TimeField(help_text="Earlier than the start: on the next morning.")

    class Meta:
        verbose_name_plural = "quiet hours"
        constraints = [
            models.CheckConstraint(
                condition=~Q(starts_at=F("ends_at")),
                name="quiet_hours_not_empty",
                violation_error_message="Quiet hours can't be the whole day: choose two different times.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> NotificationQuerySet:
        """A person sees what was meant for them; administrators see all."""
        if user.has_perm("oncall.view_notification"):
            return self
        return self.filter(person=user)


class Notification(models.Model):
    """One thing told to one person, contact or channel. `key` names the cause: the same cause is never told twice."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="notifications")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    to = models.CharField(max_length=200, help_text="Whom it was meant for, as they were called then.")
    subject = models.CharField(max_length=200)
    text = models.TextField(help_text="Plain paragraphs, separated by empty lines.")
    url = models.CharField(max_length=500, blank=True, help_text="The page to open, from the portal's root.")
    action = models.CharField(max_length=60, blank=True, help_text="What the link is called, e.g. “Answer the swap”.")
    items = models.JSONField(default=list, blank=True)  # lines with links of their own, see oncall.outbox.Item
    created_at = models.DateTimeField()

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["person", "-created_at"], name="notification_of_person")]

    def __str__(self) -> str:
        return self.subject


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def given_up(self) -> DeliveryQuerySet:
        """Deliveries that the portal tries no more."""
        return self.filter(status=Delivery.Status.GIVEN_UP)


class Delivery(models.Model):
    """A notification on its way to one address. `message_id` stays the same over all attempts (RFC 5322)."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        GIVEN_UP = "given_up", "Given up"
        DROPPED = "dropped", "No longer needed"

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    address = models.ForeignKey(Address, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries")
    transport = models.CharField(max_length=10, choices=Address.Transport)
    shown_target = models.CharField(max_length=300, help_text="The address as it may be shown: without secrets.")
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    due_at = models.DateTimeField(help_text="Not before then: quiet hours, a pause after a failure, Retry-After.")
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-pk"]
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["notification", "address"], name="delivery_once_per_address"),
            models.CheckConstraint(
                condition=Q(status="sending", claim__isnull=False, leased_until__isnull=False)
                | (~Q(status="sending") & Q(claim__isnull=True, leased_until__isnull=True)),
                name="delivery_lease_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["sent", "given_up", "dropped"], finished_at__isnull=False)
                | Q(status__in=["waiting", "sending"], finished_at__isnull=True),
                name="delivery_finished_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="delivery_waiting", condition=Q(status="waiting")),
            models.Index(fields=["leased_until"], name="delivery_sending", condition=Q(status="sending")),
            models.Index(fields=["-finished_at"], name="delivery_given_up", condition=Q(status="given_up")),
        ]

    def __str__(self) -> str:
        return f"{self.notification} to {self.shown_target}"


class MailboxMail(models.Model):
    """A mail that went nowhere: without a mail server the portal keeps its mails here, for administrators to read."""

    to = models.CharField(max_length=1000)
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=500)
    message_id = models.CharField(max_length=255)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    raw = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = "mail in the mailbox"
        verbose_name_plural = "mails in the mailbox"
        ordering = ["-received_at", "-pk"]
        default_permissions = ("view", "delete")

    def __str__(self) -> str:
        return self.subject
