"""The contract: what was submitted, byte for byte, what of it was accepted, and who signed."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from handoffs.models.handoff import Handoff
from handoffs.models.triggers import count_revision, final, frozen_outside


class Snapshot(models.Model):
    """What a handoff said when it was submitted. `content` is canonical JSON; `sha256` is the digest of its UTF-8 bytes."""

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveSmallIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["handoff", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["handoff", "number"], name="snapshot_number_once"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="snapshot_digest"),
        ]
        triggers: ClassVar = [final(), frozen_outside("draft", "returned"), count_revision()]

    def __str__(self) -> str:
        return f"Snapshot {self.number} of {self.handoff_id}"

    handoff_id: int

    def compute_digest(self) -> str:
        """SHA-256 of the stored content, in hexadecimal (FIPS 180-4)."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    @property
    def is_intact(self) -> bool:
        """Whether the content is still what was signed."""
        return self.compute_digest() == self.sha256


class ItemAcceptance(models.Model):
    """The incoming person has read and taken one entry of a snapshot."""

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="acceptances")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="acceptances")
    entry = models.CharField(max_length=120)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["snapshot", "entry"], name="entry_accepted_once")]
        triggers: ClassVar = [frozen_outside("submitted"), count_revision()]

    def __str__(self) -> str:
        return self.entry


class Signature(models.Model):
    """Somebody put their name to a snapshot."""

    class Side(models.TextChoices):
        OUTGOING = "outgoing", "Outgoing"
        INCOMING = "incoming", "Incoming"

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="signatures")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=8, choices=Side)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handoff_signatures")
    name = models.CharField(max_length=200)  # as the person was called then
    statement = models.CharField(max_length=500)  # what they said by it
    sha256 = models.CharField(max_length=64)  # of the snapshot, as it was shown to them
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["snapshot", "side"], name="signature_once_per_side")]
        triggers: ClassVar = [final(), count_revision()]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_side_display().lower()}"
