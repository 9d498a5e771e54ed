"""Two people edited one text: put both edits together, line by line, and lose nothing of either.

Where both edits left the same lines of the base alone, all three texts are in step; what stands between two such places
was changed by one side, or by both: then it is a conflict that holds both versions, for a person to decide (Khanna, Kunal
and Pierce, "A Formal Investigation of Diff3", 2007).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runbooks.comparing.lines import Line, find_dominant_ending, join_lines, split_lines
from runbooks.comparing.matching import find_matches

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the merge, exact text with its line endings.

    kind is "same" (nobody changed it, or both alike), "mine", "theirs" (only that side changed it) or "conflict".
    """

    kind: str
    base: str
    mine: str
    theirs: str
    base_line: int  # first line in each text, from 1; where the text is empty, the line it would stand before
    mine_line: int
    theirs_line: int

    @property
    def text(self) -> str:
        """What the merge takes; for a conflict nothing, as both sides are wanted."""
        return {"mine": self.mine, "theirs": self.theirs, "same": self.mine}.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Merge:
    regions: tuple[Region, ...]
    text: str  # merged; with conflict markers where somebody has to decide

    @property
    def conflicts(self) -> tuple[Region, ...]:
        """The regions that a person has to decide."""
        return tuple(region for region in self.regions if region.kind == "conflict")

    @property
    def has_conflicts(self) -> bool:
        """Whether `text` holds conflict markers."""
        return any(region.kind == "conflict" for region in self.regions)


def merge(base: str, mine: str, theirs: str, *, mine_name: str = "mine", theirs_name: str = "theirs") -> Merge:
    """Merge two edits of `base`. The names stand at the conflict markers.

    Lines are compared with their endings: bring a text that came from a browser back with `keep_line_endings` first.
    """
    lines = [split_lines(text) for text in (base, mine, theirs)]
    regions = _find_regions(*lines)
    ending = find_dominant_ending(lines[0] or lines[1])
    merged: list[Line] = []
    for region in regions:
        if region.kind == "conflict":
            merged.extend(_mark_conflict(region, ending, mine_name, theirs_name))
        else:
            merged.extend(split_lines(region.text))
    return Merge(tuple(regions), join_lines(merged))


def _find_regions(base: list[Line], mine: list[Line], theirs: list[Line]) -> list[Region]:
    texts = [[text + ending for text, ending in lines] for lines in (base, mine, theirs)]
    regions: list[Region] = []
    at = [0, 0, 0]
    for start, end, mine_start, mine_end, theirs_start, theirs_end in _find_sync_regions(*texts):
        changed = _make_region(texts, at, [start, mine_start, theirs_start])
        agreed = _make_region(texts, [start, mine_start, theirs_start], [end, mine_end, theirs_end])
        regions.extend(region for region in (changed, agreed) if region.base or region.mine or region.theirs)
        at = [end, mine_end, theirs_end]
    return regions


def _find_sync_regions(
    base: list[str], mine: list[str], theirs: list[str]
) -> Iterator[tuple[int, int, int, int, int, int]]:
    """Where all three agree: start and end in base, mine and theirs; ended by an empty region."""
    runs, other_runs = find_matches(base, mine).runs, find_matches(base, theirs).runs
    at = at_other = 0
    while at < len(runs) and at_other < len(other_runs):
        run, other = runs[at], other_runs[at_other]
        end, other_end = run.a + run.size, other.a + other.size
        start, size = max(run.a, other.a), min(end, other_end) - max(run.a, other.a)
        if size > 0:
            step, other_step = run.b - run.a, other.b - other.a
            yield start, start + size, start + step, start + step + size, start + other_step, start + other_step + size
        if end <= other_end:
            at += 1
        else:
            at_other += 1
    yield len(base), len(base), len(mine), len(mine), len(theirs), len(theirs)


def _make_region(texts: list[list[str]], starts: list[int], ends: list[int]) -> Region:
    base, mine, theirs = ("".join(lines[start:end]) for lines, start, end in zip(texts, starts, ends, strict=True))
    if mine == theirs:
        kind = "same"
    elif mine == base:
        kind = "theirs"
    else:
        kind = "mine" if theirs == base else "conflict"
    return Region(kind, base, mine, theirs, *(start + 1 for start in starts))


def _mark_conflict(region: Region, ending: str, mine_name: str, theirs_name: str) -> list[Line]:
    """Both sides between markers as Git writes them, each line of them ended."""
    return [
        Line(f"<<<<<<< {mine_name}", ending),
        *_end_lines(region.mine, ending),
        Line("=======", ending),
        *_end_lines(region.theirs, ending),
        Line(f">>>>>>> {theirs_name}", ending),
    ]


def _end_lines(text: str, ending: str) -> list[Line]:
    return [Line(line.text, line.ending or ending) for line in split_lines(text)]


def keep_line_endings(base: str, edited: str) -> str:
    """The edited text with the line endings it had before a browser sent it (HTML: form values have CRLF).

    Every line that is still there gets its own ending back, new lines get the one most lines of `base` have, and a byte
    order mark at the start of `base` stays. So a text that nobody touched comes back byte for byte. Whether the last
    line has an ending is the editor's choice.
    """
    if edited and base.startswith(_BOM) and not edited.startswith(_BOM):
        edited = _BOM + edited
    before, after = split_lines(base), split_lines(edited)
    dominant = find_dominant_ending(before)
    endings = [dominant] * len(after)
    for run in find_matches([line.text for line in before], [line.text for line in after]).runs:
        for step in range(run.size):
            endings[run.b + step] = before[run.a + step].ending or dominant
    if after and not after[-1].ending:
        endings[-1] = ""
    return join_lines(Line(line.text, ending) for line, ending in zip(after, endings, strict=True))
