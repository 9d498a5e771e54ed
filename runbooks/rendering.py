"""From Markdown to everything a version stores: one reading, done when the text is saved, never when it is looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from django.conf import settings
from django.template.loader import render_to_string

from runbooks.errors import TextRefused
from runbooks.reading import SCHEMA, Document, read
from runbooks.reading.coverage import find_bits, find_parts
from runbooks.reading.document import Finding
from runbooks.reading.notes import draw_note
from runbooks.reading.readiness import score
from runbooks.secrets import Secret

if TYPE_CHECKING:
    from runbooks.models import RunbookVersion

Resolve = Callable[[str], str | None]


@runtime_checkable
class ChecksLinks(Protocol):
    """A way to resolve links that knows more than where they lead: what is wrong with those into the portal."""

    def find_problems(self, document: Document) -> Iterable[Finding]: ...


MAX_NOTE_BYTES = 20_000  # of a short text: a note, an update, a description


@dataclass(frozen=True)
class Reading:
    """A document, and the fields of `RunbookVersion` that are made from it."""

    document: Document
    fields: dict[str, Any]

    def put_on(self, version: RunbookVersion) -> None:
        """Set the version's read fields; the caller saves."""
        for name, value in self.fields.items():
            setattr(version, name, value)


def check_text(markdown: str, limit: int | None = None) -> None:
    """Raise TextRefused when the text can't be stored. `limit` is in bytes of UTF-8; None is the limit of the pages."""
    limit = limit or settings.MAX_RUNBOOK_BYTES
    size = len(markdown.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise TextRefused(f"The text has {size:,} bytes; {limit:,} is the most. Split it into several runbooks.")
    if "\x00" in markdown:
        line = markdown[: markdown.index("\x00")].count("\n") + 1
        raise TextRefused(f"Line {line} holds a NUL byte; text can't. Remove it and save again.")
    try:
        markdown.encode("utf-8")
    except UnicodeEncodeError as error:
        line = markdown[: error.start].count("\n") + 1
        raise TextRefused(f"Line {line} holds half a character (a lone surrogate), which is not valid UTF-8.") from None


def read_linked(
    markdown: str, *, path: str = "", resolve: Resolve | None = None, shown: tuple[int, int] | None = None
) -> Document:
    """Read a text, with what is wrong with its links into the portal among the findings."""
    document = read(markdown, path=path, resolve=resolve, shown=shown)
    asked: object = resolve
    problems = tuple(asked.find_problems(document)) if isinstance(asked, ChecksLinks) else ()
    if not problems:
        return document
    return replace(document, findings=tuple(sorted((*document.findings, *problems), key=lambda found: found.line)))


def understand(markdown: str, *, path: str = "", resolve: Resolve | None = None) -> Reading:
    """Read a text and render everything that is stored with a version. Never raises for any text."""
    document = read_linked(markdown, path=path, resolve=resolve)
    data = document.to_dict()
    parts = find_parts(document)
    findings = [asdict(finding) for finding in document.findings]
    fields = {
        "schema": SCHEMA,
        "sha256": hashlib.sha256(markdown.encode()).hexdigest(),
        "document": _storable(data),
        "findings": _storable(findings),
        "readiness": score(document.findings),
        "parts": _storable(parts),
        "part_bits": find_bits(parts),
        "summary": document.summary[:500].replace("\x00", ""),
        "html": document.html.replace("\x00", ""),
        "outline_html": render_to_string("runbooks/parts/outline.html", {"sections": nest_sections(data["sections"])}),
        "values_html": render_to_string(
            "runbooks/parts/values.html",
            {"placeholders": [p for p in data["placeholders"] if p["in_command"]]},
        ),
        "index_html": render_to_string(
            "runbooks/parts/index.html",
            {"findings": findings}
            | {name: data[name] for name in ("alerts", "metrics", "error_codes", "not_understood")},
        ),
    }
    return Reading(document, fields)


def nest_sections(sections: Any) -> list[dict[str, Any]]:
    """Level 2 headings with their level 3 headings below them: what the outline shows.

    A document whose headings start deeper, or that uses several first-level headings, is shown from its top level on.
    """
    body = [section for section in sections if section["level"] > 1] or list(sections)
    top = min((section["level"] for section in body), default=2)
    nested: list[dict[str, Any]] = []
    for section in body:
        entry = {**section, "children": []}
        if section["level"] == top:
            nested.append(entry)
        elif section["level"] == top + 1 and nested:
            nested[-1]["children"].append(entry)
    return nested


@dataclass(frozen=True)
class Look:
    """How a text will look, and what is still to be put right in it. Lines count from 1 in the text being written."""

    html: str
    findings: tuple[Finding, ...]
    outline: str  # "anchor:line anchor:line …": where each heading stands, for keeping text and preview side by side
    elsewhere: int = 0  # findings in the rest of the runbook, while one section is written alone


def look_over(
    markdown: str,
    *,
    path: str = "",
    resolve: Resolve | None = None,
    shown: tuple[int, int] | None = None,
    secrets: Iterable[Secret] = (),
) -> Look:
    """Read a text that is being written, once, and store nothing. Raises TextRefused for what could not be saved.

    `shown` is the first and last line of the section that is written alone; None shows all. `secrets` are those that
    would be refused.
    """
    check_text(markdown)
    document = read_linked(markdown, path=path, resolve=resolve, shown=shown)
    found = sorted((*document.findings, *map(_as_finding, secrets)), key=lambda finding: finding.line)
    first, last = shown or (1, len(markdown) + 1)
    near = [replace(finding, line=finding.line - first + 1) for finding in found if first <= finding.line <= last]
    outline = " ".join(
        f"{section.anchor}:{section.line - first + 1}" for section in document.sections if first <= section.line <= last
    )
    return Look(document.html, tuple(near), outline, len(found) - len(near))


def _as_finding(secret: Secret) -> Finding:
    return Finding("error", "secret", secret.line, f"This line looks like a credential ({secret.kind}): take it out.")


def preview(markdown: str) -> str:
    """The same HTML as the published page: what the editor's preview shows."""
    return look_over(markdown).html


def render_note(markdown: str) -> str:
    """Safe HTML of a short text, to stand in any page. Raises TextRefused when it can't be stored or is too long."""
    size = len(markdown.encode("utf-8", "surrogatepass"))
    if size > MAX_NOTE_BYTES:
        raise TextRefused(f"This has {size:,} bytes; {MAX_NOTE_BYTES:,} is the most. Say it shorter, or link to it.")
    check_text(markdown)
    return draw_note(markdown)


def _storable(value: Any) -> Any:
    """JSON that PostgreSQL takes: a NUL can't be stored, and the text it came from is refused anyway."""
    if isinstance(value, str):
        return value.replace("\x00", "") if "\x00" in value else value
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
