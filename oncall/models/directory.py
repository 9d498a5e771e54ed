"""Whom to call and where to write: contacts with their ways, vendors, channels."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Team, User, check_time_zone
from oncall.models.change import count_changes

EXACTLY_ONE = "This belongs to one contact or one vendor."


class ContactQuerySet(models.QuerySet["Contact"]):
    def current(self) -> "ContactQuerySet":
        """Contacts that have not left: neither marked so, nor tied to an account that was switched off."""
        return self.filter(left_at__isnull=True).exclude(user__is_active=False)

    def departed(self) -> "ContactQuerySet":
        """Contacts that have left; they stay, so that a runbook that names them can be told so."""
        return self.filter(Q(left_at__isnull=False) | Q(user__is_active=False))

    def for_list(self) -> "ContactQuerySet":
        """The directory: by name, each with its team, person and ways."""
        return self.select_related("team", "user").prefetch_related("ways").order_by("name")


class Contact(models.Model):
    """A person or a shared line that can be called. `user` ties it to somebody who can log in."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        SHARED = "shared", "Shared line"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PERSON)
    role = models.CharField(max_length=120, blank=True, help_text="What they are asked for, e.g. “Database lead”.")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts")
    user = models.OneToOneField(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="contact", verbose_name="portal account"
    )
    time_zone = models.CharField(max_length=64, blank=True, validators=[check_time_zone])
    availability = models.CharField(max_length=200, blank=True, help_text="e.g. “Mon to Fri 09:00–17:00”.")
    language = models.CharField(max_length=80, blank=True, help_text="Languages they answer in.")
    notes = models.TextField(blank=True)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField("last confirmed", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        permissions: ClassVar = [("view_personal_phone", "Can see personal telephone numbers")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(kind="person"),
                name="contact_shared_line_has_no_account",
                violation_error_message="A shared line is nobody's account.",
            ),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("oncall:contact", args=[self.pk])

    @property
    def has_left(self) -> bool:
        """Whether nobody should be sent here any more."""
        return self.left_at is not None or (self.user is not None and not self.user.is_active)


class Vendor(models.Model):
    """A company that helps, with what it asks for before it does."""

    name = models.CharField(max_length=120)
    support_type = models.CharField(max_length=120, blank=True, help_text="e.g. “Premium, 24 × 7”.")
    contact_name = models.CharField(max_length=120, blank=True)
    account_number = models.CharField("account or contract number", max_length=120, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    team = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="vendors",
        verbose_name="team that deals with them",
    )
    notes = models.TextField(blank=True)
    confirmed_at = models.DateTimeField("last confirmed", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "support_type"],
                name="vendor_once",
                violation_error_message="This vendor is already there with this type of support.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("oncall:vendor", args=[self.pk])


class WayQuerySet(models.QuerySet["Way"]):
    def visible_to(self, user: User) -> "WayQuerySet":
        """Personal numbers are for responders and up, and for whoever they belong to."""
        if user.has_perm("oncall.view_personal_phone"):
            return self
        return self.filter(Q(is_personal=False) | Q(contact__user=user.pk))

    def hidden_from(self, user: User) -> "WayQuerySet":
        """Ways that are there, and that `visible_to` keeps back."""
        if user.has_perm("oncall.view_personal_phone"):
            return self.none()
        return self.filter(is_personal=True).exclude(contact__user=user.pk)


class Way(models.Model):
    """One way to reach a contact or a vendor, and when somebody last made sure that it is right."""

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        EMAIL = "email", "E-mail"
        CHAT = "chat", "Chat"
        WEB = "web", "Web page"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="ways")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, null=True, blank=True, related_name="ways")
    kind = models.CharField(max_length=5, choices=Kind)
    value = models.CharField(max_length=300, help_text="Telephone numbers with the country code.")
    label = models.CharField(max_length=60, blank=True, help_text="e.g. “Mobile”, “Out of hours”.")
    is_personal = models.BooleanField("personal", default=False, help_text="Shown to responders and up.")
    confirmed_at = models.DateTimeField("last confirmed", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = WayQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, vendor__isnull=True) | Q(contact__isnull=True, vendor__isnull=False),
                name="way_of_one",
                violation_error_message=EXACTLY_ONE,
            ),
            models.UniqueConstraint(
                fields=["contact", "kind", "value"],
                name="way_of_contact_once",
                violation_error_message="The contact already has this.",
            ),
            models.UniqueConstraint(
                fields=["vendor", "kind", "value"],
                name="way_of_vendor_once",
                violation_error_message="The vendor already has this.",
            ),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return self.value

    @property
    def href(self) -> str:
        """What a tap opens: `tel:`, `mailto:` or the page; "" for a chat handle."""
        return href_of(self.kind, self.value)


def href_of(kind: str, value: str) -> str:
    """What a tap on that kind of way opens; see `Way.href`."""
    if kind == Way.Kind.PHONE:
        number, _, extension = value.partition(" x")  # RFC 3966 has a place of its own for an extension
        tail = f";ext={extension}" if extension.isdigit() else ""
        return "tel:" + "".join(c for c in number if c.isdigit() or c == "+") + tail
    if kind == Way.Kind.EMAIL:
        return "mailto:" + value
    return value if kind == Way.Kind.WEB and value.startswith(("https://", "http://")) else ""


class Channel(models.Model):
    """A place where people talk about something: `#harbour`, a radio channel, a conference bridge."""

    purpose = models.CharField(max_length=120, help_text="What it is for, e.g. “Incidents”.")
    channel = models.CharField(max_length=200, help_text="Its name, number or address.")
    details = models.CharField(max_length=300, blank=True)
    url = models.URLField("link", max_length=500, blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="channels")
    confirmed_at = models.DateTimeField("last confirmed", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["purpose", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "channel"],
                name="channel_once",
                violation_error_message="This channel is already there for this purpose.",
            )
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return self.channel

    def get_absolute_url(self) -> str:
        return reverse("oncall:channel", args=[self.pk])
