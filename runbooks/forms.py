"""Forms of the pages."""

from typing import Any, ClassVar, cast

from django import forms

from accounts.models import User
from oncall.models import Service
from runbooks.models import Runbook

BUMPS = [("minor", "A small change (1.1 → 1.2)"), ("major", "A new edition (1.1 → 2.0)")]


class MarkdownField(forms.CharField):
    """Text kept as it is: no strip, and what can't be stored is refused by the service with the reason."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        # Django's own check for NUL says less than the service's, which names the line.
        self.validators = []

    def clean(self, value: Any) -> Any:
        """Django reads bytes that are no UTF-8 as U+FFFD; stored, the words would be lost without a sign."""
        text = super().clean(value)
        if "\ufffd" in text:
            line = text[: text.index("\ufffd")].count("\n") + 1
            raise forms.ValidationError(
                f"Line {line} holds bytes that are not valid UTF-8, shown as \ufffd. Type them again."
            )
        return text


class EditForm(forms.Form):
    """A text, why it changed, and what it started from."""

    markdown = MarkdownField(label="Text")
    change_summary = forms.CharField(
        label="What changed, and why", max_length=500, required=False, help_text="Shown in the change log."
    )
    bump = forms.ChoiceField(label="Size of the change", choices=BUMPS, initial="minor", widget=forms.RadioSelect)
    base = forms.CharField(widget=forms.HiddenInput)


class NewRunbookForm(forms.ModelForm):
    """A runbook to begin with."""

    markdown = MarkdownField(label="Text", help_text="Markdown. It stays a draft until somebody else has approved it.")

    class Meta:
        model = Runbook
        fields = ("title", "service", "kind")
        widgets: ClassVar = {"title": forms.TextInput()}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["service"]).queryset = Service.objects.visible_to(user)
