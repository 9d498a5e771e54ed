"""A measured value beside its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

Say = Callable[[str], None]  # tells whoever waits what is being done


@dataclass(frozen=True)
class Figure:
    """One line of the table. A limit of None is a figure to know, not to hold."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False  # whether the limit is a floor; else it is a ceiling
    sections: int | None = None  # for what grows with the sections that are stored: how many there were

    @property
    def is_held(self) -> bool:
        """Whether the value is within its limit."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"is_held": self.is_held}


def format_table(figures: list[Figure]) -> str:
    """A Markdown table, ready for docs/performance.md; of what grows, the biggest size."""
    lines = ["| figure | measured | limit | |", "|---|---:|---:|---|"]
    biggest = max(_list_sizes(figures), default=None)
    for figure in figures:
        if figure.sections != biggest and figure.sections is not None:
            continue
        limit = "" if figure.limit is None else f"{'≥' if figure.at_least else '≤'} {figure.limit:g} {figure.unit}"
        verdict = "" if figure.limit is None else "held" if figure.is_held else "**not held**"
        name = f"{figure.name}, {figure.sections:,} sections" if figure.sections else figure.name
        lines.append(f"| {name} | {figure.value:,.4g} {figure.unit} | {limit} | {verdict} |")
    return "\n".join(lines)


def format_growth(figures: list[Figure]) -> str:
    """A Markdown table of what grows with the sections that are stored: a line for each figure, a column for each size."""
    sizes = _list_sizes(figures)
    growing = [figure for figure in figures if figure.sections]
    lines = [f"| sections | {' | '.join(f'{size:,}' for size in sizes)} |", f"|---|{'---:|' * len(sizes)}"]
    for name in dict.fromkeys(figure.name for figure in growing):
        values = {figure.sections: f"{figure.value:,.4g} {figure.unit}" for figure in growing if figure.name == name}
        lines.append(f"| {name} | {' | '.join(values.get(size, '') for size in sizes)} |")
    return "\n".join(lines) if sizes else ""


def _list_sizes(figures: Iterable[Figure]) -> list[int]:
    return sorted({figure.sections for figure in figures if figure.sections})
