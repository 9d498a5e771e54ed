"""A runbook's text as a template: what it says of its own service becomes names in `{{ … }}` again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runbooks.filling import Known, find_spans, in_address, in_prose, squeeze, walk
from runbooks.reading import read
from runbooks.reading.facts import canonical_name

# Facts of the document whose value is replaced where it is stated, whatever it is.
_STATED = {
    "title": "title",
    "service": "service_name",
    "owner": "owner",
    "team": "team",
    "slo": "slo",
    "author": "author",
    "date": "today",
    "last_updated": "today",
    "last_review": "today",
    "next_review": "next_review",
    "dashboard_url": "dashboard_url",
    "logs_url": "logs_url",
    "repository_url": "repository_url",
    "production_url": "production_url",
    "staging_url": "staging_url",
    "status_page_url": "status_url",
}
# Values that are replaced wherever they stand as whole words.
_ANYWHERE = (
    *("service_name", "team", "owner", "slo", "team_email", "team_chat"),
    *("dashboard_url", "logs_url", "repository_url", "production_url", "staging_url", "status_url"),
)
_SHORTEST = 3  # characters: a shorter value is part of too much else
_TITLE = re.compile(r"#[ \t]{1,4}(\S.{0,400}?)[ \t#\r]{0,20}")


def unfill(markdown: str, known: Mapping[str, Known], *, title: str = "") -> str:
    """The text with the known values replaced by their names: stated facts and the title first, then whole words."""
    lines = _unfill_facts(markdown)
    plain, code = _find_values(known, _ANYWHERE), _find_values(known, (*_ANYWHERE, "service_slug"))
    pattern = _any_of(code)
    result: list[str] = []
    for line, place in walk("\n".join(lines)):
        heading = _TITLE.fullmatch(line) if title and place == "prose" else None
        if heading and squeeze(heading[1]) == squeeze(title):
            result.append(line.replace(heading[1], "{{ title }}", 1))
            title = ""
            continue
        result.append(_unfill_line(line, pattern, code if place == "code" else plain, code))
    return "\n".join(result)


def _unfill_facts(markdown: str) -> list[str]:
    lines = [_unfill_setting(line) if place == "front" else line for line, place in walk(markdown)]
    for fact in read("\n".join(lines)).facts:
        name, at = _STATED.get(fact.name), fact.line - 1
        if name is None or fact.missing or at >= len(lines):
            continue
        for value in filter(None, (fact.url, fact.value)):
            before, label, rest = lines[at].partition(fact.label)
            if value in rest:
                lines[at] = f"{before}{label}{rest.replace(value, f'{{{{ {name} }}}}', 1)}"
                break
    return lines


def _unfill_setting(line: str) -> str:
    """A line of front matter, whose facts all count as stated on the first line."""
    label, colon, value = line.partition(":")
    name = _STATED.get(canonical_name(label)) if colon and value.strip() else None
    return line if name is None else f"{label}: {{{{ {name} }}}}"


def _find_values(known: Mapping[str, Known], names: tuple[str, ...]) -> dict[str, str]:
    """Value → name in braces, the longest first, each also in the form that filling would have given it."""
    found: dict[str, str] = {}
    for name in names:
        fact = known.get(name, Known())
        text = squeeze(fact.text)
        forms = (text, in_address(text)) if fact.is_address else (text, in_prose(text))
        for form in forms:
            if len(form) >= _SHORTEST:
                found.setdefault(form, f"{{{{ {name} }}}}")
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _unfill_line(line: str, pattern: re.Pattern[str], values: dict[str, str], code: dict[str, str]) -> str:
    """`values` are those that are taken out where the line stands; in its code spans it is those of `code`."""
    is_in_span = find_spans(line)

    def take_out(match: re.Match[str]) -> str:
        return (code if is_in_span(match.start()) else values).get(match[0], match[0])

    return pattern.sub(take_out, line)


def _any_of(values: dict[str, str]) -> re.Pattern[str]:
    """A pattern for whole values; a name in braces that stands there already is passed over as one."""
    words = "".join(f"|(?<![\\w-]){re.escape(value)}(?![\\w-])" for value in values)
    return re.compile(rf"\{{\{{[^{{}}\n]{{0,80}}\}}\}}{words}")
