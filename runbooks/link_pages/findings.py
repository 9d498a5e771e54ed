"""Dead links of one text, as findings beside it: they come and go while the text stays, so no score counts them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from runbooks.link_addresses import digest, find_addresses
from runbooks.models import ExternalLink, RunbookVersion
from runbooks.reading.document import Finding


def find_dead_links(version: RunbookVersion) -> list[Finding]:
    """Each place of the text that leads where nobody answers, by line; one query, none where nothing leads out."""
    places = [
        (link, digest(url)) for link, url in find_addresses(version.document.get("links", []), settings.PORTAL_URL)
    ]
    if not places:
        return []
    dead = ExternalLink.objects.filter(sha256__in={sha256 for _, sha256 in places}, state=ExternalLink.State.DEAD)
    known = {link.sha256: link for link in dead}
    sections = version.document.get("sections", [])
    found = [
        Finding("warning", "dead-link", link["line"], _say(link, known[sha256]), find_section(sections, link["line"]))
        for link, sha256 in places
        if sha256 in known
    ]
    return sorted(found, key=lambda finding: finding.line)


def find_section(sections: Sequence[dict[str, Any]], line: int) -> str:
    """The anchor of the section a line stands in, "" above the first."""
    index = bisect_right(sections, line, key=lambda section: section["line"])
    return str(sections[index - 1]["anchor"]) if index else ""


def _say(link: Any, known: ExternalLink) -> str:
    since = known.dead_since.astimezone(dt.UTC) if known.dead_since else None
    day = f" since {since.day} {since:%B}" if since else ""
    named = f"“{str(link['text'])[:80]}” ({known.url[:120]})" if link["text"] else f"“{known.url[:160]}”"
    return f"The link {named} is dead{day}. {known.said} Correct it, or take it out."
