"""Steps that need the database of the throw-away portal; each takes plain values and gives plain values back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal.benchmark import content


def fill(corpus: str, runbooks: int, part: int) -> dict[str, Any]:
    """Import `runbooks` documents in three runs: the first `part`, the middle, the last `part`; documents per second of each."""
    rates = []
    numbers = [range(part), range(part, runbooks - part), range(runbooks - part, runbooks)]
    with tempfile.TemporaryDirectory() as folder:
        for step, numbered in enumerate(numbers):
            target = Path(folder) / f"part-{step}"
            content.write_documents(Path(corpus), target, numbered)
            if numbered:
                rates.append(content.import_documents(target))
        pages = Path(folder) / "pages"
        content.write_pages(pages)
        content.import_documents(pages)
    return {"rates": rates}


def count(paths: list[str]) -> dict[str, Any]:
    """Queries of each page, and a cookie to ask for them with."""
    return {"queries": content.count_queries(paths), "cookie": content.open_session()}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {"fill": fill, "count": count}
