"""Tables that are one thing a row: metrics, error codes, severities, decisions and changes.

A row in which nothing but blanks and placeholders stands is a template's empty line and says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from runbooks.reading.blocks import Block
from runbooks.reading.document import Change, Decision, ErrorCode, Metric, Severity
from runbooks.reading.grid import Names, Row, find_columns, first_header, names, read_rows
from runbooks.reading.page import Page
from runbooks.reading.wording import key

_METRIC = (
    names("name", "metric|metric name|metrics|key metric|indicator|sli"),
    names("normal", "normal range|normal|normal value|baseline|expected|healthy|target range", "normal|baseline"),
    names("warning", "warning|warn|warning threshold|warning level", "warning"),
    names("critical", "critical|critical threshold|critical level", "critical"),
    names("slo_target", "slo target|slo|sla|sla target|target|objective", "slo|target"),
    names(
        "alert_threshold", "alert threshold|alert|alert condition|threshold|alerting threshold|alert when", "threshold"
    ),
)
_ERROR = (
    names("code", "error code|code|error"),
    names("description", "description|meaning|message|cause|details", "description|meaning"),
    names("resolution", "resolution|solution|action|fix|what to do|remedy", "resolution|action"),
    names("severity", "severity|level|priority"),
)
_SEVERITY = (
    names("level", "level|severity|priority|sev|severity level|priority level|incident level"),
    names("description", "description|definition|meaning|criteria|impact|summary", "description|definition|criteria"),
    names(
        "response",
        "response time|response|target response|response sla|initial response|time to respond|typical response",
        "response",
    ),
    names("examples", "examples|example", "examples|example"),
)
_DECISION = (
    names("condition", "condition|conditions|situation|scenario|if|trigger|symptom"),
    names("action", "action|actions|decision|then|what to do|response|recommended action", "action|decision"),
    names("owner", "owner|role|who|responsible|decided by|decision maker|approver", "owner"),
)
_CHANGE = (
    names("date", "date|when|changed on"),
    names("version", "version|rev|revision|release"),
    names(
        "text",
        "change|changes|description|change description|summary|what changed|notes|details|comment",
        "change|changes",
    ),
    names("author", "author|performed by|changed by|by|who|name|editor|updated by|owner", "author|by"),
    names(
        "reference", "ticket reference|ticket|reference|pr|pull request|issue|link|change request", "ticket|reference"
    ),
)
_ERROR_TABLES = frozenset({"error code", "error codes", "code", "error"})
_SEVERITY_TABLES = _SEVERITY[0].exact
_DECISION_TABLES = frozenset({"condition", "conditions", "situation", "scenario"})
_CHANGE_TITLES = frozenset({"date", "version", "rev", "revision", "change"})
_CODED = re.compile(r"(SEV|S|P)[ -]?(\d)(?!\d)", re.IGNORECASE)
_WORDED = frozenset({"critical", "major", "minor", "high", "medium", "moderate", "low", "informational", "info"}) | {
    *("urgent", "severe", "normal", "cosmetic"),
}
_HTTP_CODE = re.compile(r"[A-Z]*[\s_-]?\d{2,6}\w*|[A-Z][A-Z0-9]*[_-][A-Z0-9_-]+|E[A-Z]{3,}")


def find_metrics(page: Page) -> tuple[Metric, ...]:
    """Rows of tables that start with `Metric` and say what is normal, bad, the target or the threshold."""
    found: list[Metric] = []
    for block, columns in _tables(page, _METRIC[0].exact, _METRIC, at_least=2):
        for row in _named_rows(page, block, columns, "name", "A row of a table of metrics without the metric's name."):
            texts = {name: row.given(name) for name in columns if name != "name"}
            found.append(Metric(name=row.given("name"), section=block.section, line=row.line, **texts))
    return tuple(found)


def find_error_codes(page: Page) -> tuple[ErrorCode, ...]:
    """Rows of tables that start with `Error Code`; under `Code` or `Error` the cells have to look like codes."""
    found: list[ErrorCode] = []
    for block, columns in _tables(page, _ERROR_TABLES, _ERROR, at_least=2):
        sure = first_header(block).startswith("error code")
        for row in _named_rows(page, block, columns, "code", "A row of a table of error codes without the code."):
            code = row.given("code")
            if sure or _HTTP_CODE.fullmatch(code):
                texts = {name: row.given(name) for name in ("description", "resolution", "severity")}
                found.append(ErrorCode(code=code, section=block.section, line=row.line, **texts))
    return tuple(found)


def find_severities(page: Page) -> tuple[Severity, ...]:
    """Rows of tables of severity levels: `SEV-1`, `P0`, or words such as `Critical`."""
    found: list[Severity] = []
    for block, columns in _tables(page, _SEVERITY_TABLES, _SEVERITY, at_least=2):
        if "description" not in columns:
            continue
        for row in read_rows(block, columns):
            level = severity_level(row.text("level")) or _numbered_level(first_header(block), row.text("level"))
            if level:
                found.append(_make_severity(level, row, block))
    return tuple(found)


def severity_level(text: str) -> str:
    """`SEV-1` for `sev1`, `Sev 1: critical` and the like, `P0` for `p0`; a word such as `Critical` stays; else ""."""
    match = _CODED.match(text.strip())
    if match:
        letters = match[1].upper()
        return f"{letters}-{match[2]}" if letters == "SEV" else f"{letters}{match[2]}"
    return text.strip() if key(text) in _WORDED else ""


def _numbered_level(title: str, text: str) -> str:
    """`SEV-1` for a bare 1 in a column `Severity`, `P1` in a column `Priority`."""
    if len(text) != 1 or text not in "012345":
        return ""
    if title.startswith("sev"):
        return f"SEV-{text}"
    return f"P{text}" if title.startswith("priority") else ""


def find_decisions(page: Page) -> tuple[Decision, ...]:
    """Rows of decision matrices: a condition or situation, what to do, and who decides."""
    found: list[Decision] = []
    for block, columns in _tables(page, _DECISION_TABLES, _DECISION, at_least=2):
        if "action" not in columns:
            continue
        for row in _named_rows(page, block, columns, "condition", "A row of a decision matrix without its condition."):
            action, owner = row.given("action"), row.given("owner")
            found.append(Decision(row.given("condition"), action, owner, block.section, row.line))
    return tuple(found)


def find_changes(page: Page) -> tuple[Change, ...]:
    """Rows of change logs: tables with a date and what changed."""
    found: list[Change] = []
    for block, columns in _tables(page, _CHANGE_TITLES, _CHANGE, at_least=2):
        if "date" not in columns or "text" not in columns or not _is_change_log(page, block, columns):
            continue
        for row in read_rows(block, columns):
            # A version alone is a template's line: `[Date] | 1.1 | [Change]`.
            if row.given("text") or row.given("date"):
                found.append(_make_change(row))
    return tuple(found)


def _is_change_log(page: Page, block: Block, columns: dict[str, int]) -> bool:
    """A column named `Change` is enough; `Description` or `Notes` only under a heading that speaks of changes."""
    title = key(block.header[columns["text"]].text)
    if title.startswith("change") or title.endswith(("change", "changes", "changed")):
        return True
    part = page.by_anchor.get(block.section)
    return part is not None and any(
        word in name for name in part.keys for word in ("change", "history", "revision", "version")
    )


def _tables(
    page: Page, starts: frozenset[str], known: Sequence[Names], *, at_least: int
) -> Iterator[tuple[Block, dict[str, int]]]:
    for _, block in page.tables:
        if first_header(block) in starts:
            columns = find_columns(block, known)
            if len(columns) >= at_least:
                yield block, columns


def _named_rows(page: Page, block: Block, columns: dict[str, int], name: str, complaint: str) -> Iterator[Row]:
    for row in read_rows(block, columns):
        if row.given(name):
            yield row
        elif row.says_something:
            page.note(row.line, complaint)


def _make_severity(level: str, row: Row, block: Block) -> Severity:
    return Severity(
        level=level,
        description=row.given("description"),
        response_time=row.given("response"),
        examples=row.given("examples"),
        section=block.section,
        line=row.line,
    )


def _make_change(row: Row) -> Change:
    return Change(
        date=row.given("date"),
        version=row.given("version"),
        text=row.given("text"),
        author=row.given("author"),
        reference=row.given("reference") or row.cell("reference").url,
        line=row.line,
    )
