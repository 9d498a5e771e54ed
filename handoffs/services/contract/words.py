"""Words that people give with a change, checked before they are kept; and names in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from handoffs.errors import Refused
from runbooks.rendering import check_text
from runbooks.services.secrets import check_words

MOST_NAMED = 4


def require_words(text: str, what: str, *, missing: str, longest: int) -> str:
    """The text without the space around it. `what` is its name at the start of a sentence, `missing` says what to write.

    Raises Refused for an empty one, one of more than `longest` characters, and one that holds a credential; TextRefused for
    what can't be stored.
    """
    words = text.strip()
    if not words:
        raise Refused(missing)
    if len(words) > longest:
        raise Refused(f"{what} has {len(words):,} characters; {longest:,} is the most. Say it shorter.")
    check_text(words)
    check_words(words, what)
    return words


def join_names(names: Sequence[str]) -> str:
    """`“a”, “b” and 3 more`: enough to know what is meant, in one sentence."""
    shown = [f"“{name}”" for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMED} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
