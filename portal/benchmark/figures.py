"""A measured value beside its limit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the table. A limit of None is a figure to know, not to hold."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False  # whether the limit is a floor; else it is a ceiling

    @property
    def is_held(self) -> bool:
        """Whether the value is within its limit."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"is_held": self.is_held}


def format_table(figures: list[Figure]) -> str:
    """A Markdown table, ready for docs/performance.md."""
    lines = ["| figure | measured | limit | |", "|---|---:|---:|---|"]
    for figure in figures:
        limit = "" if figure.limit is None else f"{'≥' if figure.at_least else '≤'} {figure.limit:g} {figure.unit}"
        verdict = "" if figure.limit is None else "held" if figure.is_held else "**not held**"
        lines.append(f"| {figure.name} | {figure.value:,.4g} {figure.unit} | {limit} | {verdict} |")
    return "\n".join(lines)
