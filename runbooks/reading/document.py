"""What the reader found in a runbook: plain, frozen values, no Django.

One `Document` is made by `runbooks.reading.read` and serves everything else: the page (`html`), the structure (everything
that is live and linked), the words to search (`Section.text`) and the findings. Line numbers count from 1 in the text as it
was given, front matter included. Anchors are GitHub's slugs, without the `#`.

`to_dict` gives the form that is stored as JSON; `SCHEMA` counts up whenever that form or the HTML changes, so that stored
versions can be read again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = 6


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the document says about itself, under its canonical name (see `facts.CANONICAL`)."""

    name: str  # canonical, e.g. "owner", "service", "next_review"
    label: str  # as written, e.g. "Squad"
    value: str  # plain text; "" when missing
    line: int
    missing: bool = False  # empty, or still a placeholder such as `[Name]`
    url: str = ""  # where the value was a link


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its own text (not that of the sections below it)."""

    level: int  # 1 to 6
    number: str  # "4.1", "4" (from "Section 4:"), or ""
    title: str  # without number and leading emoji
    heading: str  # plain text of the heading as written
    anchor: str
    path: tuple[str, ...]  # titles of the parents, outermost first, without the document title (h1)
    line: int
    end_line: int  # last line of its own text
    text: str  # plain words of its own text, commands included: what search indexes


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    text: str
    checked: bool
    line: int
    depth: int = 0  # 0 for a top-level item, 1 for one nested below it, ...


@dataclass(frozen=True, slots=True)
class Checklist:
    name: str  # the lead-in line ("Before any deployment", "Verification"), or the heading when there is none
    section: str  # anchor of the section it stands in
    line: int
    items: tuple[ChecklistItem, ...]
    cadence: str = (
        ""  # "daily", "weekly", "monthly", "quarterly", "annually", or "": with one, the items are routine tasks
    )


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One line of a code block. Only kind "command" is what a reader copies."""

    kind: str  # "command", "comment", "output", "blank"
    text: str  # without the prompt
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A fenced (or indented) code block, or an inline code span that is a command."""

    language: str  # "bash", "sql", ... or "" when not stated
    effect: str  # "read", "write" or "" (unknown; never guessed as safe)
    title: str  # what it does: its first comment, lead-in line or section title
    section: str
    line: int
    code: str  # the block as written
    lines: tuple[CommandLine, ...]
    placeholders: tuple[str, ...] = ()  # names, see Placeholder.name
    inline: bool = False
    is_drawing: bool = False  # a diagram, tree, template or other text that is nobody's command


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A variable of the document: the same name anywhere in it is one variable."""

    name: str  # slug: "[Service Name]", "[service-name]", "<service_name>" and "$SERVICE_NAME" all are "service-name"
    label: str  # for people: "Service Name"
    text: str  # first form as written: "[Service Name]"
    lines: tuple[int, ...]  # each line it stands on, once
    in_command: bool = False  # stands in at least one command (then it is part of the values form)


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    title: str
    line: int
    section: str
    commands: tuple[int, ...] = ()  # indexes into Document.commands
    expected: str = ""  # "Expected output" said for it
    checklist: tuple[str, ...] = ()  # texts of the verification items that belong to it


@dataclass(frozen=True, slots=True)
class Procedure:
    title: str
    section: str
    line: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    name: str
    line: int
    section: str  # anchor of the section that answers it (the linked or named one, else where it stands)
    source: str  # "heading", "table" or "document"
    severity: str = ""
    condition: str = ""
    response: str = ""  # response or notification
    impact: str = ""


