"""Reads alerting rules of Prometheus: plain rule files, `PrometheusRule` resources, lists of these. Pure.

Formats: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ and the Prometheus Operator's API. What
uploads is anybody's text: it is parsed event by event, so that neither depth nor anchors cost more than their own length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from runbooks.alerting.yaml_lines import Branch, Leaf, Listing, Node, NotYaml, read_yaml

MOST_BYTES = 5_000_000
MOST_RULES = 20_000  # of one file
MOST_LABELS = 60
LONGEST_NAME = 300
LONGEST_LABEL = 500
RESOURCES = ("PrometheusRule", "VMRule")
_TEMPLATE_SIGNS = ("{{", "{%", "<%")


class RulesRefused(ValueError):
    """Why a file can't be taken. `line` counts from 1, and is 0 where the file as a whole is meant."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Rule:
    """One alert. `waits` is `for`, as written."""

    name: str
    group: str
    line: int
    severity: str = ""
    condition: str = ""
    waits: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    runbook_url: str = ""


def read_rules(data: bytes) -> tuple[Rule, ...]:
    """The alerts of a file, in its order; recording rules are left out.

    Raises RulesRefused, with the line, for what is no file of rules.
    """
    text = _decode(data)
    try:
        rules = tuple(islice(_rules_of(text), MOST_RULES + 1))
    except NotYaml as error:
        raise RulesRefused(_explain(text, error), error.line) from None
    if len(rules) > MOST_RULES:
        raise RulesRefused(f"More than {MOST_RULES:,} alerts in one file: split it.", rules[-1].line)
    return rules


def _rules_of(text: str) -> Iterator[Rule]:
    groups = [group for document in read_yaml(text) for group in _groups_in(document)]
    if not groups:
        raise RulesRefused("Nothing here is a group of rules: “groups:” is expected at the top, or a PrometheusRule.")
    for group in groups:
        yield from _rules_in(group)


def _decode(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise RulesRefused(f"The file has {len(data):,} bytes; {MOST_BYTES:,} is the most. Split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RulesRefused("This is not UTF-8.", data.count(b"\n", 0, error.start) + 1) from None


def _explain(text: str, error: NotYaml) -> str:
    lines = text.split("\n")
    near = "\n".join(lines[max(error.line - 2, 0) : error.line + 1])
    if any(sign in near for sign in _TEMPLATE_SIGNS):
        return "This is the text of a template, not YAML: render it first (for example with “helm template”)."
    return f"This is not YAML: {error.reason}."


def _groups_in(document: Node) -> Iterator[Branch]:
    """The groups of a rule file, of a resource, or of each resource in a list. Other documents hold none."""
    if not isinstance(document, Branch):
        return
    kind = _say(document.get("kind"))
    if kind.endswith("List") or (not kind and "items" in document.names):
        for item in _listed(document.get("items")):
            yield from _groups_in(item)
        return
    holder: Node | None = document.get("spec") if kind in RESOURCES else document
    groups = holder.get("groups") if isinstance(holder, Branch) and (not kind or kind in RESOURCES) else None
    for group in _listed(groups, "groups"):
        if not isinstance(group, Branch):
            raise RulesRefused("A group of rules is expected here, with “name” and “rules”.", group.line)
        yield group


def _rules_in(group: Branch) -> Iterator[Rule]:
    name = _text(group.get("name"), "name of the group", LONGEST_NAME)
    for rule in _listed(group.get("rules"), "rules"):
        if not isinstance(rule, Branch):
            raise RulesRefused("A rule is expected here, with “alert” and “expr”.", rule.line)
        if rule.get("alert") is not None:
            yield _read_rule(rule, name)
        elif rule.get("record") is None:
            raise RulesRefused("This rule has neither “alert” nor “record”.", rule.line)


def _read_rule(rule: Branch, group: str) -> Rule:
    named = rule.get("alert")
    name = _text(named, "name of an alert", LONGEST_NAME)
    line = named.line if named else rule.line
    if not name or "{{" in name:
        raise RulesRefused("The alert needs a name.", line)
    labels = _words_of(rule.get("labels"), "labels")
    annotations = _words_of(rule.get("annotations"), "annotations")
    return Rule(
        name=name,
        group=group,
        line=line,
        severity=(labels.get("severity") or labels.get("priority", ""))[:60],
        condition=_text(rule.get("expr"), "expr", MOST_BYTES),
        waits=_text(rule.get("for"), "for", MOST_BYTES)[:30],
        labels={key[:LONGEST_LABEL]: value[:LONGEST_LABEL] for key, value in list(labels.items())[:MOST_LABELS]},
        runbook_url=(annotations.get("runbook_url") or annotations.get("runbook", ""))[:1000],
    )


def _listed(node: Node | None, what: str = "items") -> tuple[Node, ...]:
    if node is None or (isinstance(node, Leaf) and not _say(node)):
        return ()
    if not isinstance(node, Listing):
        raise RulesRefused(f"“{what}” is expected to be a list.", node.line)
    return node.items


def _words_of(node: Node | None, what: str) -> dict[str, str]:
    if node is None or (isinstance(node, Leaf) and not _say(node)):
        return {}
    if not isinstance(node, Branch):
        raise RulesRefused(f"“{what}” is expected to be names with values.", node.line)
    return {name: _text(node.get(name), what, MOST_BYTES) for name in node.names}


def _text(node: Node | None, what: str, most: int) -> str:
    if node is None:
        return ""
    if not isinstance(node, Leaf):
        raise RulesRefused(f"Words are expected as the {what}.", node.line)
    text = _say(node)
    if len(text) > most:
        raise RulesRefused(f"The {what} has {len(text):,} characters; {most:,} is the most.", node.line)
    return text


def _say(node: Node | None) -> str:
    """What a scalar says; nothing for YAML's own nothing."""
    if not isinstance(node, Leaf) or (node.is_plain and node.text in ("", "~", "null", "Null", "NULL")):
        return ""
    return node.text.replace("\x00", "").encode("utf-8", "replace").decode().strip()
