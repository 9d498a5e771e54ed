"""The places of a document that a question may lead to: its runbook, sections, alerts, commands, error codes and contacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runbooks.models import Runbook, SearchEntry
from runbooks.search.words import indexed, indexed_name, key_of

Kind = SearchEntry.Kind

LONGEST_TEXT = 60_000  # characters that are searched of one entry: its tsvector stays below PostgreSQL's 1 MB
LONGEST_NAME = 300
MOST_ENTRIES = 3_000  # of one version

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is stored of one place, as it is read; `words` and `above` are made from it for the index."""

    kind: str
    name: str
    anchor: str = ""
    line: int = 1
    trail: tuple[tuple[str, str], ...] = ()  # title and anchor of the headings above it, outermost first
    text: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    context: str = ""  # runbook and service: searched like the headings above

    @property
    def key(self) -> str:
        return key_of(self.name)

    @property
    def name_words(self) -> str:
        return indexed_name(self.name)

    @property
    def spelled_words(self) -> set[str]:
        """What a misspelt word is compared with: the words as they are written, without the joined neighbours."""
        return {*indexed(self.name).split(), *self.text_words.split(), *self.trail_words.split()}

    @property
    def trail_words(self) -> str:
        return indexed(" \n ".join((*(title for title, _ in self.trail), self.context)))

    @property
    def text_words(self) -> str:
        return indexed(self.text)


def entries_of(runbook: Runbook, document: Data) -> list[Entry]:
    """Everything in a document (as stored with a version: `Document.to_dict`) that can be found, in its order."""
    sections: list[Data] = list(document.get("sections", ()))
    trails = _trails(sections)
    context = f"{runbook.title} \n {runbook.service.name} \n {runbook.service.slug}"
    found: list[Entry] = []
    for entry in _every_entry(runbook, document, sections):
        if not entry.name.strip():
            continue
        trail = entry.trail or trails.get(entry.anchor, ())
        if entry.kind == Kind.SECTION:
            trail = trail[:-1]
        found.append(_cut(entry, trail, context))
    return found[:MOST_ENTRIES]


def _cut(entry: Entry, trail: tuple[tuple[str, str], ...], context: str) -> Entry:
    return Entry(
        kind=entry.kind,
        name=" ".join(entry.name.split())[:LONGEST_NAME],
        anchor=entry.anchor,
        line=max(entry.line, 1),
        trail=tuple((title[:LONGEST_NAME], anchor) for title, anchor in trail),
        text=entry.text[:LONGEST_TEXT],
        detail={name: value for name, value in entry.detail.items() if value},
        context=context,
    )


def _every_entry(runbook: Runbook, document: Data, sections: list[Data]) -> Iterator[Entry]:
    yield _runbook_entry(runbook, document, sections)
    yield from (_section_entry(s) for s in sections if not _repeats_title(s, runbook))
    yield from _alert_entries(document.get("alerts", ()))
    yield from _command_entries(document.get("commands", ()))
    yield from _code_entries(document.get("error_codes", ()))
    yield from _contact_entries(document)


def _trails(sections: list[Data]) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each anchor the headings from the outermost down to its own, without those of the first level."""
    trails: dict[str, tuple[tuple[str, str], ...]] = {}
    above: list[tuple[int, tuple[str, str]]] = []
    for section in sections:
        while above and above[-1][0] >= section["level"]:
            above.pop()
        if section["level"] > 1:
            above.append((section["level"], (section["title"], section["anchor"])))
        trails[section["anchor"]] = tuple(place for _, place in above)
    return trails


def _repeats_title(section: Data, runbook: Runbook) -> bool:
    return section["level"] == 1 and (section["line"] == 1 or key_of(section["title"]) == key_of(runbook.title))


def _runbook_entry(runbook: Runbook, document: Data, sections: list[Data]) -> Entry:
    own = [s["text"] for s in sections if _repeats_title(s, runbook)]
    summary = document.get("summary", "")
    texts = [summary, *(text for text in own if text and text != summary)]
    heading = document.get("title", "")
    if key_of(heading) != key_of(runbook.title):
        texts.append(heading)
    # Which names the index was made with: `refresh_search` compares them with those of now.
    names = {"title": runbook.title, "service": runbook.service.name, "slug": runbook.service.slug}
    return Entry(Kind.RUNBOOK, runbook.title, text="\n".join(filter(None, texts)), detail=names)


def _section_entry(section: Data) -> Entry:
    number = {"number": section.get("number", ""), "level": section["level"]}
    return Entry(
        Kind.SECTION,
        section["title"] or section["heading"],
        section["anchor"],
        section["line"],
        (),
        section["text"],
        number,
    )


def _alert_entries(alerts: Iterable[Data]) -> Iterator[Entry]:
    for alert in alerts:
        yield Entry(
            Kind.ALERT,
            alert["name"],
            alert["section"],
            alert["line"],
            text=_lines(alert["condition"], alert["impact"], alert["response"], alert["severity"]),
            detail={"source": alert["source"], "severity": alert["severity"]},
        )


def _command_entries(commands: Iterable[Data]) -> Iterator[Entry]:
    seen: set[str] = set()
    for command in commands:
        code = command["code"].strip()
        if command["is_drawing"] or code in seen or (command["inline"] and not _is_useful(code)):
            continue
        seen.add(code)
        yield Entry(
            Kind.COMMAND,
            command["title"] or code.split("\n", 1)[0],
            command["section"],
            command["line"],
            text=code,
            detail={"effect": command["effect"], "language": command["language"]},
        )


def _is_useful(code: str) -> bool:
    """A command within a sentence that says more than the name of a tool."""
    return len(code) >= 12 and len(code.split()) >= 3


def _code_entries(codes: Iterable[Data]) -> Iterator[Entry]:
    for code in codes:
        yield Entry(
            Kind.CODE,
            code["code"],
            code["section"],
            code["line"],
            text=_lines(code["description"], code["resolution"]),
            detail={"severity": code["severity"]},
        )


def _contact_entries(document: Data) -> Iterator[Entry]:
    for contact in document.get("contacts", ()):
        if contact["missing"]:
            continue
        ways = {name: contact[name] for name in ("phone", "email", "chat", "url", "contact")}
        yield Entry(
            Kind.CONTACT,
            contact["name"] or contact["role"],
            contact["section"],
            contact["line"],
            text=_lines(contact["role"], contact["availability"], *ways.values()),
            detail={"role": contact["role"], "availability": contact["availability"], **ways},
        )
    for vendor in document.get("vendors", ()):
        yield Entry(
            Kind.CONTACT,
            vendor["name"],
            vendor["section"],
            vendor["line"],
            text=_lines(vendor["support_type"], vendor["contact"], vendor["account"]),
            detail={"role": vendor["support_type"] or "Vendor", "contact": vendor["contact"]},
        )
    for channel in document.get("channels", ()):
        yield Entry(
            Kind.CONTACT,
            channel["channel"],
            channel["section"],
            channel["line"],
            text=_lines(channel["purpose"], channel["details"]),
            detail={"role": channel["purpose"], "chat": channel["channel"]},
        )


def _lines(*texts: str) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))
