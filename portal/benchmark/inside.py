"""Steps that need the database of the throw-away portal; each takes plain values and gives plain values back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal.benchmark import content


def fill(corpus: str, runbooks: int) -> dict[str, Any]:
    """Import `runbooks` documents; documents per second at the beginning, at the end, and of all."""
    texts = content.read_texts(Path(corpus))
    part = min(runbooks // 3, max(len(texts), 500 // len(texts) * len(texts)))  # whole turns of the same texts
    with tempfile.TemporaryDirectory() as folder:
        documents, pages = Path(folder) / "documents", Path(folder) / "pages"
        content.write_documents(texts, documents, runbooks)
        few, many, all_of_them = content.import_documents(documents, part)
        content.write_pages(pages)
        content.import_documents(pages, 1)
    return {"few": few, "many": many, "all": all_of_them, "part": part}


def count(paths: list[str]) -> dict[str, Any]:
    """Queries of each page, and a cookie to ask for them with."""
    return {"queries": content.count_queries(paths), "cookie": content.open_session()}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {"fill": fill, "count": count}
