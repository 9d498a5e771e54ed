"""Folders of Markdown on disk: what is in them, read without ever leaving them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARKDOWN = {".md", ".markdown"}
SKIPPED_FOLDERS = {"node_modules", "__pycache__"}


class FileRefused(Exception):
    """The file is not read; the text says why."""


@dataclass(frozen=True)
class SourceFolder:
    """A folder to import from, and the name that its documents carry in their source ids.

    Inside a git work tree the name is the repository's folder and the ids hold the whole path below it, so that a file
    is the same document whether it is imported alone or with its folder. Elsewhere it is the folder's own name.
    """

    root: Path
    name: str

    @classmethod
    def at(cls, path: Path, name: str = "") -> SourceFolder:
        """The folder `path`, or the folder that the file `path` is in; `name` instead of the one it has from its place."""
        root = (path if path.is_dir() else path.parent).resolve()
        if name:
            return cls(root, name)
        for top in (root, *root.parents):
            if (top / ".git").exists():
                return cls(root, "/".join((top.name or "repository", *root.relative_to(top).parts)))
        return cls(root, root.name or "root")

    def id_of(self, relative: str) -> str:
        """The id of a document or image of this folder."""
        return f"{self.name}/{relative}"

    def list_documents(self) -> Iterator[str]:
        """Paths of all Markdown files relative to the folder, `/` between parts, in a fixed order.

        Folders that can't be listed, and links to folders elsewhere, are among them, so that `read` refuses them by name.
        """
        unreadable: list[str] = []
        for folder, folders, files in os.walk(self.root, onerror=lambda error: unreadable.append(str(error.filename))):
            here = Path(folder)
            folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in SKIPPED_FOLDERS)
            links_out = [name for name in folders if not (here / name).resolve().is_relative_to(self.root)]
            documents = sorted(name for name in files if Path(name).suffix.lower() in MARKDOWN)
            yield from ((here / name).relative_to(self.root).as_posix() for name in [*documents, *links_out])
        yield from (Path(path).relative_to(self.root).as_posix() for path in unreadable)

    def find(self, document: str, target: str) -> str | None:
        """The path of a file that a document points to; None when there is none in this folder."""
        try:
            found = (self.root / document).parent.joinpath(target)
            place = Path(os.path.normpath(found))
            return place.relative_to(self.root).as_posix() if place.is_file() else None
        except (OSError, ValueError):
            return None

    def read(self, relative: str, limit: int) -> bytes:
        """The bytes of a file. Raises FileRefused when it is outside the folder, larger than `limit` bytes, or unreadable."""
        path = self.root / relative
        try:
            target = path.resolve(strict=True)
            if not target.is_relative_to(self.root):
                raise FileRefused("it is a link to a place outside the folder")
            if target.is_dir():
                raise FileRefused("the folder can't be listed")
            if not target.is_file():
                raise FileRefused("it is no ordinary file")
            if target.stat().st_size > limit:
                raise FileRefused(f"it has {target.stat().st_size:,} bytes; {limit:,} is the most")
            return target.read_bytes()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise FileRefused(f"it can't be read: {reason}") from None
