"""Text in, `Document` out: the one way into this package."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from markdown_it.token import Token

from runbooks.reading.commands import find_commands
from runbooks.reading.document import Document, Link, NotUnderstood
from runbooks.reading.gaps import find_placeholders
from runbooks.reading.html import Parts, make_links, render
from runbooks.reading.kinds import FILE_NAME
from runbooks.reading.links import Links, Resolve
from runbooks.reading.parse import Parsed, parse
from runbooks.reading.readiness import find_problems
from runbooks.reading.source import NotText, decode
from runbooks.reading.structure import Structure, find_structure
from runbooks.reading.wording import key

_BARE_TITLES = frozenset({"runbook", "run book", "feature runbook", "service runbook", "system runbook"}) | {
    *("operational runbook", "operations runbook"),
}


def read(
    text: str | bytes, *, path: str = "", resolve: Resolve | None = None, shown: tuple[int, int] | None = None
) -> Document:
    """Read a runbook. Never raises, and takes time linear in the length of the text.

    `path` is the document's path in its repository: folders tell its kind, the file name may be an alert's name.
    `resolve` gives the portal's address for a relative link or image (`../x.md#part`), or None when there is none.
    `shown`, the first and last line of a section, draws these lines alone; everything else is still read from the whole.
    Bytes that are no text give an empty document whose `not_understood` says why.
    """
    if isinstance(text, bytes):
        try:
            text = decode(text)
        except NotText as error:
            return Document(not_understood=(NotUnderstood(1, error.reason),))
    return _read(text, path, resolve, shown)


def _read(text: str, path: str, resolve: Resolve | None, shown: tuple[int, int] | None) -> Document:
    parsed = parse(text)
    commands = find_commands(parsed)
    placeholders = find_placeholders(parsed)
    structure = find_structure(parsed, commands, path)
    links = make_links(parsed, resolve)
    document = _assemble(parsed, structure, path)
    document = replace(
        document, commands=commands, placeholders=placeholders, links=_check_relative(parsed.links, links, resolve)
    )
    parts = Parts(structure.escalations, structure.contacts, structure.facts)
    drawn = replace(parsed, tokens=_cut_tokens(parsed.tokens, *shown)) if shown else parsed
    return replace(document, html=render(drawn, parts, links), findings=find_problems(document))


def _assemble(parsed: Parsed, structure: Structure, path: str) -> Document:
    problems = sorted((*parsed.not_understood, *structure.not_understood), key=lambda problem: problem.line)
    return Document(
        title=_find_title(parsed, structure, path),
        kind=structure.kind,
        summary=parsed.summary,
        front_matter=parsed.front_matter,
        facts=structure.facts,
        sections=parsed.sections,
        checklists=structure.checklists,
        procedures=structure.procedures,
        alerts=structure.alerts,
        issues=structure.issues,
        error_codes=structure.error_codes,
        metrics=structure.metrics,
        contacts=structure.contacts,
        vendors=structure.vendors,
        channels=structure.channels,
        escalations=structure.escalations,
        severities=structure.severities,
        objectives=structure.objectives,
        decisions=structure.decisions,
        templates=structure.templates,
        changes=structure.changes,
        not_understood=tuple(problems),
        counts=parsed.counts,
    )


def _cut_tokens(tokens: tuple[Token, ...], first: int, last: int) -> tuple[Token, ...]:
    """The blocks that start on these lines. What is cut out of a quote or list is closed when the HTML is cleaned."""
    starts = [(index, token.map[0] + 1) for index, token in enumerate(tokens) if token.map and token.nesting >= 0]
    begin = next((index for index, line in starts if line >= first), len(tokens))
    end = next((index for index, line in starts if index > begin and line > last), len(tokens))
    return tokens[begin:end]


def _check_relative(found: tuple[Link, ...], links: Links, resolve: Resolve | None) -> tuple[Link, ...]:
    """With a way to resolve them, relative links that lead nowhere are broken too."""
    if resolve is None:
        return found
    return tuple(
        replace(link, is_broken=True) if link.kind == "relative" and links.href(link.target) is None else link
        for link in found
    )


def _find_title(parsed: Parsed, structure: Structure, path: str) -> str:
    """The stated title. One that names no subject, as `Service Runbook`, gives way to the feature, service or system named."""
    if not parsed.title:
        return _title_from(path) or _first_heading(parsed)
    if key(parsed.title) not in _BARE_TITLES:
        return parsed.title
    named = {
        fact.name: fact.value for fact in reversed(structure.facts) if not fact.missing and fact.label != FILE_NAME
    }
    subject = next((named[name] for name in ("feature", "service", "system") if name in named), "")
    return subject or _title_from(path) or parsed.title


def _title_from(path: str) -> str:
    """`guides/disk_full.md` is "Disk full"; `guides/index.md` is "Guides"; CamelCase names (alerts) stay."""
    places = PurePosixPath(path.replace("\\", "/"))
    stem = places.stem
    if stem.strip("_").lower() in ("index", "readme"):
        stem = places.parent.name
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:]


def _first_heading(parsed: Parsed) -> str:
    return next((section.title for section in parsed.sections if section.title), "")
