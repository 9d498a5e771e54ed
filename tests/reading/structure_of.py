"""Text to structure without the HTML: what the tests of the recognisers look at."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from runbooks.reading.commands import find_commands
from runbooks.reading.document import Document
from runbooks.reading.gaps import find_placeholders
from runbooks.reading.parse import parse
from runbooks.reading.structure import find_structure

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def document_of(text: str, path: str = "") -> Document:
    """The document without its HTML and findings."""
    parsed = parse(text)
    commands = find_commands(parsed)
    structure = find_structure(parsed, commands, path)
    found = {field.name: getattr(structure, field.name) for field in fields(structure)}
    return Document(
        title=parsed.title,
        front_matter=parsed.front_matter,
        sections=parsed.sections,
        commands=commands,
        placeholders=find_placeholders(parsed),
        links=parsed.links,
        counts=parsed.counts,
        **found,
    )


def seed(name: str) -> Document:
    """One of the five templates; skips where they are not there."""
    path = SEEDS / name
    if not path.exists():
        pytest.skip("../shared/seeds is not there")
    return document_of(path.read_text(encoding="utf-8"), name)
