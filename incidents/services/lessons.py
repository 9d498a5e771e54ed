"""Lessons of a post-mortem that belong into a runbook, and the version that took each of them in."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import require
from accounts.locking import hold
from accounts.models import User
from incidents.errors import Refused
from incidents.models import Lesson, PostMortem
from incidents.services.postmortem_texts import lock_postmortem
from runbooks.models import Runbook, RunbookVersion

LONGEST = 500


@transaction.atomic
def add_lesson(
    postmortem: PostMortem, text: str, runbook: Runbook, *, version: RunbookVersion | None = None, user: User
) -> Lesson:
    """Tie a lesson to a runbook the person may know of. Raises NotAllowed or Refused."""
    require(user, "incidents.add_lesson", "tie lessons to runbooks")
    held = lock_postmortem(postmortem)
    words = " ".join(text.replace("\0", "").split())
    if not words:
        raise Refused("Say what the runbook should tell.")
    if len(words) > LONGEST:
        raise Refused(f"{LONGEST} characters are the most. The rest belongs into the runbook.")
    _check(runbook, version, user)
    return Lesson.objects.create(postmortem=held, text=words, runbook=runbook, version=version)


@transaction.atomic
def tie_lesson(lesson: Lesson, version: RunbookVersion | None, *, user: User) -> Lesson:
    """Say which version took the lesson in; None: none has yet. Raises NotAllowed or Refused."""
    require(user, "incidents.change_lesson", "tie lessons to runbooks")
    held = hold(Lesson.objects.select_related("runbook"), lesson.pk)
    _check(held.runbook, version, user)
    held.version = version
    held.save(update_fields=["version"])
    return held


@transaction.atomic
def remove_lesson(lesson: Lesson, *, user: User) -> None:
    """Take a lesson away. Raises NotAllowed."""
    require(user, "incidents.delete_lesson", "remove lessons")
    Lesson.objects.filter(pk=lesson.pk).delete()


def _check(runbook: Runbook, version: RunbookVersion | None, user: User) -> None:
    if not Runbook.objects.visible_to(user).filter(pk=runbook.pk).exists():
        raise Refused("There is no such runbook.")
    if version is not None and version.runbook_id != runbook.pk:
        raise Refused("That version belongs to another runbook.")
