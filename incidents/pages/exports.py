"""The timeline of an incident outside the portal: JSON for programs, Markdown for people. Times are UTC, ISO 8601."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from incidents.models import EntryKind, Incident, TimelineEntry
from runbooks.reading.notes import find_code_lines

FORMAT = 1  # counted up when a field changes its meaning or goes; new fields may come at any time

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|~<>&$-])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BAD_LINK = re.compile(r"\]\((?=\s*(?!https?:|mailto:|tel:|/|#)[^)]*:)", re.IGNORECASE)
_DEFINITION = re.compile(r"\]:")


def describe_timeline(incident: Incident) -> dict[str, Any]:
    """An incident that `get_incident` gave, ready for JSON.

    `format` is 1. `incident`: number, reference (`INC-12`), title, severity, status, services (names), started_at,
    opened_at, acknowledged_at, mitigated_at, resolved_at, closed_at. `entries`, from the oldest on: id, kind (see
    `EntryKind`), happened_at, recorded_at, person (the name, null for the portal), text, markdown ("" for all but notes and
    corrections), url (from the portal's root), data (facts of that kind), corrects (the id of an entry, or null), pinned.
    Every time is like `2026-11-17T03:14:00Z`, or null where it has not come.
    """
    times = ("started_at", "opened_at", "acknowledged_at", "mitigated_at", "resolved_at", "closed_at")
    return {
        "format": FORMAT,
        "incident": {
            "number": incident.number,
            "reference": incident.reference,
            "title": incident.title,
            "severity": str(incident.severity),
            "status": incident.status,
            "services": _services(incident),
            **{name: say_utc(getattr(incident, name)) for name in times},
        },
        "entries": [_describe(entry) for entry in _entries(incident)],
    }


def write_markdown(incident: Incident) -> str:
    """The same for people. Nothing in it can be more than text to whoever shows it: names, titles and labels are escaped."""
    head = [
        f"# {incident.reference}: {escape_markdown(incident.title)}",
        "",
        f"- Severity: {escape_markdown(str(incident.severity))}",
        f"- Status: {incident.get_status_display()}",
        f"- Services: {', '.join(map(escape_markdown, _services(incident))) or 'none'}",
        f"- Began: {say_utc(incident.started_at)}",
    ]
    ends = (("Mitigated", incident.mitigated_at), ("Resolved", incident.resolved_at), ("Closed", incident.closed_at))
    head += [f"- {name}: {say_utc(at)}" for name, at in ends if at is not None]
    if incident.summary:
        head += ["", *quote_markdown(incident.summary)]
    return "\n".join([*head, "", "## Timeline", "", *_write_all(_entries(incident)), ""])


def say_utc(at: dt.datetime | None) -> str | None:
    """`2026-11-17T03:14:00Z`."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}" if at is not None else None


def escape_markdown(text: str) -> str:
    """The text on one line, every sign that means something to Markdown or HTML made plain (CommonMark, 2.4)."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _entries(incident: Incident) -> Iterable[TimelineEntry]:
    entries = TimelineEntry.objects.filter(incident=incident).select_related("person", "corrects", "pin")
    return entries.order_by("happened_at", "pk")


def _services(incident: Incident) -> list[str]:
    return [row["name"] for row in vars(incident)["service_rows"]]


def _describe(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "happened_at": say_utc(entry.happened_at),
        "recorded_at": say_utc(entry.recorded_at),
        "person": str(entry.person) if entry.person else None,
        "text": entry.text,
        "markdown": entry.markdown,
        "url": entry.url,
        "data": entry.data,
        "corrects": entry.corrects.pk if entry.corrects else None,
        "pinned": hasattr(entry, "pin"),
    }


def _write_all(entries: Iterable[TimelineEntry]) -> Iterator[str]:
    for entry in entries:
        who = f"**{escape_markdown(str(entry.person))}** " if entry.person else ""
        pinned = " (pinned)" if hasattr(entry, "pin") else ""
        yield f"- {say_utc(entry.happened_at)} {who}{_say(entry)}{pinned}"
        if entry.markdown:
            yield ""
            yield from (f"  {line}" for line in quote_markdown(entry.markdown))
            yield ""


def _say(entry: TimelineEntry) -> str:
    if entry.kind == EntryKind.CORRECTION and entry.corrects:
        return f"corrected the entry of {say_utc(entry.corrects.happened_at)}"
    return escape_markdown(entry.text)


def quote_markdown(markdown: str) -> Iterator[str]:
    """Lines of somebody's Markdown as a quotation. Outside of code tags are shown as text, and links lead to pages only."""
    text = markdown.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    code = find_code_lines(text)
    for number, line in enumerate(text.split("\n")):
        yield f"> {line if number in code else _disarm(line)}".rstrip()


def _disarm(line: str) -> str:
    line = _TAG.sub("&lt;", line)
    return _DEFINITION.sub(r"]\\:", _BAD_LINK.sub(r"]\\(", line))
