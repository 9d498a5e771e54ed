"""Forms of the pages."""

from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django import forms
from django.urls import reverse

from accounts.models import User
from oncall.models import Service
from runbooks.models import Kind, Runbook, RunbookTemplate, RunbookVersion
from runbooks.services.templates import offered_templates
from runbooks.widgets import RunbookTextarea

REQUIRED = "This field is required."
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
    """A text (or with `section`, an anchor, one section of it), why it changed, and what it started from."""

    markdown = MarkdownField(label="Text", widget=RunbookTextarea)
    change_summary = forms.CharField(
        label="What changed, and why", max_length=500, required=False, help_text="Shown in the change log."
    )
    bump = forms.ChoiceField(label="Size of the change", choices=BUMPS, initial="minor", widget=forms.RadioSelect)
    base = forms.CharField(widget=forms.HiddenInput)
    section = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, runbook: Runbook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = {"runbook": runbook.pk, "base": self["base"].value() or "", "section": self["section"].value() or ""}
        widget = cast(RunbookTextarea, self.fields["markdown"].widget)
        widget.preview_url = f"{reverse('markdownx_markdownify')}?{urlencode(place)}"


class NewRunbookForm(forms.Form):
    """What a runbook begins with: a template and a service, or a text that somebody has."""

    template = forms.ModelChoiceField(
        RunbookTemplate.objects.none(), to_field_name="slug", required=False, widget=forms.RadioSelect
    )
    service = forms.ModelChoiceField(Service.objects.none(), required=False, empty_label="Choose…")
    new_service = forms.CharField(
        label="Or a new service",
        max_length=120,
        required=False,
        help_text="Its name, when it is not in the list. Team, links and SLO can be added to it later.",
    )
    title = forms.CharField(
        max_length=300, required=False, help_text="Left empty, it is named after the service and the template."
    )
    alert = forms.CharField(
        label="Alert", max_length=200, required=False, help_text="Its exact name, as the alerting sends it."
    )
    markdown = MarkdownField(
        label="Text", required=False, help_text="Markdown, taken instead of the template. Title and kind come from it."
    )
    kind = forms.ChoiceField(choices=[("", "As the text or the template says"), *Kind.choices], required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["template"]).queryset = offered_templates()
        cast(forms.ModelChoiceField, self.fields["service"]).queryset = Service.objects.visible_to(user)
        if not user.has_perm("oncall.add_service"):
            del self.fields["new_service"]
            self.fields["service"].required = True

    def clean(self) -> dict[str, Any]:
        """Exactly one service, and something to begin with."""
        data = super().clean() or {}
        new_service = data.pop("new_service", "")
        if not (self.errors.keys() & {"service", "new_service"}):
            if bool(data.get("service")) == bool(new_service):
                self.add_error("service", "Choose a service, or name a new one; not both." if new_service else REQUIRED)
            data["service"] = data.get("service") or new_service
        if not (self.errors.keys() & {"template", "markdown"}) and not (data["template"] or data["markdown"].strip()):
            self.add_error("template", "Choose a template, or paste a text.")
        return data


class TemplateForm(forms.ModelForm):
    """A template, and the service it is tried with."""

    markdown = MarkdownField(label="Text", widget=RunbookTextarea)

    class Meta:
        model = RunbookTemplate
        fields = ("name", "description", "kind", "is_offered", "markdown")
        labels: ClassVar = {"kind": "Kind of the runbooks made from it"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(RunbookTextarea, self.fields["markdown"].widget).preview_url = reverse("runbooks:preview_template")
        self.fields["tried_with"] = forms.ModelChoiceField(
            Service.objects.visible_to(user), label="Try it with", required=False, empty_label="no service"
        )
        if "try" in self.data:
            self.fields["name"].required = False  # it can be tried before it has one

    def get_values(self) -> dict[str, Any]:
        """What the services take: the fields of the template itself."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class SaveAsTemplateForm(TemplateForm):
    """A template made out of a runbook. Out of a Confidential one it needs a word that this may be known."""

    may_be_known = forms.BooleanField(
        label="Every editor may know what this text says",
        required=False,
        help_text="Take out what must stay secret first.",
    )

    def __init__(self, *args: Any, is_confidential: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_confidential:
            del self.fields["may_be_known"]


class FlagForm(forms.Form):
    """What is wrong, where, and what would be right."""

    section = forms.ChoiceField(label="Where", required=False)
    text = forms.CharField(
        label="What is wrong?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence is enough: “The deployment is called desk-api now.”",
    )
    suggestion = forms.CharField(
        label="What would be right?",
        max_length=5000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The words or the command as they should read.",
    )

    def __init__(self, *args: Any, sections: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headings = [(part["anchor"], part["heading"]) for part in sections if part["level"] > 1 and part["anchor"]]
        field = cast(forms.ChoiceField, self.fields["section"])
        field.choices = [("", "The page as a whole"), *headings]


class AnswerForm(forms.Form):
    """The answer to a flag."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[("changed", "The runbook was changed"), ("right", "The runbook is right as it is")],
        widget=forms.RadioSelect,
    )
    version = forms.ModelChoiceField(
        RunbookVersion.objects.none(), label="In version", required=False, empty_label="not said"
    )
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed when the runbook is right: why?",
    )

    def __init__(self, *args: Any, runbook: Runbook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["version"])
        field.label_from_instance = _name_version  # type: ignore[assignment]  # the way Django offers
        field.queryset = RunbookVersion.objects.filter(runbook=runbook).light().order_by("-major", "-minor")


def _name_version(version: Any) -> str:
    return f"{version.number}, {version.get_status_display().lower()}"
