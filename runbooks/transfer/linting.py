"""The readiness findings of Markdown files outside the portal: what a repository's own checks can run. No database."""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from runbooks.reading import NotText, decode, read
from runbooks.reading.document import Finding
from runbooks.reading.readiness import find_overdue
from runbooks.secrets import find_secrets
from runbooks.transfer.files import FileRefused, SourceFolder

# A link in a wiki or site generator names a page with or without its ending, or the folder it stands for.
ENDINGS = ("", ".md", ".markdown", "/README.md", "/index.md", "/_index.md")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding: file, line (the first is 1), severity `error`, `warning` or `info`, a fixed code, and a sentence."""

    path: str
    line: int
    severity: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity} {self.code} {self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, by path and line, and in how many files it was looked for."""

    problems: tuple[Problem, ...]
    files: int

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def __str__(self) -> str:
        counts = [(sum(p.severity == name for p in self.problems), name) for name in ("error", "warning", "info")]
        words = ", ".join(_count(number, {"info": "note"}.get(name, name)) for number, name in counts)
        return f"{_count(self.files, 'file')}: {words}"


def lint_path(path: Path, *, today: dt.date, limit: int) -> Report:
    """Look at a Markdown file, or at all of a folder. `today` decides which review is overdue, `limit` is in bytes.

    A file that can't be read is an error among the others. Raises FileNotFoundError when there is nothing at `path`.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is nothing at {path}.")
    folder = SourceFolder.at(path)
    names = list(folder.list_documents()) if path.is_dir() else [path.name]
    found: list[Problem] = []
    for name in names:
        shown = _printable(str(path / name if path.is_dir() else path))
        found += (Problem(shown, f.line, f.severity, f.code, f.message) for f in _lint(folder, name, today, limit))
    return Report(tuple(sorted(found)), len(names))


def _lint(folder: SourceFolder, name: str, today: dt.date, limit: int) -> list[Finding]:
    try:
        text = decode(folder.read(name, limit))
    except (FileRefused, NotText) as refusal:
        reason = str(refusal)
        return [Finding("error", "unreadable", 1, reason[:1].upper() + reason[1:].rstrip(".") + ".")]
    document = read(text, path=name, resolve=_resolver(folder, name))
    secrets = [
        Finding(
            "error", "secret", s.line, f"This looks like a credential ({s.kind}): take it out, say where it is kept."
        )
        for s in find_secrets(text)
    ]
    unread = [Finding("info", "not-understood", part.line, part.what) for part in document.not_understood]
    return [*document.findings, *find_overdue(document, today), *secrets, *unread]


def _resolver(folder: SourceFolder, name: str) -> Callable[[str], str | None]:
    """What tells a relative link that leads somewhere: to a file or folder of the same repository, else of the folder."""
    root = next((top for top in (folder.root, *folder.root.parents) if (top / ".git").exists()), folder.root)
    here = (folder.root / name).parent.relative_to(root).as_posix()

    def resolve(target: str) -> str | None:
        path = unquote(target.partition("#")[0].partition("?")[0])
        if not path or "\x00" in path:
            return None
        starts = [here]
        if path.startswith("/"):  # a site's root may be any folder above
            parts = here.split("/")
            starts = ["/".join(parts[:end]) for end in range(len(parts), -1, -1)]
        places = (
            posixpath.normpath(posixpath.join(start, path.lstrip("/")) + end) for start in starts for end in ENDINGS
        )
        return target if any(_is_there(root, place) for place in places) else None

    return resolve


def _is_there(root: Path, place: str) -> bool:
    try:
        return not place.startswith("..") and (root / place).exists()
    except (OSError, ValueError):
        return False


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _printable(path: str) -> str:
    """The path with bytes that are no UTF-8 written as escapes, for such a name can't be printed."""
    return path.encode("utf-8", "backslashreplace").decode()
