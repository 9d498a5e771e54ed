"""Two people write in the same field: each one's words arrive, or both are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handoffs.errors import Refused
from runbooks.comparing.merging import merge
from runbooks.rendering import render_note
from runbooks.services.secrets import check_words


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in each field now, and where somebody else had written in the same lines: there, what they wrote.

    A field with a clash was not changed; the words that were sent are still with whoever sent them.
    """

    now: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, str] = field(default_factory=dict)


def bring_together(current: Mapping[str, str], sent: Mapping[str, str], base: Mapping[str, str] | None) -> Written:
    """What each field becomes. `base` is what the writer began from; without it, what was sent takes its place.

    All three are texts with `\\n` at the ends of lines. Different lines of one text are put together.
    """
    written = Written()
    for name, mine in sent.items():
        theirs = current[name]
        began = theirs if base is None or name not in base else base[name]
        found = _meet(began, mine, theirs)
        if found is None:
            written.clashes[name] = theirs
        written.now[name] = theirs if found is None else found
    return written


def _meet(base: str, mine: str, theirs: str) -> str | None:
    """None where both changed the same lines."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if "\n" not in f"{base}{mine}{theirs}":
        return None
    merged = merge(f"{base}\n", f"{mine}\n", f"{theirs}\n")
    return None if merged.conflicts else merged.text.removesuffix("\n")


def tidy(text: str) -> str:
    """Line ends as everywhere in the portal, and nothing empty at the end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def check_markdown(text: str, what: str) -> None:
    """Raises Refused, or TextRefused, for what can't be stored: too long, no text, a credential."""
    if "\ufffd" in text:
        raise Refused(f"{what} holds bytes that are not valid UTF-8, shown as \ufffd. Type them again.")
    render_note(text)
    check_words(text, what)
