"""People, the teams they belong to, and the time zone each of them lives in."""

import zoneinfo
from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone


@cache
def known_time_zones() -> frozenset[str]:
    """All IANA names; looked up once, as that walks through hundreds of files."""
    return frozenset(zoneinfo.available_timezones())


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone such as `Europe/London`."""
    if name not in known_time_zones():
        raise ValidationError(f"“{name}” is not a time zone. Use a name such as Europe/London.", code="time_zone")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make a person who can log in; without a password only an administrator can let them in."""
        if not email:
            raise ValueError("An e-mail address is needed.")
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make a person who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with that e-mail address, upper and lower case alike."""
        return self.get(email__iexact=username)

    def with_access(self) -> models.QuerySet["User"]:
        """People with `role_permissions` and `member_team_ids`: all that decides what they may see, in one query.

        Permissions come with roles only; the portal gives none to a single person.
        """
        label = Concat("permissions__content_type__app_label", Value("."), "permissions__codename")
        roles = Group.objects.filter(user=OuterRef("pk"), permissions__isnull=False).order_by()
        teams = Membership.objects.filter(user=OuterRef("pk")).order_by()
        return self.annotate(
            role_permissions=ArraySubquery(roles.annotate(label=label).values("label")),
            member_team_ids=ArraySubquery(teams.values("team_id")),
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can log in. The e-mail address is the login; history keeps people, so they are deactivated, not deleted."""

    email = models.EmailField(
        "e-mail", unique=True, error_messages={"unique": "Somebody already has this e-mail address."}
    )
    display_name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    is_active = models.BooleanField("active", default=True, help_text="Clear this when somebody leaves.")
    is_staff = models.BooleanField("may open the admin", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        ordering = ["display_name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                violation_error_message="Somebody already has this e-mail address.",
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = str(self).replace("@", " ").split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    def get_team_ids(self) -> list[int]:
        """Ids of the teams this person belongs to; free when loaded through `with_access`."""
        known: list[int] | None = vars(self).get("member_team_ids")
        return known if known is not None else list(self.memberships.values_list("team_id", flat=True))


class Team(models.Model):
    """People who own services together and share their on-call."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.TextField(blank=True)
    email = models.EmailField("e-mail", blank=True)
    chat_channel = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField("leads the team", default=False)

    class Meta:
        ordering = ["team", "-is_lead", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team"],
                name="membership_once",
                violation_error_message="This person is already in the team.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class Token(models.Model):
    """Lets a machine in: a bearer token of monitoring, a pipeline or a script. Only its digest is kept."""

    class Scope(models.TextChoices):
        ALERTS = "alerts", "Send alerts"
        CHANGES = "changes", "Record system changes"
        API = "api", "Use the API as its person"

    name = models.CharField(max_length=120, unique=True, help_text="What uses it, e.g. “Alertmanager, production”.")
    scope = models.CharField(max_length=7, choices=Scope)
    person = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="tokens",
        help_text="Whose rights it has; needed for the API.",
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256: tokens are long and random
    hint = models.CharField(max_length=12, editable=False)  # its first characters, to tell tokens apart
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(scope="api") | models.Q(person__isnull=False),
                name="token_api_has_person",
                violation_error_message="A token for the API acts for a person: choose whom.",
            )
        ]

    def __str__(self) -> str:
        return self.name
