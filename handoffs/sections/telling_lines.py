"""The two lines that say most about what changed between two versions of a runbook."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.cache import cache

from handoffs.sections.writing import cut
from runbooks.comparing import compare
from runbooks.comparing.hunks import Row
from runbooks.models import RunbookVersion

LONGEST_LINE = 120
LONGEST_TEXT = 200_000  # characters of both texts; comparing longer ones would hold the page up
KEPT_SECONDS = 7 * 24 * 60 * 60
CHANGED = ("changed", "added", "removed")
# Lines that change with every version and tell nothing
_STAMP = re.compile(r"\W*(version|last (updated|reviewed|changed)|next review|date|revision)\b", re.IGNORECASE)

Pair = tuple[int, int]  # ids of the older and the newer version


def find_telling_lines(pairs: Iterable[Pair]) -> dict[Pair, tuple[str, ...]]:
    """For versions that were active, and so never change: `- old` and `+ new` of each pair.

    What was compared once is kept for a week. One query for all that is not kept, none where all is.
    """
    keys = {f"handoffs:lines:{old}:{new}": (old, new) for old, new in pairs}
    kept = cache.get_many(keys)
    found = {keys[key]: tuple(lines) for key, lines in kept.items()}
    missing = {key: pair for key, pair in keys.items() if key not in kept}
    if missing:
        made = _compare_all(missing.values())
        cache.set_many({key: list(made[pair]) for key, pair in missing.items()}, KEPT_SECONDS)
        found |= made
    return found


def _compare_all(pairs: Iterable[Pair]) -> dict[Pair, tuple[str, ...]]:
    pairs = list(pairs)
    ids = {pk for pair in pairs for pk in pair}
    texts = dict(RunbookVersion.objects.filter(pk__in=ids).values_list("pk", "markdown"))
    return {(old, new): choose_lines(texts.get(old, ""), texts.get(new, "")) for old, new in pairs}


def choose_lines(old: str, new: str) -> tuple[str, ...]:
    """At most two lines of at most 120 characters; none where nothing but line ends changed, or the texts are too long."""
    if len(old) + len(new) > LONGEST_TEXT:
        return ()
    diff = compare(old, new, context=0)
    rows = [row for hunk in diff.hunks for row in hunk.rows if row.kind in CHANGED and (_old(row) or _new(row)).strip()]
    if not rows:
        return ()
    best = max(rows, key=_weigh)  # the first of those that weigh the same
    if best.kind == "changed":
        return _print(best, best)
    removed = max((row for row in rows if row.kind == "removed"), key=_weigh, default=None)
    added = max((row for row in rows if row.kind == "added"), key=_weigh, default=None)
    return _print(removed, added)


def _weigh(row: Row) -> tuple[bool, bool, bool]:
    """A stamp tells nothing; a command tells more than prose, and a line that became another more than a new one."""
    return (not _STAMP.match(_new(row) or _old(row)), row.is_command, row.kind == "changed")


def _print(removed: Row | None, added: Row | None) -> tuple[str, ...]:
    lines = (f"- {_old(removed)}" if removed else "", f"+ {_new(added)}" if added else "")
    return tuple(cut(line, LONGEST_LINE) for line in lines if line)


def _old(row: Row) -> str:
    return "".join(span.text for span in row.old)


def _new(row: Row) -> str:
    return "".join(span.text for span in row.new)
