"""A table of the text with its columns found by meaning: the same column is called many things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runbooks.reading.blocks import Block, Cell
from runbooks.reading.wording import given, is_placeholder, key, squeeze

_NOTHING = Cell(text="", line=0)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; a column that the table lacks reads as an empty cell."""

    cells: tuple[Cell, ...]
    columns: dict[str, int]
    line: int

    def cell(self, name: str) -> Cell:
        index = self.columns.get(name, -1)
        return self.cells[index] if 0 <= index < len(self.cells) else _NOTHING

    def text(self, name: str) -> str:
        """The cell's text on one line, as written."""
        return squeeze(self.cell(name).text)

    def given(self, name: str) -> str:
        """The cell's text, "" where it is empty or still a placeholder."""
        return given(self.cell(name).text)

    @property
    def says_something(self) -> bool:
        """Whether any cell holds more than blanks and placeholders."""
        return any(not is_placeholder(cell.text) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Names:
    """The titles one column goes by, as `wording.key` gives them: whole titles, and words it may start or end with."""

    column: str
    exact: frozenset[str]
    words: tuple[str, ...] = ()

    def match(self, title: str) -> bool:
        return title in self.exact or any(title.startswith(f"{w} ") or title.endswith(f" {w}") for w in self.words)


def names(column: str, exact: str, words: str = "") -> Names:
    """Names of a column; `exact` and `words` are lists separated by `|`."""
    return Names(column, frozenset(exact.split("|")), tuple(words.split("|")) if words else ())


def first_header(block: Block) -> str:
    """The first column's title as a key, "" when the block is no table."""
    return key(block.header[0].text) if block.kind == "table" and block.header else ""


def find_columns(block: Block, known: Sequence[Names]) -> dict[str, int]:
    """Which column means what. Whole titles go before single words, the leftmost column wins, none is used twice."""
    titles = [key(cell.text) for cell in block.header]
    found: dict[str, int] = {}
    used: set[int] = set()
    for wanted in known:
        index = next((i for i, title in enumerate(titles) if i not in used and title in wanted.exact), -1)
        if index >= 0:
            found[wanted.column] = index
            used.add(index)
    for wanted in known:
        if wanted.column in found:
            continue
        index = next((i for i, title in enumerate(titles) if i not in used and wanted.match(title)), -1)
        if index >= 0:
            found[wanted.column] = index
            used.add(index)
    return found


def read_rows(block: Block, columns: dict[str, int]) -> Iterator[Row]:
    """The rows in which any cell is filled in."""
    for cells in block.rows:
        if any(cell.text.strip() or cell.url for cell in cells):
            yield Row(cells=cells, columns=columns, line=cells[0].line)
