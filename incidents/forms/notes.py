"""What somebody types into the timeline."""

from __future__ import annotations

from typing import cast

from django import forms
from django.urls import reverse_lazy

from oncall.forms.moments import MomentField
from runbooks.forms import MarkdownField
from runbooks.widgets import RunbookTextarea


class NoteTextarea(RunbookTextarea):
    """The field of the editor, with the preview of short texts behind it."""

    def __init__(self, placeholder: str = "") -> None:
        address = cast(str, reverse_lazy("incidents:preview_note"))  # known once the site map is loaded
        super().__init__({"rows": 4, "placeholder": placeholder}, preview_url=address)


class NoteForm(forms.Form):
    """A note, and when that happened which it tells of."""

    markdown = MarkdownField(
        label="Note",
        widget=NoteTextarea("What you saw, did or decided. Markdown; paste a graph."),
        error_messages={"required": "Write something first."},
    )
    at = MomentField(label="Happened at", required=False, help_text="On your clock. Empty: now.")


class CorrectionForm(forms.Form):
    """What is wrong with an entry, and what is right."""

    markdown = MarkdownField(
        label="Correction",
        widget=NoteTextarea("What is right, in a sentence."),
        help_text="The entry stays as it is; the correction stands beside it, with your name.",
        error_messages={"required": "Write something first."},
    )
