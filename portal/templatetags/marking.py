"""How answers of a search are printed: texts of which parts are marked, and how many there are."""

from __future__ import annotations

import re
from urllib.parse import unquote

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from runbooks.search.results import Group, Marked, Results

register = template.Library()
ICONS = {
    "section": "arrow",
    "alert": "alert",
    "command": "terminal",
    "code": "hash",
    "contact": "phone",
    "service": "service",
    "directory": "person",
    "oncall": "clock",
    "path": "arrow",
    "incident": "alert",
    "postmortem": "doc",
    "handoff": "arrow",
}


@register.filter
def marked(pieces: Marked) -> SafeString:
    """The pieces one after the other, escaped, those that match in `<mark>`. Printed dozens of times on a page."""
    return mark_safe("".join(f"<mark>{escape(text)}</mark>" if hit else escape(text) for text, hit in pieces))


@register.filter
def crumbs(trail: tuple[tuple[str, str], ...]) -> SafeString:
    """The way to an answer, as items of a list; printed as often as answers are."""
    return mark_safe("".join(f'<li><a href="{escape(url)}">{escape(text)}</a></li>' for text, url in trail))


@register.filter
def read_path(path: str) -> str:
    """The words of an address's last part: `/runbooks/desk/open-the-gates/` gives `open the gates`."""
    last = unquote(path).rstrip("/").rpartition("/")[2]
    return " ".join(re.sub(r"[-_+.\x00]+", " ", last).split())[:100]


@register.filter
def tally(counted: Group | Results) -> str:
    """How many there are: `12`, `1,000+` where counting stopped there."""
    number = counted.count if isinstance(counted, Group) else counted.total
    return f"{number:,}{'+' if counted.is_capped else ''}"


@register.filter
def icon(kind: str) -> str:
    """The sprite's name of the picture that stands for a kind of answer."""
    return ICONS.get(kind, "doc")
