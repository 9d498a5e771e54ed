"""Folders of files for import and export tests, and the picture that stands beside them."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image as Picture

from runbooks.models import Runbook
from runbooks.transfer.importing import Outcome, import_path
from tests.factories import NOW


def write_tree(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write the files below `root`, exactly those bytes; `root` itself for the caller's convenience."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def read_tree(root: Path) -> dict[str, bytes]:
    """The files below `root` by relative path."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def take_in(root: Path, files: dict[str, str | bytes] | None = None, **options: object) -> Outcome:
    """Write the files and import the folder."""
    return import_path(write_tree(root, files or {}), now=NOW, **options)  # type: ignore[arg-type]


def runbook_at(path: str) -> Runbook:
    return Runbook.objects.select_related("service", "shown_version").get(source_path=path)


def make_picture(colour: str = "navy", kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Picture.new("RGB", (6, 4), colour).save(stream, kind)
    return stream.getvalue()
