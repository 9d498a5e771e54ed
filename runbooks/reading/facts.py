"""What a document says about itself: owner, version, review dates, ..., each under one canonical name.

Facts are looked for where documents state them: front matter, the lines and `Field | Value` tables under the title
and in overview sections, dashboards, the contacts section (team and on-call only) and the closing lines. The same
words elsewhere in the text are prose and stay prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runbooks.reading.blocks import Block, Bold
from runbooks.reading.dates import as_text, parse_date, review_days
from runbooks.reading.document import Fact
from runbooks.reading.grid import Row, find_columns, names, read_rows
from runbooks.reading.page import Page
from runbooks.reading.wording import given, is_placeholder, key, squeeze

__all__ = ["CANONICAL", "canonical_name", "find_facts", "parse_date", "review_days"]


def _labels(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


CANONICAL: dict[str, tuple[str, ...]] = {
    "title": _labels("title"),
    "service": _labels("service|service name|service system|service system name|service or system name|application"),
    "system": _labels("system|system name"),
    "feature": _labels("feature|feature name"),
    "owner": _labels(
        "owner|owners|owned by|service owner|system owner|document owner|runbook owner|maintainer|"
        "maintainers|maintained by|postmortem owner|owner team"
    ),
    "team": _labels("team|squad|owning team|owning squad|team name|responsible team|owner slack team"),
    "version": _labels("version|document version|runbook version|revision"),
    "status": _labels("status|document status"),
    "author": _labels("author|authors|written by|prepared by|created by"),
    "date": _labels("date|created|created on|date created|created date|effective date"),
    "last_updated": _labels("last updated|updated|updated on|last modified|last update|last edited|lastmod"),
    "last_review": _labels("last review|last reviewed|last reviewed on|last review date|reviewed|reviewed on"),
    "next_review": _labels("next review|next review date|next review due|review by|review due|review date"),
    "review_frequency": _labels(
        "review frequency|review cycle|review in|review cadence|review interval|review period|"
        "review schedule|reviewed every|review every"
    ),
    "classification": _labels("classification|confidentiality|data classification|document classification|sensitivity"),
    "slo": _labels(
        "slo|sla|slo target|sla target|slo sla|sla slo|slos|slas|service level objective|"
        "service level agreement|availability target|uptime target"
    ),
    "on_call": _labels(
        "on call|oncall|on call primary|primary on call|on call rotation|on call schedule|"
        "on call team|pager|pagerduty|rotation"
    ),
    "approved_by": _labels("approved by|approver|approvers|approval"),
    "severity": _labels("severity|incident severity"),
    "started": _labels("started|started at|start time|incident start"),
    "resolved": _labels("resolved|resolved at|end time|incident end"),
    "purpose": _labels("purpose|description"),
    "dependencies": _labels("dependencies|depends on|upstream dependencies"),
    "dependents": _labels("dependents|consumers|downstream|used by|downstream dependents"),
    "tier": _labels("tier|service tier|criticality"),
    "production_url": _labels("production url|production|prod url|live url"),
    "staging_url": _labels("staging url|staging"),
    "repository_url": _labels("repository|repository url|repo|source|source code|code repository|git repository"),
    "status_page_url": _labels("status page|status page url"),
    "logs_url": _labels("logs|logs url|log dashboard"),
    "dashboard_url": _labels(
        "dashboard|dashboards|dashboard url|main dashboard|primary dashboard|metrics dashboard|"
        "grafana|monitoring dashboard"
    ),
}

_NAME_OF = {label: name for name, labels in CANONICAL.items() for label in labels}
_URLS = frozenset(name for name in CANONICAL if name.endswith("_url"))
_CLOSING = frozenset({"owner", "version", "status", "author", "date", "classification", "approved_by"}) | {
    *("last_updated", "last_review", "next_review", "review_frequency"),
}
_CONTACTS = frozenset({"team", "on_call"})
_EVERYTHING = frozenset(CANONICAL)
_NO_FRONT_MATTER = frozenset({"purpose", "started", "resolved", "tier"})
_OVERVIEW = re.compile(
    r"overview|summary|at a glance|ownership|metadata|about this"
    r"|(?:document|service|system|runbook|key|general) (?:information|info|details|control|data)"
)
_FIELD_TABLES = frozenset({"field", "property", "key", "item", "attribute", "component", "detail", "name"})
_PLAIN_LINE = re.compile(r"([A-Za-z][\w /&'-]{1,30}):\s+(\S.*)")
_CLOSING_LINES = 8  # a document's closing lines are among its last blocks


def canonical_name(label: str) -> str:
    """The canonical name of a label such as `Owning Squad`, "" when it is none of them."""
    return _NAME_OF.get(key(label), "")


def find_facts(page: Page) -> tuple[Fact, ...]:
    """The facts in the order of the text; front matter comes first, on line 1."""
    found = list(_front_matter_facts(page))
    closing = _closing_start(page.blocks)
    head_end = len(page.preamble())
    for index, block in enumerate(page.blocks):
        wanted = _wanted_at(page, index, head_end, closing)
        if block.kind == "table":
            found.extend(_table_facts(block, wanted))
        elif wanted:
            plain = index < head_end or index >= closing
            found.extend(_line_facts(block, wanted, plain=plain))
        if _is_dashboards(page.keys_at(index)):
            found.extend(_dashboard_facts(block))
    return tuple(_drop_spare_dashboards(dict.fromkeys(found)))


def _drop_spare_dashboards(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Of the dashboards nobody has filled in yet, one is enough to say so."""
    facts = tuple(facts)
    spare = any(fact.name == "dashboard_url" and not fact.missing for fact in facts)
    for fact in facts:
        if fact.name == "dashboard_url" and fact.missing:
            if spare:
                continue
            spare = True
        yield fact


