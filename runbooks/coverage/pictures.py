"""The coverage table as a picture for wikis and walls: one SVG that needs nothing beside it.

Colours stand in attributes and each cell has its sign, so that it reads in black and white too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from xml.sax.saxutils import escape

from runbooks.coverage.cells import SIGNS, say_state
from runbooks.coverage.counting import State
from runbooks.coverage.table import Line
from runbooks.reading.coverage import COLUMNS

MOST_LINES = 200
LONGEST_NAME = 34
NAMES, HEAD, CELL, LINE, PAD = 250, 176, 34, 24, 12
INKS = {
    State.THERE: ("#d9f0e1", "#14603a"),
    State.PART: ("#fdebc8", "#7a4a00"),
    State.DRAFT: ("#e4e6ff", "#3a3f9e"),
    State.GAP: ("#fbdcd9", "#9b1c13"),
}
MEANINGS = {State.THERE: "there", State.PART: "in part", State.DRAFT: "in a draft only", State.GAP: "missing"}
_ALLOWED = {ord(c): None for c in map(chr, range(32))}


def draw_picture(lines: Sequence[Line], name: str, at: dt.datetime) -> str:
    """The first MOST_LINES services; how many more there are is said below. `at` is printed as its own day."""
    shown = lines[:MOST_LINES]
    width = NAMES + len(COLUMNS) * CELL + 2 * PAD
    below = HEAD + len(shown) * LINE
    height = below + 3 * LINE + PAD
    body = [
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(_draw_head(place, column.label) for place, column in enumerate(COLUMNS)),
        *(_draw_line(place, line) for place, line in enumerate(shown)),
        _draw_foot(below + LINE, len(lines) - len(shown), at),
    ]
    about = f"{len(lines)} services down, {len(COLUMNS)} things a runbook must hold across."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="13">'
        f'<title id="t">{_say(f"{name}: coverage of runbooks")}</title><desc id="d">{_say(about)}</desc>'
        f"{''.join(body)}</svg>\n"
    )


def _draw_head(place: int, label: str) -> str:
    x = PAD + NAMES + place * CELL + CELL / 2 + 4
    y = HEAD - 8
    return f'<text x="{x}" y="{y}" transform="rotate(-60 {x} {y})" fill="#3b3d45">{_say(label)}</text>'


def _draw_line(place: int, line: Line) -> str:
    y = HEAD + place * LINE
    name = line.name if len(line.name) <= LONGEST_NAME else f"{line.name[: LONGEST_NAME - 1]}…"
    cells = []
    for column_place, (column, state) in enumerate(zip(COLUMNS, line.states, strict=True)):
        x = PAD + NAMES + column_place * CELL
        paper, ink = INKS[state]
        words = f"{line.name}, {column.label}: {say_state(column, line.holding)}"
        cells.append(
            f'<g><title>{_say(words)}</title><rect x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="{LINE - 2}" rx="3" '
            f'fill="{paper}"/><text x="{x + CELL / 2}" y="{y + 17}" text-anchor="middle" fill="{ink}">{SIGNS[state]}</text></g>'
        )
    return f'<text x="{PAD}" y="{y + 17}" fill="#1a1b1f">{_say(name)}</text>{"".join(cells)}'


def _draw_foot(y: int, more: int, at: dt.datetime) -> str:
    signs = " · ".join(f"{SIGNS[state]} {meaning}" for state, meaning in MEANINGS.items())
    rest = f"and {more} more services · " if more > 0 else ""
    said = f"{rest}as of {at.day} {at:%b %Y}"
    return (
        f'<text x="{PAD}" y="{y}" fill="#3b3d45">{signs}</text>'
        f'<text x="{PAD}" y="{y + LINE}" fill="#3b3d45">{_say(said)}</text>'
    )


def _say(text: str) -> str:
    """Text in XML: no control characters, nothing that is markup."""
    return escape(text.translate(_ALLOWED), {'"': "&quot;"})
