"""Export: the same tree back, byte for byte."""

from __future__ import annotations

import posixpath
from itertools import chain
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from oncall.models import Service
from runbooks.models import Runbook, SourceImage


def export_to(folder: Path, *, service: Service | None = None) -> int:
    """Write every runbook's shown text, and the images that came with imports, below `folder`; the number of files.

    A runbook goes where it was imported from; one written in the portal to `<service>/<slug>.md`. Where two imports hold
    the same path, the later one goes below the name of its source. With `service`, only its runbooks and the images they
    show. Raises OSError when a file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    root = folder.resolve()
    taken: set[str] = set()
    runbooks = Runbook.objects.shown().select_related("service").order_by("pk")
    images = SourceImage.objects.order_by("pk")
    if service is not None:
        runbooks = runbooks.filter(service=service)
        images = images.filter(source_id__in=_find_shown_images(service))
    texts = runbooks.values_list("source_path", "source_id", "service__slug", "slug", "shown_version__markdown")
    for path, source_id, service_slug, slug, markdown in texts.iterator(chunk_size=200):
        wanted = path or f"{service_slug}/{slug}.md"
        _write(root, _free(wanted, source_id or f"{service_slug}/{slug}.md", taken), markdown.encode())
    contents = images.values_list("source_path", "source_id", "image__content")
    for path, source_id, content in contents.iterator(chunk_size=20):
        _write(root, _free(path, source_id, taken), bytes(content))
    return len(taken)


def _find_shown_images(service: Service) -> set[str]:
    """Source ids that the images of a service's runbooks have, if they were imported."""
    documents = Runbook.objects.shown().filter(service=service, source_id__isnull=False)
    rows = documents.values_list("source_id", "shown_version__document__links")
    return {
        posixpath.normpath(posixpath.join(posixpath.dirname(str(source_id)), unquote(link["target"])))
        for source_id, links in rows
        for link in links or []
        if link["kind"] == "image"
    }


def _free(wanted: str, otherwise: str, taken: set[str]) -> str:
    """`wanted`, or the longer path when that one is written already, or that with a number."""
    longer = PurePosixPath(otherwise.replace(":", "/"))
    numbered = (str(longer.with_stem(f"{longer.stem}-{n}")) for n in range(2, len(taken) + 3))
    path = next(path for path in chain((wanted, str(longer)), numbered) if path not in taken)
    taken.add(path)
    return path


def _write(root: Path, relative: str, content: bytes) -> None:
    target = (root / relative).resolve()
    if not target.is_relative_to(root):
        raise OSError(f"{relative} would be written outside the export folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
