"""Questions that nobody answered: taking one off the list."""

from __future__ import annotations

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from runbooks.models import UnansweredQuestion


@transaction.atomic
def clear_question(question: UnansweredQuestion, *, user: User) -> None:
    """Forget how often it was asked: something was written for it, or it is none of ours.

    Raises NotAllowed.
    """
    require(user, "runbooks.delete_unansweredquestion", "clear unanswered questions")
    UnansweredQuestion.objects.filter(pk=question.pk).delete()
