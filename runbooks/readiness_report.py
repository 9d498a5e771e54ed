"""The readiness page: every finding with what to do about it, and a score that is explained."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from accounts.models import User
from runbooks.flag_pages import find_flagged
from runbooks.ladders import find_differing
from runbooks.link_pages import find_dead_links
from runbooks.lists import readiness_tone, readiness_word, say_due
from runbooks.models import AllowedLine, Runbook, RunbookVersion
from runbooks.people_found import find_departed, load_directory
from runbooks.people_found.mentions import team_of
from runbooks.reading.document import Finding
from runbooks.reading.readiness import Cost, explain_score
from runbooks.secrets import Secret
from runbooks.services import find_allowed, find_refused

SEVERITIES = {
    "error": ("Errors", "Whoever follows this runbook runs into them."),
    "warning": ("Warnings", "Something is missing or not filled in yet."),
    "info": ("Notes", "Good to have; they cost little or nothing."),
}
# code: what it is called, what to do about it
ADVICE = {
    "broken-anchor": ("Links to missing headings", "Correct the link, or the heading it means."),
    "broken-link": ("Links to missing documents", "Correct the link, or import the document too."),
    "escalation-reaches-nobody": ("Escalation that reaches nobody", "Name who is called at each level."),
    "escalation-level-missing": ("Escalation levels without anybody", "Name who is called at that level."),
    "missing-part": ("Missing parts", "Add a section on it. If there is nothing to do, say so there."),
    "unfilled-placeholder": ("Unfilled placeholders", "Put the real text in their place."),
    "contact-missing": ("Contacts without a name", "Name somebody, or take the line out."),
    "contact-unreachable": ("Contacts nobody can reach", "Add a phone number, an e-mail address or a channel."),
    "no-owner": ("No owner", "Add a line “**Owner:** …” under the title."),
    "no-review-date": ("No review date", "Add “**Next Review:** …” or “**Review Frequency:** …”."),
    "review-overdue": ("Review overdue", "Read it again and set the next date."),
    "review-due-soon": ("Review due soon", "Plan the review."),
    "command-without-language": ("Code without a language", "Write the language behind its ```."),
}


@dataclass
class ReadinessReport:
    """What the page prints about one version of a runbook, for one person. `today` is in the reader's time zone."""

    runbook: Runbook
    version: RunbookVersion
    user: User
    today: dt.date

    def context(self) -> dict[str, Any]:
        """What the template prints."""
        return {
            "runbook": self.runbook,
            "version": self.version,
            "readiness": self.version.readiness,
            "readiness_tone": readiness_tone(self.version.readiness),
            "readiness_word": readiness_word(self.version.readiness),
            "can_edit": self.can_edit,
            "groups": self.groups,
            "has_ladder": bool(self.version.document.get("escalations")),
            "live": [self.describe(finding) for finding in self.live],
            "costs": [self.describe_cost(cost) for cost in self.costs],
            "lost": sum(cost.points for cost in self.costs),
            "review": self.review,
            "refused": find_refused(self.version.markdown, self.runbook),
            "allowed": self.allowed,
            "not_understood": self.version.document.get("not_understood", []),
            "is_shown": self.version.pk == self.runbook.shown_version_id,
        }

    @cached_property
    def findings(self) -> list[Finding]:
        return [Finding(**finding) for finding in self.version.findings]

    @cached_property
    def live(self) -> list[Finding]:
        """What is wrong only because something beside the text changed. It passes while the text stays: no score counts it."""
        departed = find_departed(self.version.document, load_directory(), team_of(self.runbook))
        noon = dt.datetime.combine(self.today, dt.time(12), tzinfo=dt.UTC)
        dead = find_dead_links(self.version)
        return [*find_flagged(self.runbook), *dead, *departed, *find_differing(self.version, noon)]

    @cached_property
    def costs(self) -> tuple[Cost, ...]:
        return explain_score(self.findings)

    @cached_property
    def can_edit(self) -> bool:
        return self.user.has_perm("runbooks.change_runbook") and not self.runbook.is_retired

    @cached_property
    def editable_sections(self) -> set[str]:
        """Anchors of the text that the editor opens, which may be a newer one: only those can be named in its address."""
        newest = self.runbook.versions.open().first() or self.runbook.versions.active().first()
        return {part["anchor"] for part in newest.document.get("sections", [])} if newest else set()

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The findings by severity, the worst first; a severity without any is left out."""
        groups = []
        for severity, (title, about) in SEVERITIES.items():
            rows = [self.describe(finding) for finding in self.findings if finding.severity == severity]
            if rows:
                groups.append({"severity": severity, "title": title, "about": about, "rows": rows})
        return groups

    def describe(self, finding: Finding) -> dict[str, Any]:
        """One finding, with where to mend it and where to read it."""
        anchor = quote(finding.section)
        return {
            "message": finding.message,
            "line": finding.line,
            "heading": self.headings.get(finding.section, ""),
            "edit_url": self.edit_url(finding.section) if self.can_edit else "",
            "read_url": f"{self.read_url}#{anchor}" if anchor else "",
        }

    def edit_url(self, section: str) -> str:
        """The editor, on the section when the text it opens has it."""
        url = reverse("runbooks:edit", args=[self.runbook.service.slug, self.runbook.slug])
        return f"{url}?section={quote(section)}" if section in self.editable_sections else url

    @cached_property
    def headings(self) -> dict[str, str]:
        return {part["anchor"]: part["heading"] for part in self.version.document.get("sections", [])}

    @cached_property
    def read_url(self) -> str:
        is_shown = self.version.pk == self.runbook.shown_version_id
        return (self.runbook if is_shown else self.version).get_absolute_url()

    def describe_cost(self, cost: Cost) -> dict[str, Any]:
        """One line of the table that explains the score."""
        name, advice = ADVICE.get(cost.code, (cost.code.replace("-", " ").capitalize(), ""))
        return {"cost": cost, "name": name, "advice": advice, "is_capped": cost.each * cost.count > cost.points}

    @property
    def review(self) -> dict[str, str]:
        """What the runbook's own date says. The date passes while the text stays, so the score does not count it."""
        day = self.runbook.next_review_on
        due = self.runbook.due(self.today)
        if day is None or due not in ("overdue", "soon"):
            return {"due": "", "text": "", "day": ""}
        return {"due": due, "text": say_due(day, self.today), "day": day.isoformat()}

    @property
    def allowed(self) -> list[dict[str, AllowedLine | Secret | None]]:
        return [{"row": row, "place": place} for row, place in find_allowed(self.version.markdown, self.runbook)]
