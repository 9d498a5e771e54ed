"""Names in `{{ … }}` of an update, filled with an incident's facts, and brackets that somebody still has to fill.

The filling itself is that of runbooks (`runbooks.filling`): each name once, what comes in is text wherever it lands. A fact
that is not known becomes a bracket such as `[what fixed it]`; an update with such a bracket is not sent. Pure: no Django.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from runbooks.filling import Known, fill, find_spans, in_prose, names_in, squeeze, walk

__all__ = ["NAMES", "TYPED", "Known", "add_words", "fill_gaps", "fill_line", "fill_text", "find_gaps", "find_line_gaps"]

NAMES: dict[str, str] = {  # what stands for the name while it is not known
    "title": "what is wrong, in a few words",
    "reference": "number of the incident",
    "services": "affected services",
    "status": "status",
    "severity": "severity",
    "summary": "what is wrong",
    "affected": "who and what is affected",
    "impact": "what people notice",
    "business_impact": "what it means for the business",
    "started": "when it began",
    "ended": "when it ended",
    "duration": "how long it lasted",
    "next_update": "when the next update comes",
    "next_step": "what is done next",
    "commander": "who is in command",
    "changed": "what changed",
    "resolution": "what it was and what fixed it",
}
TYPED = ("changed", "summary", "resolution")  # names that the words typed beside the template may stand for
_NAME = re.compile(r"\{\{[ \t]{0,4}([a-z][a-z_]{0,30})[ \t]{0,4}\}\}")
# A bracket with words, which is no link, footnote, tick box or number of a reference.
_GAP = re.compile(r"\[([^\[\]\n]{2,120})\](?![(:\[])")
_ESCAPED = re.compile(r"\\+\Z")


def fill_text(markdown: str, facts: Mapping[str, Known]) -> str:
    """The Markdown with its names filled."""
    return fill(markdown, facts, NAMES)


def fill_line(line: str, facts: Mapping[str, Known]) -> str:
    """A subject with its names filled: plain text on one line, so nothing in it is escaped."""

    def put_in(match: re.Match[str]) -> str:
        if match[1] not in NAMES:
            return match[0]
        return squeeze(facts.get(match[1], Known()).text) or f"[{NAMES[match[1]]}]"

    return squeeze(_NAME.sub(put_in, line))


def add_words(markdown: str, words: str, facts: Mapping[str, Known]) -> str:
    """The template with a place for the words typed beside it, where it has none: they must not get lost."""
    if not words.strip():
        return markdown
    has_place = any(name in TYPED and facts.get(name, Known()).lines for name in names_in(markdown, NAMES))
    return markdown if has_place else f"{markdown.rstrip()}\n\n{{{{ changed }}}}\n"


def find_gaps(markdown: str) -> tuple[str, ...]:
    """The words of the brackets that are still to be filled, each once. Code and escaped brackets are left alone."""
    return tuple(dict.fromkeys(" ".join(match[1].split()) for line in _prose(markdown) for match in _gaps_in(line)))


def find_line_gaps(line: str) -> tuple[str, ...]:
    """The gaps of a subject: only brackets that stand for a name, as a title may hold others."""
    known = {words.lower() for words in NAMES.values()}
    return tuple(dict.fromkeys(match[1] for match in _GAP.finditer(line) if match[1].lower() in known))


def fill_gaps(markdown: str, words: Mapping[str, str]) -> str:
    """The Markdown with the brackets filled that `words` (by the words in the bracket) has something for."""
    wanted = {gap: squeeze(text) for gap, text in words.items() if squeeze(text)}
    if not wanted:
        return markdown
    return "\n".join(_fill_gaps_of(line, wanted) if place == "prose" else line for line, place in walk(markdown))


def _fill_gaps_of(line: str, wanted: Mapping[str, str]) -> str:
    filled = line
    for match in reversed(list(_gaps_in(line))):
        said = wanted.get(" ".join(match[1].split()))
        if said is not None:
            filled = f"{filled[: match.start()]}{in_prose(said)}{filled[match.end() :]}"
    return filled


def _prose(markdown: str) -> Iterator[str]:
    return (line for line, place in walk(markdown) if place == "prose")


def _gaps_in(line: str) -> Iterator[re.Match[str]]:
    if "[" not in line:
        return
    is_code = find_spans(line)
    for match in _GAP.finditer(line):
        before = _ESCAPED.search(line, 0, match.start())
        is_escaped = before is not None and len(before[0]) % 2 == 1
        words = match[1].strip()
        if (
            not is_escaped
            and not is_code(match.start())
            and not words.startswith("^")
            and re.search(r"[^\W\d_]", words)
        ):
            yield match
