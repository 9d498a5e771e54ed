"""A handoff: the moment at which one person's shift becomes another's, and where it stands."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Team, User
from accounts.triggers import count_own_revision
from oncall.models import Rotation


class State(models.TextChoices):
    DRAFT = "draft", "Being written"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned"
    ACCEPTED = "accepted", "Accepted"
    LAPSED = "lapsed", "Lapsed"  # called off, or overtaken by a later handoff that was accepted


OPEN = (State.DRAFT, State.SUBMITTED, State.RETURNED)
EDITABLE = (State.DRAFT, State.RETURNED)


class Policy(models.Model):
    """How the handoffs of a rotation go. A rotation without a row has the defaults."""

    rotation = models.OneToOneField(Rotation, on_delete=models.CASCADE, related_name="handoff_policy")
    is_automatic = models.BooleanField(
        "opened by itself",
        default=True,
        help_text="Before each change of the person who answers first. Without it, handoffs are opened by hand only.",
    )
    open_before = models.PositiveSmallIntegerField(
        "opened before the change",
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
        help_text="Minutes.",
    )
    late_after = models.PositiveSmallIntegerField(
        "late after the change",
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text="Minutes without acceptance until the incoming person is reminded; as long again until the backup is told, "
        "and again until the team's lead is.",
    )

    class Meta:
        verbose_name = "handoff policy"
        verbose_name_plural = "handoff policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(open_before__range=(5, 1440), late_after__range=(1, 1440)), name="policy_minutes"
            )
        ]

    def __str__(self) -> str:
        return f"Handoffs of {self.rotation}"


class OpeningSweep(models.Model):
    """One row: up to which moment changes of shifts were looked for, so that an hour without workers skips none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    looked_until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.looked_until:%Y-%m-%d %H:%M} UTC"


class HandoffQuerySet(models.QuerySet["Handoff"]):
    def open(self) -> HandoffQuerySet:
        """Handoffs that were not accepted and have not lapsed."""
        return self.filter(state__in=OPEN)

    def of_person(self, user: User) -> HandoffQuerySet:
        """Handoffs in which the person hands over, takes over, or stands by."""
        return self.filter(Q(outgoing=user) | Q(incoming=user) | Q(backup=user))

    def for_list(self) -> HandoffQuerySet:
        """Lists of handoffs: the latest change first, with what a line says."""
        return self.select_related("team", "rotation", "outgoing", "incoming", "backup").order_by("-changes_at", "-pk")


class Handoff(models.Model):
    """One change of shift. What it says while it is written is looked up; what was submitted stands in its snapshots.

    `changes_at` is when the incoming person's shift begins; the outgoing person's ends at `shift_ends_at`, which is earlier
    where nobody is expected in between.
    """

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="handoffs")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="handoffs")
    outgoing = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handoffs_given")
    incoming = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handoffs_taken")
    backup = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    shift_starts_at = models.DateTimeField()
    shift_ends_at = models.DateTimeField()
    changes_at = models.DateTimeField("changes at")
    next_ends_at = models.DateTimeField(
        null=True, blank=True
    )  # the end of the incoming person's shift, where it has one
    since = models.DateTimeField(help_text="What is reported began or changed after this.")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    round = models.PositiveSmallIntegerField(default=0)  # how often it was submitted: the newest snapshot's number
    is_quiet = models.BooleanField(default=False)  # submitted with “nothing happened”
    summary = models.CharField("in one breath", max_length=500, blank=True)
    urgent = models.TextField("what cannot wait", blank=True)
    context = models.TextField("context for the next shifts", blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    lapse_reason = models.CharField(max_length=300, blank=True)
    proof = models.CharField(max_length=300, blank=True)  # how the incoming person knows that a page reaches them
    reminders = models.PositiveSmallIntegerField(default=0)  # 0 none, 1 incoming, 2 backup, 3 lead
    remind_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(default=0, editable=False)  # counted up by triggers: what pages poll for
    follows_schedule = models.BooleanField(default=True, editable=False)  # not where somebody chose its people by hand
    is_example = models.BooleanField(default=False, editable=False)

    objects = HandoffQuerySet.as_manager()
    rotation_id: int
    team_id: int
    outgoing_id: int
    incoming_id: int
    backup_id: int | None

    class Meta:
        ordering = ["-changes_at", "-pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["rotation", "changes_at"],
                condition=~Q(state="lapsed"),
                name="handoff_once_per_change",
                violation_error_message="There is already a handoff for this change of the shift.",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="handoff_state_known"),
            models.CheckConstraint(
                condition=Q(shift_starts_at__lte=F("shift_ends_at"), shift_ends_at__lte=F("changes_at")),
                name="handoff_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted") ^ Q(accepted_at__isnull=True), name="handoff_accepted_has_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "lapsed"]) | Q(submitted_at__isnull=False, round__gt=0),
                name="handoff_submitted_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["team", "-changes_at"], name="handoff_of_team"),
            models.Index(fields=["remind_at"], name="handoff_remind", condition=Q(state__in=[*OPEN])),
        ]
        triggers: ClassVar = [
            count_own_revision(),
            pgtrigger.Protect(name="handoff_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="signed_is_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.state IN ('accepted', 'lapsed')
                       AND to_jsonb(NEW) - 'revision' IS DISTINCT FROM to_jsonb(OLD) - 'revision' THEN
                        RAISE EXCEPTION 'pgtrigger: the handoff is %, and fixed', OLD.state;
                    END IF;
                    IF OLD.state = 'submitted' AND NEW.state = 'submitted'
                       AND (OLD.summary, OLD.urgent, OLD.context, OLD.outgoing_id, OLD.since, OLD.round)
                           IS DISTINCT FROM (NEW.summary, NEW.urgent, NEW.context, NEW.outgoing_id, NEW.since, NEW.round) THEN
                        RAISE EXCEPTION 'pgtrigger: the handoff is submitted, and its words are fixed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rotation} handoff, {self.changes_at:%Y-%m-%d %H:%M} UTC"

    def get_absolute_url(self) -> str:
        return reverse("handoffs:handoff", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_editable(self) -> bool:
        """Whether its words may still be changed."""
        return self.state in EDITABLE

    @property
    def continues(self) -> bool:
        """Whether the same person goes on; then, and only then, they accept their own handoff."""
        return self.outgoing_id == self.incoming_id

    def is_late(self, now: dt.datetime) -> bool:
        """Whether the shift changed, and nobody has accepted."""
        return self.is_open and now >= self.changes_at

    def takes_part(self, user: User) -> bool:
        """Whether the person hands over, takes over or stands by."""
        return user.pk in (self.outgoing_id, self.incoming_id, self.backup_id)
