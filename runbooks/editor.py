"""What the editor shows when it is opened: the whole text or one section, as it was saved or as it was left unsaved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from accounts.models import User
from runbooks.errors import Refused
from runbooks.models import Runbook, RunbookVersion, WorkingCopy
from runbooks.rendering import Look, check_text, look_over
from runbooks.services import EditBase, find_refused, find_working_copy, text_of_base
from runbooks.sources import resolver_for
from runbooks.splicing import find_lines, find_part, put_in, recover


@dataclass(frozen=True)
class Opened:
    """The words in the editor, and where they come from."""

    markdown: str
    change_summary: str
    base: EditBase
    section: str = ""  # anchor of the section that is edited alone; "" for the whole text
    heading: str = ""  # of that section
    kept_at: dt.datetime | None = None  # when these words were kept on the server; None: they are the saved ones
    note: str = ""  # what is not as the person may think, in a sentence


def open_editor(current: RunbookVersion, user: User, anchor: str = "") -> Opened:
    """The words this person goes on with: what they left unsaved, else the text of `current`; of one section when asked.

    A section that is not there, or words left unsaved elsewhere in the text, open the whole text with a note.
    """
    copy = find_working_copy(current.runbook, user)
    opened = _open_copy(current, copy) if copy else _open_saved(current)
    if not anchor:
        return opened
    started_from = text_of_base(current.runbook, opened.base)
    part = find_part(started_from, anchor)
    if part is None:
        return _say(opened, f"This text has no section “{anchor[:80]}”, so all of it is below.")
    words = recover(started_from, part, opened.markdown)
    if words is None:
        return _say(opened, "You left words unsaved in other sections too, so the whole text is below.")
    return replace(opened, markdown=words, section=part.anchor, heading=part.heading)


def look_at(runbook: Runbook, markdown: str, *, base: str = "", section: str = "") -> Look:
    """How words of this runbook will look, with its links resolved. Raises TextRefused for what could not be saved.

    A section is read in its place in the text it comes from, so that its links to other sections lead somewhere.
    """
    path, resolve = runbook.source_path, resolver_for(runbook)
    started_from = _find_start(runbook, base) if section else ""
    part = find_part(started_from, section) if section else None
    whole = put_in(started_from, part, markdown) if part else markdown
    shown = find_lines(started_from, part, whole) if part else None
    if part and not shown:
        return look_over("")
    check_text(whole)
    return look_over(whole, path=path, resolve=resolve, shown=shown, secrets=find_refused(whole, runbook))


def follow_anchor(before: RunbookVersion, after: RunbookVersion, anchor: str) -> str:
    """The anchor of a section after it was saved: another one when its heading was changed; "" when it is no more."""
    if not anchor:
        return ""
    lines = {section["anchor"]: section["line"] for section in before.document.get("sections", [])}
    sections = after.document.get("sections", [])
    if any(section["anchor"] == anchor for section in sections):
        return anchor
    return next((section["anchor"] for section in sections if section["line"] == lines.get(anchor)), "")


def _open_saved(current: RunbookVersion) -> Opened:
    summary = current.change_summary if current.is_open else ""
    return Opened(current.markdown, summary, EditBase(current.pk, current.revision))


def _open_copy(current: RunbookVersion, copy: WorkingCopy) -> Opened:
    newest, base = EditBase(current.pk, current.revision), EditBase.parse(copy.base)
    opened = Opened(copy.markdown, copy.change_summary, base, kept_at=copy.saved_at)
    if base == newest:
        return opened
    if not current.runbook.versions.filter(pk=base.version_id).exists():
        gone = "The draft they started from was discarded. Saving puts them in place of the text there is now."
        return _say(replace(opened, base=newest), gone)
    return _say(opened, "Somebody saved since. When you save, both texts are put together.")


def _say(opened: Opened, note: str) -> Opened:
    return replace(opened, note=f"{opened.note} {note}".strip())


def _find_start(runbook: Runbook, base: str) -> str:
    try:
        return text_of_base(runbook, EditBase.parse(base))
    except Refused:
        return ""