def _wanted_at(page: Page, index: int, head_end: int, closing: int) -> frozenset[str]:
    """Which facts may be stated at this block; none nearly everywhere."""
    if index < head_end:
        return _EVERYTHING
    keys = page.keys_at(index)
    title = keys[0] if keys else ""
    if _OVERVIEW.search(title) and "component" not in title:
        return _EVERYTHING
    if "contact" in title and page.blocks[index].kind == "paragraph":
        return _CONTACTS
    return _CLOSING if index >= closing else frozenset()


def _closing_start(blocks: tuple[Block, ...]) -> int:
    index = len(blocks)
    while (
        index > 0 and len(blocks) - index < _CLOSING_LINES and blocks[index - 1].kind in ("paragraph", "rule", "html")
    ):
        index -= 1
    return index


def _front_matter_facts(page: Page) -> Iterator[Fact]:
    for label, value in page.front_matter.items():
        name = canonical_name(str(label))
        if name and name not in _NO_FRONT_MATTER:
            yield _make_fact(name, str(label), as_text(value), 1)


def _line_facts(block: Block, wanted: frozenset[str], *, plain: bool) -> Iterator[Fact]:
    if block.kind not in ("paragraph", "item", "quote") or block.depth > 0:
        return
    labelled = {label.line for label in block.labels}
    for label in block.labels:
        name = canonical_name(label.label)
        if name in wanted:
            yield _make_fact(name, label.label, label.value, label.line, label.url)
    if not plain or block.kind != "paragraph":
        return
    for offset, text in enumerate(block.lines):
        match = _PLAIN_LINE.fullmatch(text.strip().strip("*_"))
        line = block.line + offset
        if match and line not in labelled and canonical_name(match[1]) in wanted:
            yield _make_fact(canonical_name(match[1]), match[1], match[2], line)


def _table_facts(block: Block, wanted: frozenset[str]) -> Iterator[Fact]:
    wanted = _wanted_in_table(block, wanted)
    if not wanted:
        return
    for row in read_rows(block, {"value": 1}):
        name = canonical_name(row.cells[0].text)
        if name in wanted:
            yield _make_fact(name, row.cells[0].text, row.text("value"), row.line, row.cell("value").url)


def _wanted_in_table(block: Block, wanted: frozenset[str]) -> frozenset[str]:
    """`Field | Value` speaks for the document anywhere; a component's attributes only give its addresses."""
    if len(block.header) != 2:
        return frozenset()
    first, second = key(block.header[0].text), key(block.header[1].text)
    if first == "field" and second == "value":
        return _EVERYTHING
    if wanted == _EVERYTHING and (first in _FIELD_TABLES or not (first or second)):
        return _EVERYTHING
    return _URLS if first in ("attribute", "component") else frozenset()


def _is_dashboards(keys: tuple[str, ...]) -> bool:
    return any("dashboard" in title for title in keys[:1])


def _dashboard_facts(block: Block) -> Iterator[Fact]:
    """`**URL**: …` and `**Main Dashboard:** …` under a dashboards heading, and the rows of a table of dashboards."""
    if block.kind == "table":
        yield from _dashboard_rows(block)
    for label in _dashboard_labels(block):
        yield _make_fact("dashboard_url", label.label, label.value, label.line, label.url)


def _dashboard_labels(block: Block) -> list[Bold]:
    if block.kind not in ("paragraph", "item"):
        return []
    return [label for label in block.labels if key(label.label) in ("url", "link") or "dashboard" in key(label.label)]


def _dashboard_rows(block: Block) -> list[Fact]:
    columns = find_columns(
        block, (names("name", "dashboard|dashboard name|name"), names("url", "url|link|location|address"))
    )
    if len(columns) != 2:
        return []
    return [_dashboard_fact(row) for row in read_rows(block, columns)]


def _dashboard_fact(row: Row) -> Fact:
    return _make_fact("dashboard_url", row.text("name"), row.text("url"), row.line, row.cell("url").url)


def _make_fact(name: str, label: str, value: str, line: int, url: str = "") -> Fact:
    label = squeeze(label).rstrip(":").rstrip()
    if is_placeholder(value) and not url:
        return Fact(name=name, label=label, value="", line=line, missing=True)
    value = squeeze(value) or url
    if not url and name in _URLS and value.startswith(("https://", "http://")):
        url = value
    return Fact(name=name, label=label, value=given(value) or value, line=line, url=url)
