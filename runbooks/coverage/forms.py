"""Forms of the coverage pages."""

from __future__ import annotations

from typing import Any

from django import forms

from runbooks.alerting.rules import LONGEST_NAME, MOST_BYTES


class RulesForm(forms.Form):
    """A file of rules: chosen, or pasted with a name."""

    file = forms.FileField(
        label="File", required=False, help_text="A Prometheus rule file, or a PrometheusRule resource."
    )
    text = forms.CharField(
        label="Or paste it",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
    )
    name = forms.CharField(
        label="Name of the file",
        max_length=LONGEST_NAME,
        required=False,
        help_text="A file of the same name takes the place of the one before. Left empty, it is the name of the file chosen.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file has {file.size:,} bytes; {MOST_BYTES:,} is the most. Split it.")
        return file

    def clean(self) -> dict[str, Any]:
        """Exactly one of file and text, and a name."""
        data = super().clean() or {}
        file, text = data.get("file"), data.get("text", "")
        if "file" not in self.errors and bool(file) == bool(text.strip()):
            self.add_error("file", "Choose a file, or paste one; not both." if file else "Choose a file, or paste one.")
        if not data.get("name") and text.strip():
            self.add_error("name", "What is pasted needs a name.")
        return data

    def read(self) -> tuple[str, bytes]:
        """Name and bytes of a valid form."""
        file = self.cleaned_data["file"]
        name = self.cleaned_data["name"] or (file.name if file else "")
        return str(name), file.read() if file else self.cleaned_data["text"].encode("utf-8", "replace")
