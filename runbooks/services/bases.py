"""What an edit started from, and the whole text that comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from runbooks.comparing import keep_line_endings
from runbooks.errors import Refused, WrongStatus
from runbooks.models import DraftSave, Runbook
from runbooks.splicing import find_part, put_in


@dataclass(frozen=True)
class EditBase:
    """What an edit started from: a version, and which of its saves."""

    version_id: int
    revision: int

    def __str__(self) -> str:
        return f"{self.version_id}.{self.revision}"

    @classmethod
    def parse(cls, text: str) -> EditBase:
        """The opposite of `str()`. Raises Refused for anything else."""
        version, _, revision = text.partition(".")
        if not (version.isascii() and version.isdigit() and revision.isascii() and revision.isdigit()):
            raise Refused("The form was not complete. Open the editor again; your text is below.")
        return cls(int(version[:18]), int(revision[:9]))


def text_of_base(runbook: Runbook, base: EditBase) -> str:
    """The text an edit started from; "" when it is not there any more (a discarded draft)."""
    save = DraftSave.objects.filter(
        version__runbook=runbook, version_id=base.version_id, revision=base.revision, is_accepted=True
    ).first()
    if save is not None:
        return save.markdown
    version = runbook.versions.filter(pk=base.version_id).first()
    return version.markdown if version else ""


def put_together(started_from: str, markdown: str, section: str = "") -> str:
    """The whole text after an edit, with the line endings it had before a browser sent it.

    With `section` (an anchor), `markdown` is that section alone: every other byte stays as it was. Raises WrongStatus when
    the text has no such section.
    """
    if not section:
        return keep_line_endings(started_from, markdown)
    part = find_part(started_from, section)
    if part is None:
        raise WrongStatus("The section you are editing is not there any more. Copy your words and open the whole text.")
    return put_in(started_from, part, markdown)
