"""What pages say about flags: the panel of a runbook, the mark at a section, the list of a person's teams."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import escape

from accounts.models import User
from runbooks.models import Flag, Runbook, RunbookVersion
from runbooks.reading.document import Finding

PAGE_SIZE = 30
SHOWN = 3  # in the panel of a page; the rest is folded


def find_open_flags(runbook: Runbook) -> list[Flag]:
    """The open flags of a runbook, the newest first; one query."""
    flags = list(runbook.flags.open().for_list())
    for flag in flags:
        flag.runbook = runbook
    return flags


def name_places(flags: Iterable[Flag], document: dict[str, Any]) -> list[dict[str, Any]]:
    """Each flag with the heading it stands under, where the text that is shown has that section."""
    headings = {section["anchor"]: section["heading"] for section in document.get("sections", [])}
    return [
        {
            "flag": flag,
            "heading": headings.get(flag.anchor, ""),
            "anchor": flag.anchor if flag.anchor in headings else "",
        }
        for flag in flags
    ]


def mark_sections(html: str, flags: Iterable[Flag]) -> str:
    """The HTML of a text with a line under each heading whose section was flagged. It leads to the panel."""
    for anchor, count in Counter(flag.anchor for flag in flags if flag.anchor).items():
        words = "A reader says" if count == 1 else f"{count} readers’ flags say"
        mark = f'<p class="flagged no-print"><a href="#h-flags">{words} that something here is wrong</a></p>'
        heading = re.compile(rf'<h([1-6]) id="{re.escape(escape(anchor))}"[^>]*>.*?</h\1>', re.DOTALL)
        html = heading.sub(lambda found, mark=mark: found[0] + mark, html, count=1)  # type: ignore[misc]  # bound above
    return html


def find_flagged(runbook: Runbook) -> list[Finding]:
    """Open flags as findings beside the text: they are answered by people, so no score counts them."""
    flags = runbook.flags.open().select_related("raised_by")
    return [
        Finding("warning", "flagged", flag.line or 0, _say(flag), flag.anchor) for flag in flags.order_by("line", "pk")
    ]


def _say(flag: Flag) -> str:
    place = f"“{flag.step}”: " if flag.step else ""
    return f"{place}{flag.raised_by} says that this is wrong: {flag.text}"


class FlagList:
    """The list page: flags of my teams, or of all that I may see; open, answered, or both."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user = user
        self.whose = "all" if query.get("whose") == "all" else "mine"
        self.state = query.get("state", "") if query.get("state") in ("answered", "any") else "open"
        self.number = query.get("page", "1")

    def context(self) -> dict[str, Any]:
        """What the template prints; a fixed number of queries."""
        flags = self._find()
        page: Page[Flag] = Paginator(flags, PAGE_SIZE).get_page(self.number)
        return {"page": page, "whose": self.whose, "state": self.state, "can_answer": self.may_answer}

    @property
    def may_answer(self) -> bool:
        return self.user.has_perm("runbooks.change_flag")

    def _find(self) -> QuerySet[Flag]:
        flags = Flag.objects.visible_to(self.user).for_list()
        if self.whose == "mine":
            flags = flags.of_teams_of(self.user)
        if self.state == "open":
            return flags.open()
        return flags.exclude(answer=Flag.Answer.WAITING) if self.state == "answered" else flags


def offer_answers(runbook: Runbook, version: RunbookVersion, user: User) -> dict[str, Any]:
    """For the pages of versions: the open flags, and whether this version may be said to answer them.

    Only an active version can answer. Nothing is ticked beforehand: somebody has to have looked.
    """
    flags = find_open_flags(runbook)
    rows = name_places(flags, version.document)
    can_answer = bool(flags) and version.status == "active" and user.has_perm("runbooks.change_flag")
    return {"flags": rows, "can_answer_flags": can_answer, "answering": version}
