"""Reviews: somebody reads a runbook again and says whether it is still right; and why it is time to."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.triggers import any_change
from oncall.models import Service
from runbooks.models.runbook import Runbook
from runbooks.models.version import HEAVY, RunbookVersion

# What is said once, and stays.
SAID = (
    "runbook",
    "version_number",
    "answer",
    "way",
    "note",
    "run_url",
    "reviewed_by",
    "reviewed_at",
    "due_before",
    "last_before",
    "due_after",
)


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> ReviewQuerySet:
        """Reviews of runbooks this person may know of."""
        return self.filter(runbook__in=Runbook.objects.visible_to(user))

    def standing(self) -> ReviewQuerySet:
        """Reviews that nobody took back."""
        return self.filter(taken_back_at__isnull=True)

    def for_list(self) -> ReviewQuerySet:
        """The newest first, with people, the runbook and the version that mends it, without texts."""
        rows = self.select_related("reviewed_by", "taken_back_by", "runbook__service", "fix", "task__owner")
        return rows.defer(*(f"fix__{name}" for name in HEAVY)).order_by("-reviewed_at", "-pk")


class Review(models.Model):
    """One answer. It stays for ever; one that was given by mistake is taken back, and stands there as that."""

    class Answer(models.TextChoices):
        RIGHT = "right", "Still right"
        FIXED = "fixed", "Right with a small fix"
        WORK = "work", "Needs work"

    class Way(models.TextChoices):
        PAGE = "page", "On the page"
        MAIL = "mail", "From a message"
        RUN = "run", "By a run of it"
        DRILL = "drill", "By a drill"
        API = "api", "By the API"

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="reviews")
    version = models.ForeignKey(RunbookVersion, on_delete=models.SET_NULL, null=True, related_name="+")  # that was read
    version_number = models.CharField(max_length=20)
    answer = models.CharField(max_length=5, choices=Answer)
    way = models.CharField(max_length=5, choices=Way, default=Way.PAGE)
    note = models.CharField(max_length=1000, blank=True)
    run_url = models.CharField(max_length=300, blank=True)  # of the run or drill, from the portal's root
    fix = models.ForeignKey(
        RunbookVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )  # the version with the small fix, or the draft that was opened
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="given_reviews")
    reviewed_at = models.DateTimeField()
    due_before = models.DateField(null=True, blank=True)  # the runbook's dates as they were …
    last_before = models.DateField(null=True, blank=True)
    due_after = models.DateField(null=True, blank=True)  # … and when it is due again
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReviewQuerySet.as_manager()
    runbook_id: int
    kept_dates = False  # of one that was just taken back: somebody changed the runbook's dates since, so they stayed

    class Meta:
        ordering = ["-reviewed_at", "-pk"]
        default_permissions = ("add", "view")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="review_taken_back_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["runbook", "-reviewed_at"], name="review_of_runbook"),
            models.Index(fields=["reviewed_at"], name="review_by_time"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="review_stays",
                operation=pgtrigger.Update,
                condition=any_change(SAID) | pgtrigger.Q(old__taken_back_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.runbook} {self.version_number}: {self.get_answer_display()}"

    @property
    def is_confirmation(self) -> bool:
        """Whether it says that the runbook holds: only then the next review counts from it."""
        return self.answer != self.Answer.WORK


class ReviewTaskQuerySet(models.QuerySet["ReviewTask"]):
    def visible_to(self, user: User) -> ReviewTaskQuerySet:
        """Tasks on runbooks this person may know of, and their own."""
        return self.filter(Q(owner=user) | Q(runbook__in=Runbook.objects.visible_to(user)))

    def open(self) -> ReviewTaskQuerySet:
        return self.filter(done_at__isnull=True)


class ReviewTask(models.Model):
    """What a review that said “needs work” leaves to somebody. Done when a newer version is active, or by hand."""

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="task")
    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="review_tasks")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="review_tasks")
    text = models.CharField("what is to be done", max_length=500)
    due_on = models.DateField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        default_permissions = ("change", "view")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True) | Q(done_at__isnull=False),
                name="review_task_done_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "due_on"], name="review_task_open", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.text


class Snooze(models.Model):
    """Nobody is reminded of a runbook until a day, for a reason. What happens meanwhile is told all the same."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="snoozes")
    until = models.DateField()
    reason = models.CharField(max_length=300)
    snoozed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    snoozed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # ended early: by a review, or by somebody

    class Meta:
        ordering = ["-snoozed_at"]
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["runbook"], condition=Q(ended_at__isnull=True), name="snooze_one_per_runbook"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.runbook}, until {self.until}"


class NotMine(models.Model):
    """Somebody says that a runbook is none of theirs; they are reminded of it no more, until they own it again."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="disowned_by")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="disowned_runbooks")
    was_owner = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)  # whose it may be
    said_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "not mine"
        ordering = ["-said_at"]
        default_permissions = ("view",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["runbook", "person"], name="not_mine_once")]

    def __str__(self) -> str:
        return f"{self.runbook} is not {self.person}'s"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def open(self) -> EvidenceQuerySet:
        """What asks for a review and was neither answered by one nor put right."""
        return self.filter(asks=True, settled_at__isnull=True)


class Evidence(models.Model):
    """Something happened that tells whether a runbook still holds. `key` names it, so that it is noticed once."""

    class Kind(models.TextChoices):
        FLAG = "flag", "Said to be wrong"
        INCIDENT = "incident", "Used in an incident"
        RUN = "run", "Run"
        DRILL = "drill", "Drill"
        LINK = "link", "Dead link"
        CONTACT = "contact", "Contact gone"
        ESCALATION = "escalation", "Escalation reaches nobody"
        SERVICE = "service", "Service changed"

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=200, unique=True)
    text = models.CharField(max_length=300)  # a sentence
    url = models.CharField(max_length=300, blank=True)  # from the portal's root
    asks = models.BooleanField()  # whether it asks for a review: a run that went well does not
    succeeded = models.BooleanField(null=True, blank=True)  # of runs and drills
    noticed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)  # by a review, or because it was put right
    answered_by = models.ForeignKey(Review, on_delete=models.SET_NULL, null=True, blank=True, related_name="evidence")

    objects = EvidenceQuerySet.as_manager()
    runbook_id: int

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["-noticed_at", "-pk"]
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(settled_at__isnull=False), name="evidence_answered_is_settled"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["runbook"], name="evidence_open", condition=Q(asks=True, settled_at__isnull=True)),
            models.Index(fields=["runbook", "-noticed_at"], name="evidence_of_runbook"),
        ]

    def __str__(self) -> str:
        return self.text


class ServiceSnapshot(models.Model):
    """What was known of a service when it was last looked at, so that a change is noticed."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="+")
    facts = models.JSONField()  # name → value, in words
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.service} as of {self.seen_at}"
