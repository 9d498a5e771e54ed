"""Two texts, or three: what changed between versions, and how edits that met are put together. Pure, no Django."""

from runbooks.comparing.diffing import Diff, compare
from runbooks.comparing.merging import Merge, keep_line_endings, merge

__all__ = ["Diff", "Merge", "compare", "keep_line_endings", "merge"]
