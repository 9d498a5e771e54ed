"""Labels of an alert, put into the placeholders of a page: `?namespace=shop&pod=web-1` fills `$NAMESPACE` and `<pod-name>`.

A label fills the placeholders that mean the same (`_meaning`), and never one that only looks similar. What is filled in
ends up in a shell, pasted by somebody in a hurry who trusts this page, and anybody can make up an address. So only values
that no shell, SQL prompt or option parser acts upon go in (`why_not`); the others are named, and left to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from runbooks.reading.placeholders import make_name

MOST = 50  # labels that are looked at; alerts have about ten
LONGEST_VALUE = 253  # characters: the longest name in DNS and in Kubernetes
LONGEST_SHOWN = 60

# Words that say nothing about which thing is meant: `<your-pod>`, `[pod name]` and `kubernetes_pod_name` all mean the pod.
_BEFORE = frozenset({"your", "my", "the", "this", "affected", "failing", "target", "k8s", "kube", "kubernetes"})
_AFTER = frozenset({"name"})
_SHORT = {
    "ns": "namespace",
    "deploy": "deployment",
    "sts": "statefulset",
    "ds": "daemonset",
    "svc": "service",
    "pvc": "persistentvolumeclaim",
    "pv": "persistentvolume",
}
# Prometheus sets these on everything: `job` is what was scraped and no batch job, `instance` the address it was scraped at.
# They fill a placeholder of exactly that name and no other.
_LITERAL = frozenset({"job", "instance"})
# Where a label of the thing itself clashes with one of the scrape, Prometheus keeps it under this prefix.
_EXPORTED = "exported-"

_HARMLESS = re.compile(r"[A-Za-z0-9._:/@=,+-]+")
_FIRST = re.compile(r"[A-Za-z0-9._:/]")
_UPWARDS = re.compile(r"(?:^|/)\.\.(?:/|$)")

_VARIABLE = re.compile(r'<var data-var="([^"]*)" data-empty="">([^<]*)</var>')
_INPUT = re.compile(r'data-fills="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Label:
    """One label as it is shown to people: printable, and cut where it is long."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A label that has a place on the page and was not put there. Its value is not shown: it is not trusted."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Filling:
    """What the labels of an address do to a page."""

    values: Mapping[str, str]  # by the name of the placeholder
    used: tuple[Label, ...]
    left_out: tuple[LeftOut, ...]
    spare: tuple[Label, ...]  # nothing on the page asks for them

    @property
    def is_empty(self) -> bool:
        return not (self.used or self.left_out or self.spare)


def match_labels(pairs: Iterable[tuple[str, str]], placeholders: Iterable[str]) -> Filling:
    """Which label fills which placeholder. A label given twice with different values fills nothing."""
    labels = _gather(pairs)
    slugs = {label: make_name(label) for label in labels}
    chosen = {name: label for name in placeholders if (label := _choose(slugs, name))}
    reasons = {label: _judge(labels[label]) for label in chosen.values()}
    return Filling(
        values={name: labels[label][0] for name, label in chosen.items() if not reasons[label]},
        used=tuple(_show(label, labels) for label in labels if reasons.get(label) == ""),
        left_out=tuple(LeftOut(label, reasons[label]) for label in labels if reasons.get(label)),
        spare=tuple(_show(label, labels) for label in labels if label not in reasons),
    )


def why_not(value: str) -> str:
    """Why a value is not put into commands, completing “It …”; "" when it may be."""
    if len(value) > LONGEST_VALUE:
        return f"is longer than {LONGEST_VALUE} characters"
    if not _HARMLESS.fullmatch(value):
        return "holds characters that a shell could act upon"
    if not _FIRST.match(value):
        return f"starts with “{value[0]}”, so a command could take it for something else"
    if _UPWARDS.search(value):
        return "leads out of its folder (..)"
    return ""


def find_names(*parts: str) -> set[str]:
    """The placeholders in stored HTML of a page: its text, its form of values."""
    return {name for html in parts for name in (*(m[1] for m in _VARIABLE.finditer(html)), *_INPUT.findall(html))}


def fill_text(html: str, values: Mapping[str, str]) -> str:
    """The stored HTML of a text with its placeholders filled. What was written there is kept in `data-written`."""

    def fill(match: re.Match[str]) -> str:
        name, written = match[1], match[2]
        if name not in values:
            return match[0]
        kept = written.replace('"', "&quot;")  # text of HTML, which has everything else escaped
        return f'<var data-var="{name}" data-written="{kept}">{escape(values[name])}</var>'

    return _VARIABLE.sub(fill, html)


def fill_inputs(html: str, values: Mapping[str, str]) -> str:
    """The stored form of values, filled. `data-given` marks what came from the address: the browser does not keep it."""

    def fill(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return match[0] if value is None else f'{match[0]} value="{escape(value)}" data-given'

    return _INPUT.sub(fill, html)


def _gather(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The different values of each label, in the order of the address. An empty label is no label, as in Prometheus."""
    labels: dict[str, tuple[str, ...]] = {}
    for written, given in pairs:
        name, value = _printable(written), given.strip()
        if not value or not make_name(name) or (name not in labels and len(labels) == MOST):
            continue
        labels[name] = tuple(dict.fromkeys((*labels.get(name, ()), value)))
    return labels


def _choose(slugs: Mapping[str, str], placeholder: str) -> str | None:
    """The label that fits best; the first of those that fit as well."""
    fits = [(fit, label) for label, slug in slugs.items() if (fit := _fit(slug, placeholder)) is not None]
    return min(fits, key=lambda pair: pair[0])[1] if fits else None


def _fit(label: str, placeholder: str) -> int | None:
    """How well a label fits, 0 best; None when it is about something else."""
    own = label.removeprefix(_EXPORTED)
    plain = int(own == label)
    if own == placeholder:
        return plain
    if own in _LITERAL or _meaning(own) != _meaning(placeholder):
        return None
    return 2 + plain


def _meaning(name: str) -> tuple[str, ...]:
    """The words that tell which thing a name means: `your-pod-name` → `pod`."""
    words = name.split("-")
    while len(words) > 1 and words[0] in _BEFORE:
        words = words[1:]
    while len(words) > 1 and words[-1] in _AFTER:
        words = words[:-1]
    return tuple(_SHORT.get(word, word) for word in words)


def _judge(values: tuple[str, ...]) -> str:
    return "is given more than once, with different values" if len(values) > 1 else why_not(values[0])


def _show(name: str, labels: Mapping[str, tuple[str, ...]]) -> Label:
    return Label(name, _printable(labels[name][0]))


def _printable(text: str) -> str:
    """Without control and direction characters, and cut: it stands on the page, and anybody may have written it."""
    shown = "".join(char for char in text if char.isprintable())
    return shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + "…"