@dataclass(frozen=True, slots=True)
class KnownIssue:
    title: str
    section: str
    line: int
    symptoms: tuple[str, ...] = ()
    diagnosis: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    resolution: tuple[str, ...] = ()
    prevention: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorCode:
    code: str
    description: str
    resolution: str
    severity: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    section: str
    line: int
    normal: str = ""
    warning: str = ""
    critical: str = ""
    slo_target: str = ""
    alert_threshold: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    role: str
    name: str
    section: str
    line: int
    contact: str = ""  # as written, when neither an e-mail nor a phone number could be told
    phone: str = ""
    email: str = ""
    chat: str = ""  # "#channel" or "@handle"
    url: str = ""
    availability: str = ""
    missing: bool = False  # nobody named and no way to reach them

    @property
    def is_reachable(self) -> bool:
        """Whether the text gives at least one way to reach this contact."""
        return bool(self.contact or self.phone or self.email or self.chat or self.url)


@dataclass(frozen=True, slots=True)
class Vendor:
    name: str
    support_type: str
    contact: str
    account: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Channel:
    purpose: str
    channel: str
    details: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class EscalationLevel:
    label: str  # "L1"
    contact: str  # who, plain text; "" when missing
    line: int
    response_time: str = ""
    handles: str = ""
    escalates_if: str = ""  # when the next level is called
    missing: bool = False


@dataclass(frozen=True, slots=True)
class EscalationPath:
    form: str  # "table", "blocks" or "drawing"
    section: str
    line: int
    end_line: int
    levels: tuple[EscalationLevel, ...]
    triggers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Severity:
    level: str  # "SEV-1", "P0"
    description: str
    response_time: str
    examples: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class RecoveryObjective:
    kind: str  # "RTO" or "RPO"
    value: str
    section: str
    line: int
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    condition: str
    action: str
    owner: str
    section: str
    line: int


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A communication or post-incident template: text with placeholders, to be filled and sent."""

    kind: str  # "communication" or "post-incident"
    name: str
    text: str
    section: str
    line: int
    placeholders: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # post-incident: the parts it asks for, e.g. "timeline", "root cause", "action items"


@dataclass(frozen=True, slots=True)
class Change:
    date: str
    version: str
    text: str
    author: str
    reference: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    target: str  # as written
    line: int
    kind: str  # "anchor", "relative", "external" or "image"
    is_broken: bool = False  # an anchor that the document does not have


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to put right, in a sentence that says what to do. The readiness score is made from these."""

    severity: str  # "error", "warning" or "info"
    code: str  # stable, e.g. "unfilled-placeholder"
    line: int
    message: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Text that looked like one of the known forms but could not be read as it; it stays ordinary text."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of each form was seen, by CommonMark/GFM."""

    headings: tuple[int, int, int, int, int, int] = (0, 0, 0, 0, 0, 0)
    task_items: int = 0
    code_blocks: int = 0
    tables: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    title: str = ""
    kind: str = ""  # a runbooks.models Kind value, or "" when nothing tells
    html: str = ""  # sanitised, highlighted, with components drawn: what the page prints
    summary: str = ""  # what it is about, in a sentence of its own, for lists
    front_matter: dict[str, Any] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    commands: tuple[Command, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    alerts: tuple[Alert, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    error_codes: tuple[ErrorCode, ...] = ()
    metrics: tuple[Metric, ...] = ()
    contacts: tuple[Contact, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    channels: tuple[Channel, ...] = ()
    escalations: tuple[EscalationPath, ...] = ()
    severities: tuple[Severity, ...] = ()
    objectives: tuple[RecoveryObjective, ...] = ()
    decisions: tuple[Decision, ...] = ()
    templates: tuple[MessageTemplate, ...] = ()
    changes: tuple[Change, ...] = ()
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    counts: Counts = Counts()

    def fact(self, name: str) -> Fact | None:
        """The first fact of that canonical name that has a value, else the first missing one, else None."""
        named = [fact for fact in self.facts if fact.name == name]
        return next((fact for fact in named if not fact.missing), named[0] if named else None)

    def value(self, name: str) -> str:
        """The value of a fact, "" when it is missing or absent."""
        fact = self.fact(name)
        return "" if fact is None or fact.missing else fact.value

    def to_dict(self) -> dict[str, Any]:
        """The structure as JSON-ready data, without `html` (stored beside it)."""
        data = asdict(self)
        del data["html"]
        return data
