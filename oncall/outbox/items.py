"""Lines of a message that have links of their own, as each runbook of a morning's reminder has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from oncall.models import Notification

MOST_CHARACTERS = 500  # of one line


@dataclass(frozen=True, slots=True)
class Item:
    """One line: its words, what one can do about it as (label, path), and the page that the words themselves lead to."""

    text: str
    links: tuple[tuple[str, str], ...] = ()
    url: str = ""  # both from the portal's root


def store_items(items: Iterable[Item]) -> list[dict[str, Any]]:
    """As a notification keeps them. Raises ValueError for a link that leads out of the portal."""
    return [
        {
            "text": _one_line(item.text, MOST_CHARACTERS),
            "url": check_path(item.url),
            "links": [[_one_line(label, 60), check_path(path)] for label, path in item.links],
        }
        for item in items
    ]


def list_items(notification: Notification, root: str | None = None) -> list[Item]:
    """The lines with whole addresses, below PORTAL_URL; with `root=""` as paths, for the portal's own pages."""
    root = settings.PORTAL_URL if root is None else root
    return [
        Item(
            stored["text"],
            tuple((label, root + path) for label, path in stored["links"]),
            root + stored["url"] if stored["url"] else "",
        )
        for stored in notification.items
    ]


def fit_items(items: list[Item], room: int, *, with_links: bool = True) -> str:
    """The lines as plain text of at most so many characters.

    What has no room is left out: links, of the last line first; then lines, and a word says how many.
    """
    bare = [_write(item, with_links=False) for item in items]
    left = room - len("\n".join(bare))
    if left < 0:
        return "\n".join(_cut(bare, room))
    lines = []
    for item, short in zip(items, bare, strict=True):
        whole = _write(item, with_links=with_links)
        left -= len(whole) - len(short)
        if left < 0:
            break
        lines.append(whole)
    return "\n".join([*lines, *bare[len(lines) :]])


def write_items(items: list[Item]) -> str:
    """The lines as plain text, with all their links."""
    return "\n\n".join(_write(item, with_links=True) for item in items)


def check_path(path: str) -> str:
    """The path, if it leads to a page of the portal or nowhere. Raises ValueError."""
    if path and not (path.startswith("/") and not path.startswith(("//", "/\\"))):
        raise ValueError(f"A path of the portal is needed, not {path!r}.")
    return path


def _write(item: Item, *, with_links: bool) -> str:
    lines = [f"- {item.text}"]
    if with_links:
        lines += [f"  {item.url}"] if item.url else []
        lines += [f"  {label}: {address}" for label, address in item.links]
    return "\n".join(lines)


def _cut(lines: list[str], room: int) -> Iterator[str]:
    """The first lines that have room beside the word about the rest."""
    for number, line in enumerate(lines):
        rest = f"and {len(lines) - number} more"
        room -= len(line) + 1
        if room < len(rest):
            if room + len(line) + 1 >= len(rest):
                yield rest
            return
        yield line


def _one_line(text: str, most: int) -> str:
    words = " ".join(text.replace("\0", "").split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
