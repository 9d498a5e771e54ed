"""The page of people whom a runbook names, and the list of runbooks that name somebody new."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from runbooks.models import Runbook
from runbooks.people_found import Match, find_departed, load_directory
from runbooks.people_found.mentions import Found, compare, find_found, team_of
from runbooks.services.adopting import is_confidential

TITLES = {"contact": "Contacts", "vendor": "Vendors", "channel": "Channels"}
PERMISSIONS = {what: f"oncall.add_{what}" for what in TITLES}


def describe_people(runbook: Runbook, user: User) -> dict[str, Any]:
    """What the page prints. The runbook has a text."""
    assert runbook.shown_version is not None
    document = runbook.shown_version.document
    directory = load_directory()
    matches = compare(runbook, document, directory)
    sees_personal = user.has_perm("oncall.view_personal_phone")
    headings = {part["anchor"]: part["heading"] for part in document.get("sections", [])}
    groups: list[dict[str, Any]] = []
    for what, title in TITLES.items():
        rows = [_describe(one, user, sees_personal, headings) for one in matches if one.named.what == what]
        if rows:
            groups.append({"what": what, "title": title, "rows": rows})
    return {
        "runbook": runbook,
        "version": runbook.shown_version,
        "groups": groups,
        "departed": find_departed(document, directory, team_of(runbook)),
        "missing": sum(row["may_adopt"] for group in groups for row in group["rows"]),
        "is_confidential": is_confidential(runbook),
    }


def list_found(user: User) -> list[Found]:
    """Runbooks with something to do, those with most of it first."""
    found = [one for one in find_found(user) if one.is_new or one.differing or one.departed]
    return sorted(found, key=lambda one: (-one.departed, -one.is_new, -one.differing, one.runbook.title))


def _describe(found: Match, user: User, sees_personal: bool, headings: dict[str, str]) -> dict[str, Any]:
    named = found.named
    return {
        "named": named,
        "entry": found.entry,
        "differences": found.differences(sees_personal),
        "heading": headings.get(named.section, ""),
        "may_adopt": found.entry is None and user.has_perm(PERMISSIONS[named.what]),
    }
