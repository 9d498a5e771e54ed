"""How the words of a handoff look: Markdown drawn once for a process, as one note is looked at by many."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from runbooks.errors import TextRefused
from runbooks.rendering import render_note


@lru_cache(maxsize=2048)
def draw(markdown: str) -> SafeString:
    """Safe HTML of a text that was stored; "" for nothing. What can't be drawn stands as plain text."""
    if not markdown.strip():
        return mark_safe("")
    try:
        return mark_safe(render_note(markdown))
    except TextRefused:
        return mark_safe(linebreaks(markdown, autoescape=True))
