"""A handoff as Markdown: everything its page says, for a wiki, a ticket or a printer. Times are UTC, ISO 8601.

Written from the export, so that both keep the same things from the same people. Names, titles and facts are escaped; what
people wrote in Markdown stands as a quotation that can't run anything.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from handoffs.models import State
from handoffs.services.secrecy import say_hidden
from incidents.pages.exports import escape_markdown, quote_markdown, say_utc

Row = Mapping[str, Any]
_ADDRESS = re.compile(r"/(?!/)[\w./?=&%#+-]*")  # of a page of the portal, that can stand in a link as it is
LIVE = "Looked up while the handoff is being written: nobody has signed this."


def write_markdown(export: Row, made_at: dt.datetime) -> str:
    """The text of what `describe_export` gave."""
    content = export["content"]
    if content is None:
        lines: Iterable[str] = ["# Handoff", "", "What is stored can't be read.", "", *_write_signatures(export)]
        return "\n".join([*lines, ""])
    parts = [
        *_write_head(export, content, made_at),
        *_write_words(content),
        *_write_ticks(content["ticks"]),
        *_write_sections(export, content),
        *_write_questions(export["questions"]),
        *_write_signatures(export),
        *_write_addenda(export["addenda"]),
    ]
    return "\n".join([*parts, ""])


def _write_head(export: Row, content: Row, made_at: dt.datetime) -> Iterator[str]:
    people, window = content["people"], content["window"]
    yield f"# Handoff of {_plain(content['team']['name'])}, {_plain(content['rotation'])}"
    yield ""
    yield f"- From: {_say_person(people['outgoing'])}"
    yield f"- To: {_say_person(people['incoming'])}"
    if people["backup"]:
        yield f"- Backup: {_say_person(people['backup'])}"
    yield f"- Shift that ends: {_utc(window['shift_starts_at'])} to {_utc(window['shift_ends_at'])}"
    end = f" to {_utc(window['next_ends_at'])}" if window["next_ends_at"] else ""
    yield f"- Shift that begins: {_utc(window['changes_at'])}{end}"
    yield f"- Reported since: {_utc(window['since'])}"
    yield f"- State: {State(export['state']).label}"
    yield f"- {LIVE if export['is_live'] else 'As it was submitted at ' + _utc(content['made_at'])}"
    yield f"- Written down: {say_utc(made_at)}"
    if export["hidden"]:
        yield f"- {say_hidden(export['hidden'])}, and not in this text"


def _write_words(content: Row) -> Iterator[str]:
    words = content["words"]
    titles = (("summary", "In one breath"), ("urgent", "What cannot wait"), ("context", "Context for the next shifts"))
    if content["is_quiet"]:
        yield from ("", "**Nothing happened** on this shift.")
    for name, title in titles:
        if words[name].strip():
            yield from ("", f"## {title}", "", *quote_markdown(words[name]))


def _write_ticks(ticks: Iterable[Row]) -> Iterator[str]:
    yield from ("", "## Checklist", "")
    for tick in ticks:
        mark, who = "x" if tick["done_at"] else " ", f", {_plain(tick['done_by'])}, {_utc(tick['done_at'])}"
        optional = "" if tick["is_required"] else " (may stay open)"
        yield f"- [{mark}] {_plain(tick['text'])}{optional}{who if tick['done_at'] else ''}"
        if tick["note"]:
            yield from ("", *(f"  {line}" for line in quote_markdown(tick["note"])), "")


def _write_sections(export: Row, content: Row) -> Iterator[str]:
    notes = {note["entry"]: note for note in content["entry_notes"]}
    accepted = {row["entry"]: row for row in export["acceptances"]}
    for section in content["sections"]:
        yield from ("", f"## {_plain(section['title'])}", "")
        if not section["entries"]:
            yield "Nothing to report."
        for entry in section["entries"]:
            yield from _write_entry(entry, notes.get(entry["key"]), accepted.get(entry["key"]))


def _write_entry(entry: Row, note: Row | None, acceptance: Row | None) -> Iterator[str]:
    name = _plain(f"{entry['tag']} {entry['title']}")
    times = [f"{_plain(word)} {_utc(at)}" for word, at in entry["times"]]
    taken = [f"accepted by {_plain(acceptance['by'])}, {acceptance['at']}"] if acceptance else []
    rest = "; ".join([*map(_plain, entry["facts"]), *times, *taken])
    title = f"[{name}]({entry['url']})" if _ADDRESS.fullmatch(entry["url"]) else name
    yield f"- {title}{f': {rest}' if rest else ''}"
    if entry["lines"]:
        yield from ("", *(f"      {line}" for text in entry["lines"] for line in text.splitlines()), "")
    for field, title in (("tried", "Tried"), ("stuck", "Where it is stuck"), ("next_step", "Recommended next step")):
        if note and note[field]:
            yield from (f"  - {title}:", "", *(f"    {line}" for line in quote_markdown(note[field])), "")


def _write_questions(questions: Iterable[Row]) -> Iterator[str]:
    rows = list(questions)
    if rows:
        yield from ("", "## Questions", "")
    for row in rows:
        about = f" about `{_plain(row['entry'])}`" if row["entry"] else ""
        yield from (f"- {_plain(row['asked_by'])}{about}, {row['asked_at']}:", "")
        yield from (f"  {line}" for line in quote_markdown(row["text"]))
        if row["answer"]:
            yield from ("", f"  {_plain(row['answered_by'])}, {row['answered_at']}:", "")
            yield from (f"  {line}" for line in quote_markdown(row["answer"]))
        else:
            yield from ("", "  Not answered.")


def _write_signatures(export: Row) -> Iterator[str]:
    if not export["snapshots"]:
        return
    yield from ("", "## Signatures", "")
    for row in export["signatures"]:
        yield f"- {_plain(row['name'])} ({row['side']}), {row['at']}: {_plain(row['statement'])} SHA-256 {row['sha256']}"
    for row in export["snapshots"]:
        found = "unchanged" if row["is_intact"] else f"**changed since**: what is stored now has {row['computed']}"
        yield f"- Snapshot {row['number']}, {row['made_at']}: SHA-256 {row['sha256']}, {found}"


def _write_addenda(addenda: Iterable[Row]) -> Iterator[str]:
    rows = list(addenda)
    if rows:
        yield from ("", "## Added afterwards")
    for row in rows:
        yield from ("", f"{_plain(row['by'])}, {row['at']}:", "", *quote_markdown(row["markdown"]))


def _say_person(person: Row) -> str:
    return f"{_plain(person['name'])} ({_plain(person['time_zone'])})"


def _plain(text: str | None) -> str:
    return escape_markdown(text or "")


def _utc(moment: str) -> str:
    """A moment of the export as all others are written here; what is none is shown as text."""
    try:
        return say_utc(dt.datetime.fromisoformat(moment)) or ""
    except (TypeError, ValueError):
        return _plain(str(moment))
