"""Published runbooks: each reads, and its page is safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks.reading import decode, encode, read
from tests.reading.safe import find_unsafe

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
FILES = sorted(CORPUS.rglob("*.md"))
pytestmark = pytest.mark.skipif(not FILES, reason="../shared/corpus is not here")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPUS)))
def test_a_published_runbook_reads(path: Path) -> None:
    data = path.read_bytes()
    document = read(data, path=str(path.relative_to(CORPUS)))
    assert encode(decode(data)) == data
    assert document.title
    assert find_unsafe(document.html) == []


def test_front_matter_of_hugo_is_read_and_not_shown() -> None:
    found = [path for path in FILES if path.name == "KubePodCrashLooping.md"]
    if not found:
        pytest.skip("that file is not here")
    document = read(found[0].read_bytes(), path=found[0].name)
    assert document.front_matter["weight"] == 20
    assert "weight" not in document.html
