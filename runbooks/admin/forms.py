"""Forms of the admin: what a runbook is and what it says, on one page."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.urls import reverse

from runbooks.forms import BUMPS, MarkdownField
from runbooks.models import AllowedLine, Kind, Runbook, RunbookTemplate, RunbookVersion
from runbooks.secrets import find_secrets
from runbooks.services import EditBase
from runbooks.services.details import DETAILS
from runbooks.widgets import RunbookTextarea

RETIRED = "This runbook is retired. Reinstate it before you edit its text."


class RunbookChangeForm(forms.ModelForm):
    """Details, and the newest text with what it started from."""

    markdown = MarkdownField(label="Text", widget=RunbookTextarea)
    change_summary = forms.CharField(
        label="What changed, and why", max_length=500, required=False, help_text="Shown in the change log."
    )
    bump = forms.ChoiceField(label="Size of the change", choices=BUMPS, initial="minor", required=False)
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Runbook
        fields: ClassVar = sorted(DETAILS)
        widgets: ClassVar = {"title": forms.TextInput(attrs={"class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in DETAILS & self.fields.keys():
            # Only what was changed on this page is written, so that two people's changes do not undo each other.
            self.fields[name].show_hidden_initial = True
        if "markdown" in self.fields:
            self.begin_with(newest_text(self.instance))

    def begin_with(self, version: RunbookVersion | None) -> None:
        if version is None or self.instance.is_retired:
            for name in ("markdown", "change_summary", "bump"):
                self.fields[name].disabled = True
            self.fields["markdown"].help_text = RETIRED
        if version is not None:
            address = reverse("markdownx_markdownify")
            self.fields["markdown"].widget.preview_url = f"{address}?runbook={self.instance.pk}"
            self.initial["markdown"] = version.markdown
            self.initial["change_summary"] = version.change_summary if version.is_open else ""
            self.initial["base"] = str(EditBase(version.pk, version.revision))


class RunbookAddForm(forms.ModelForm):
    """A new runbook: a text, or a template that gives one."""

    kind = forms.ChoiceField(choices=[("", "as the template or the text says"), *Kind.choices], required=False)
    template = forms.ModelChoiceField(
        RunbookTemplate.objects.filter(is_offered=True),
        required=False,
        empty_label="none",
        help_text="Gives the text when you leave it empty below, filled with what is known of the service.",
    )
    markdown = MarkdownField(label="Text", widget=RunbookTextarea, required=False)

    class Meta:
        model = Runbook
        fields = ("service", "title")
        widgets: ClassVar = {"title": forms.TextInput(attrs={"class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = "Empty: the title that the text or the template gives."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "markdown" not in self.errors and not data.get("markdown", "").strip() and not data.get("template"):
            self.add_error("markdown", "Write a text, or choose a template.")
        return data


class TemplateForm(forms.ModelForm):
    markdown = MarkdownField(
        label="Text",
        widget=RunbookTextarea,
        help_text="Names such as {{ service_name }} are filled in when a runbook begins with it.",
    )

    class Meta:
        model = RunbookTemplate
        fields = ("name", "kind", "description", "is_offered", "markdown")


class AllowLineForm(forms.ModelForm):
    """The line as it stands in the text. It goes no further than this form: what is kept is its print."""

    line = forms.CharField(
        label="The line",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text="As it stands in the text; of a private key, all its lines. It is not kept, only a print of it.",
    )

    class Meta:
        model = AllowedLine
        fields = ("runbook", "reason")
        help_texts: ClassVar = {"runbook": "Empty: allowed in every runbook."}

    def clean_line(self) -> str:
        line = str(self.cleaned_data["line"])
        if not find_secrets(line):
            raise forms.ValidationError("This does not look like a credential, so nobody has to allow it.")
        return line


class ReviewDateForm(forms.Form):
    """When the chosen runbooks are reviewed next."""

    next_review_on = forms.DateField(label="Next review", widget=AdminDateWidget)


class SendBackForm(forms.Form):
    """What is missing."""

    note = forms.CharField(
        label="What is missing", widget=forms.Textarea(attrs={"rows": 4}), help_text="The authors read it."
    )


def newest_text(runbook: Runbook) -> RunbookVersion | None:
    """What an edit starts from: the open version, else the active one."""
    return runbook.versions.open().first() or runbook.versions.active().first()
