"""Alerts: rows of alert tables, headings `Alert: …`, and documents that are about one alert.

An alert needs a name. A row or heading whose name is still a placeholder is no alert yet: nothing could ever ask for
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from runbooks.reading.blocks import Block
from runbooks.reading.document import Alert
from runbooks.reading.grid import Row, find_columns, first_header, names, read_rows
from runbooks.reading.page import Page, Part
from runbooks.reading.sectionlinks import SectionFinder
from runbooks.reading.wording import given, key, squeeze, trim

_TABLES = frozenset({"alert", "alert name", "alertname", "alarm", "alarm name", "alert rule"})
_COLUMNS = (
    names("name", "|".join(_TABLES)),
    names("severity", "severity|level|priority|sev", "severity"),
    names(
        "condition",
        "condition|threshold|trigger|expression|expr|query|when|fires when|meaning|description",
        "condition|threshold|trigger",
    ),
    names(
        "response",
        "response|notification|notify|action|actions|channel|what to do|resolution",
        "response|notification|action",
    ),
    names("impact", "impact|user impact", "impact"),
    names("section", "runbook section|runbook|section|link|runbook link|reference|see", "runbook|section"),
)
_HEADING = re.compile(r"alert\s{0,3}\d{0,3}\s{0,3}[:–—]\s{0,3}(\S.*)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{2,119}")
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z][a-z0-9]*|[A-Z][A-Z0-9]*")
_TELLING = frozenset(["meaning", "impact", "diagnosis", "mitigation"])
_ANSWERING = frozenset({"runbooks", "runbook", "playbooks", "monitoring"})
_FIELDS = {
    "severity": "severity",
    "priority": "severity",
    "trigger": "condition",
    "condition": "condition",
    "threshold": "condition",
    "expression": "condition",
    "impact": "impact",
    "response": "response",
    "notification": "response",
    "action": "response",
}
_LONGEST = 300  # characters kept of a paragraph that says what an alert means


def find_alerts(page: Page, finder: SectionFinder) -> tuple[Alert, ...]:
    """All alerts: the one the document is about first, then headings and tables in the order of the text."""
    found = _merge(list(_heading_alerts(page)), list(_table_alerts(page, finder)))
    found.sort(key=lambda alert: alert.line)
    whole = _document_alert(page)
    if whole and not any(key(alert.name) == key(whole.name) for alert in found):
        found.insert(0, whole)
    return tuple(found)


def _merge(headings: list[Alert], rows: list[Alert]) -> list[Alert]:
    """A row about an alert that has a heading of its own adds to that alert what the heading does not say."""
    said = {key(alert.name): alert for alert in reversed(rows)}
    names = {key(alert.name) for alert in headings}
    filled = [_fill(alert, said[key(alert.name)]) if key(alert.name) in said else alert for alert in headings]
    return [*filled, *(alert for alert in rows if key(alert.name) not in names)]


def _fill(alert: Alert, row: Alert) -> Alert:
    return replace(
        alert,
        severity=alert.severity or row.severity,
        condition=alert.condition or row.condition,
        response=alert.response or row.response,
        impact=alert.impact or row.impact,
    )


def document_alert_name(page: Page) -> str:
    """The alert's name when the whole document answers one alert, else ""."""
    stem = page.path.rsplit("/", 1)[-1].removesuffix(".md").removesuffix(".markdown")
    hinted = _is_hinted(page)
    telling = len({part.keys[0] for part in page.parts[:40]} & _TELLING)
    named = _front_matter_name(page)
    if named:
        return named
    for name in (stem, page.title.strip(), _first_heading(page)):
        if not _NAME.fullmatch(name):
            continue
        if count_humps(name) > 1 and (hinted or telling > 1):
            return name
        if name == stem == _first_heading(page) and not name.isupper() and (telling > 2 or _is_alert_like(page, name)):
            return name
    return ""


def _is_alert_like(page: Page, name: str) -> bool:
    """File name and heading agree on three words or more, in a folder where alerts are answered."""
    return count_humps(name) > 2 and not _ANSWERING.isdisjoint(page.path.lower().split("/")[:-1])


def count_humps(name: str) -> int:
    """How many words a CamelCase name is made of: `KubePodCrashLooping` has four, `README` one."""
    return len(_HUMP.findall(name))


def _first_heading(page: Page) -> str:
    return squeeze(page.parts[0].section.title) if page.parts else ""


def _is_hinted(page: Page) -> bool:
    folders = page.path.lower().split("/")[:-1]
    return "alerts" in folders or "alert" in folders or key(str(page.front_matter.get("type", ""))) == "alert"


def _front_matter_name(page: Page) -> str:
    for label in ("alert", "alertname", "alert_name"):
        value = page.front_matter.get(label)
        if isinstance(value, str) and given(value):
            return given(value)
    return ""


def _document_alert(page: Page) -> Alert | None:
    name = document_alert_name(page)
    if not name:
        return None
    first = page.parts[0] if page.parts else None
    severity = page.front_matter.get("severity")
    return Alert(
        name=name,
        line=first.section.line if first else 1,
        section=first.section.anchor if first else "",
        source="document",
        severity=given(severity) if isinstance(severity, str) else _labels_of(page.preamble()).get("severity", ""),
        condition=_opening_of(page, "meaning"),
        impact=_opening_of(page, "impact"),
    )


def _opening_of(page: Page, title: str) -> str:
    part = page.by_title.get(title)
    blocks = page.own(part) if part else ()
    text = next((given(block.text) for block in blocks if block.kind == "paragraph"), "")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"


def _heading_alerts(page: Page) -> Iterator[Alert]:
    for part in page.parts:
        match = _HEADING.fullmatch(squeeze(part.section.title)[:_LONGEST])
        name = given(trim(match[1])) if match else ""
        if name:
            yield _alert_of_heading(page, part, name)


def _alert_of_heading(page: Page, part: Part, name: str) -> Alert:
    fields = _labels_of(page.own(part))
    return Alert(name=name, line=part.section.line, section=part.section.anchor, source="heading", **fields)


def _labels_of(blocks: tuple[Block, ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for block in blocks:
        for label in block.labels:
            name = _FIELDS.get(key(label.label), "")
            if name and label.value and given(label.value):
                fields.setdefault(name, given(label.value))
    return fields


def _table_alerts(page: Page, finder: SectionFinder) -> Iterator[Alert]:
    for _, block in page.tables:
        if first_header(block) not in _TABLES or len(block.header) < 2:
            continue
        columns = find_columns(block, _COLUMNS)
        if len(columns) < 2:
            page.note(block.line, "A table of alerts without a column for severity, condition or response.")
            continue
        for row in read_rows(block, columns):
            if row.given("name"):
                yield _alert_of_row(row, block, finder)
            elif row.says_something:
                page.note(row.line, "A row of a table of alerts without the alert's name.")


def _alert_of_row(row: Row, block: Block, finder: SectionFinder) -> Alert:
    name = row.given("name")
    said = finder.by_reference(row.cell("section").url, row.given("section"))
    linked = (finder.by_reference(cell.url, "") for cell in row.cells if cell.url.startswith("#"))
    section = said or next(filter(None, linked), "") or finder.by_name(name) or block.section
    return Alert(
        name=name,
        line=row.line,
        section=section,
        source="table",
        severity=row.given("severity"),
        condition=row.given("condition"),
        response=row.given("response"),
        impact=row.given("impact"),
    )
