"""What a link in a message leads to: whether it can be answered with one click still, and if not, why."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from accounts.models import User
from runbooks.models import Review, Runbook, RunbookVersion
from runbooks.models.version import HEAVY
from runbooks.review_links import RIGHT, Answer
from runbooks.review_pages.rows import Reason, find_reasons


class MailAnswer:
    """The page behind a link, for the person it was made for. `today` is theirs."""

    def __init__(self, answer: Answer, runbook: Runbook, user: User, today: dt.date) -> None:
        self.answer = answer
        self.runbook = runbook
        self.user = user
        self.today = today

    @classmethod
    def find(cls, answer: Answer, user: User, today: dt.date) -> MailAnswer | None:
        """None when the runbook is not there any more for this person, or is retired."""
        runbooks = Runbook.objects.visible_to(user).shown().in_use().select_related("service", "team", "owner")
        runbook = runbooks.filter(pk=answer.runbook_id).first()
        return cls(answer, runbook, user, today) if runbook else None

    @cached_property
    def version(self) -> RunbookVersion:
        version = RunbookVersion.objects.defer(*HEAVY).get(shown_by=self.runbook)
        version.runbook = self.runbook
        return version

    @property
    def is_other_text(self) -> bool:
        """Whether another version is shown than when the message was written."""
        return self.answer.version_id != self.runbook.shown_version_id

    @cached_property
    def given(self) -> Review | None:
        """The standing answer that moved the review since the message was written."""
        if self.answer.due == self.runbook.next_review_on:
            return None
        newest = self.runbook.reviews.standing().select_related("reviewed_by").order_by("-reviewed_at", "-pk").first()
        return newest if newest and newest.due_before == self.answer.due else None

    @property
    def can_answer(self) -> bool:
        """Whether the button stands there."""
        is_asked = self.answer.what == RIGHT and (self.is_other_text or self.given is not None)
        return self.user.has_perm("runbooks.add_review") and not is_asked

    @property
    def reasons(self) -> list[Reason]:
        return find_reasons([self.runbook.pk])[self.runbook.pk]

    @property
    def is_overdue(self) -> bool:
        return self.runbook.due(self.today) == "overdue"
