"""The page on which one runbook is reviewed: what changed around it, its text with its findings, and the answers."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django import forms

from accounts.models import User
from runbooks.lists import say_due
from runbooks.models import Review, ReviewTask, Runbook, RunbookVersion, Snooze
from runbooks.readiness_report import ReadinessReport
from runbooks.review_pages.around import Group, find_last, group_evidence, list_alerts, list_changes
from runbooks.review_pages.forms import TASK_DAYS, FixForm, RightForm, WorkForm
from runbooks.review_pages.queue import RecentAnswer, mark_latest
from runbooks.services import EditBase
from runbooks.splicing import find_part, take_out

HISTORY = 12
FINDINGS = 12  # shown at once; the rest is folded


class ReviewPage:
    """What the page prints. `section` (an anchor) is the one that the small fix edits, "" the whole text."""

    def __init__(self, runbook: Runbook, version: RunbookVersion, user: User, now: dt.datetime, today: dt.date) -> None:
        self.runbook = runbook
        self.version = version
        self.user = user
        self.now = now
        self.today = today
        self.section = ""
        self.forms: dict[str, forms.Form] = {}  # those that come back with what was typed
        self.came_late = False  # another version is shown than the one that was answered

    def context(self) -> dict[str, Any]:
        """What the template prints."""
        return {
            "page": self,
            "runbook": self.runbook,
            "version": self.version,
            "can_review": self.can_review,
            "can_fix": self.can_fix,
            "right": self.form("right"),
            "fix": self.form("fixed"),
            "work": self.form("work"),
            "opened": next(iter(self.forms), "fixed" if self.section else ""),
        }

    @property
    def can_review(self) -> bool:
        return self.user.has_perm("runbooks.add_review") and not self.runbook.is_retired

    @property
    def can_fix(self) -> bool:
        return self.can_review and self.user.has_perm("runbooks.change_runbook")

    def form(self, answer: str) -> forms.Form:
        """The form of one answer: as it was sent, else fresh."""
        return self.forms.get(answer) or self.make_form(answer)

    def make_form(self, answer: str, data: Any = None) -> forms.Form:
        """A form of `right`, `fixed` or `work`; with `data`, as a browser sent it."""
        begin: dict[str, Any] = {"version": self.version.pk}
        if answer == "work":
            begin |= {"owner": self._guess_worker(), "due_on": self.today + dt.timedelta(days=TASK_DAYS)}
            return WorkForm(data, initial=begin, auto_id="work_%s", runbook=self.runbook, user=self.user)
        if answer == "fixed":
            base = EditBase(self.version.pk, self.version.revision)
            begin |= {"markdown": self._find_words(), "section": self.section, "base": str(base)}
            return FixForm(data, initial=begin, auto_id="fix_%s")
        return RightForm(data, initial=begin, auto_id="right_%s")

    def open_section(self, anchor: str) -> None:
        """Let the small fix edit that section alone, where the text has it."""
        if anchor and any(part["anchor"] == anchor for part in self.sections):
            self.section = anchor

    def _find_words(self) -> str:
        part = find_part(self.version.markdown, self.section) if self.section else None
        return take_out(self.version.markdown, part) if part else self.version.markdown

    def _guess_worker(self) -> int:
        owner = self.runbook.owner
        return owner.pk if owner and owner.is_active else self.user.pk

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [part for part in self.version.document.get("sections", []) if part["level"] > 1]

    @property
    def heading(self) -> str:
        """Of the section that the small fix edits."""
        return next((part["heading"] for part in self.sections if part["anchor"] == self.section), "")

    @cached_property
    def reviews(self) -> list[Review]:
        reviews = list(self.runbook.reviews.for_list()[:HISTORY])
        for review in reviews:
            review.runbook = self.runbook
        return reviews

    @property
    def history(self) -> list[RecentAnswer]:
        return mark_latest(self.reviews, self.user, self.now)

    @cached_property
    def last(self) -> Review | None:
        return find_last(self.reviews)

    @cached_property
    def groups(self) -> list[Group]:
        return group_evidence(self.runbook, self.last.reviewed_at if self.last else None)

    @cached_property
    def changes(self) -> list[RunbookVersion]:
        return list_changes(self.runbook, self.last.reviewed_at if self.last else None)

    @property
    def alerts(self) -> list[str]:
        return list_alerts(self.version.document)

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """What is wrong with the text, and what is no longer true of it, each with the way to its section here."""
        report = ReadinessReport(self.runbook, self.version, self.user, self.today)
        found = [*report.live, *report.findings]
        return [report.describe(one) | {"severity": one.severity, "anchor": one.section} for one in found]

    @cached_property
    def open_version(self) -> RunbookVersion | None:
        open_version = self.runbook.versions.open().light().exclude(pk=self.version.pk).first()
        if open_version is not None:
            open_version.runbook = self.runbook
        return open_version

    @cached_property
    def tasks(self) -> list[ReviewTask]:
        return list(self.runbook.review_tasks.open().select_related("owner").order_by("due_on", "pk"))

    @cached_property
    def snooze(self) -> Snooze | None:
        going = self.runbook.snoozes.filter(ended_at__isnull=True, until__gt=self.today)
        return going.select_related("snoozed_by").first()

    @property
    def due(self) -> str:
        return self.runbook.due(self.today)

    @property
    def due_text(self) -> str:
        return say_due(self.runbook.next_review_on, self.today)
