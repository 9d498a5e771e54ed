"""YAML as a tree that knows its lines, for texts that anybody may send. Pure.

PyYAML's events are put together here: scalars stay text, whatever they look like; no tag makes an object; depth, aliases and
merges are bounded, and an alias is the very node it names, so that a file takes no more room than it has letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import yaml

MOST_DEPTH = 40
MOST_ALIASES = 2_000
MOST_NODES = 1_000_000
MOST_MERGES = 8  # one into the other

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotYaml(ValueError):
    """`line` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar. `is_plain`: written without quotation marks."""

    text: str
    line: int
    is_plain: bool = False


@dataclass
class Listing:
    line: int
    children: list[Node] = field(default_factory=list)

    @property
    def items(self) -> tuple[Node, ...]:
        return tuple(self.children)


@dataclass
class Branch:
    """A mapping; of a name that stands there twice the last one counts, and `<<` gives what it has not itself."""

    line: int
    children: list[Node] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def get(self, name: str) -> Node | None:
        return self._values.get(name)

    @cached_property
    def _values(self) -> dict[str, Node]:
        return _merge(self, 0)


Node = Leaf | Listing | Branch


def read_yaml(text: str) -> list[Node]:
    """Each document of the text; empty ones are left out. Raises NotYaml."""
    try:
        return list(_Builder().build(yaml.parse(text, Loader=_Loader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYaml(str(error.problem or error.context or "it can't be read"), mark.line + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise NotYaml("it holds a character that YAML does not allow", line) from None
    except RecursionError:
        raise NotYaml("it is nested too deeply", 1) from None


class _Builder:
    """Puts one stream of events together."""

    def __init__(self) -> None:
        self.open: list[tuple[Listing | Branch, str]] = []
        self.anchors: dict[str, Node] = {}
        self.aliases = 0
        self.nodes = 0
        self.root: Node | None = None

    def build(self, events: Iterable[yaml.Event]) -> Iterator[Node]:
        for event in events:
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors, self.root = {}, None
            elif isinstance(event, yaml.DocumentEndEvent):
                if self.root is not None and not (isinstance(self.root, Leaf) and not self.root.text):
                    yield self.root
            elif isinstance(event, yaml.ScalarEvent):
                self._add(Leaf(event.value, line, not event.style), event.anchor, line)
            elif isinstance(event, yaml.AliasEvent):
                self._add(self._follow(event.anchor or "", line), None, line)
            elif isinstance(event, yaml.MappingStartEvent):
                self._begin(Branch(line), event.anchor, line)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._begin(Listing(line), event.anchor, line)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                node, anchor = self.open.pop()
                if anchor:
                    self.anchors[anchor] = node  # from now on: nothing can hold itself

    def _begin(self, node: Listing | Branch, anchor: str | None, line: int) -> None:
        self._add(node, None, line)
        self.open.append((node, anchor or ""))
        if len(self.open) > MOST_DEPTH:
            raise NotYaml("it is nested too deeply", line)

    def _add(self, node: Node, anchor: str | None, line: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise NotYaml("it has too many parts", line)
        if self.open:
            self.open[-1][0].children.append(node)
        else:
            self.root = node
        if anchor:
            self.anchors[anchor] = node

    def _follow(self, anchor: str, line: int) -> Node:
        self.aliases += 1
        if self.aliases > MOST_ALIASES:
            raise NotYaml("it has too many aliases", line)
        if anchor not in self.anchors:
            raise NotYaml(f"the alias “*{anchor[:60]}” names nothing above it", line)
        return self.anchors[anchor]


def _merge(branch: Branch, depth: int) -> dict[str, Node]:
    own: dict[str, Node] = {}
    merged: list[Node] = []
    pairs = iter(branch.children)
    for name, value in zip(pairs, pairs, strict=True):
        if isinstance(name, Leaf) and name.text == "<<" and name.is_plain:
            merged.extend(value.items if isinstance(value, Listing) else (value,))
        elif isinstance(name, Leaf):
            own[name.text] = value
    if not merged:
        return own
    if depth >= MOST_MERGES or len(merged) > MOST_MERGES:
        raise NotYaml("too much is merged into one", branch.line)
    given = chain.from_iterable(_merge(one, depth + 1).items() for one in reversed(merged) if isinstance(one, Branch))
    return dict(given) | own
