"""The link from a ladder that a text draws to who would be called right now. Put in when a page is made: stored HTML has none."""

from __future__ import annotations

from django.utils.html import escape

DRAWN = '<ol class="ladder" aria-label="Escalation path">'  # as `reading.components.draw_ladder` begins it


def link_ladders(html: str, url: str) -> str:
    """The HTML with a link in front of each ladder."""
    link = f'<p class="ladderlink no-print"><a href="{escape(url)}">Who would be called now?</a></p>'
    return html.replace(DRAWN, link + DRAWN)
