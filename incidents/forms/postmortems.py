"""Forms of post-mortems, their action items and lessons."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.urls import reverse_lazy

from accounts.models import User
from incidents.models import ActionItem, PostMortem
from incidents.services.postmortem_texts import FIELDS, LINES, LONGEST, TEXTS, base_of
from oncall.forms.moments import PersonField
from runbooks.models import Runbook, RunbookVersion

_TEXTS = {
    "summary": ("Summary", 4, "What happened, in two or three sentences, for somebody who was not there."),
    "impact": ("Impact", 4, "Who felt it, and how."),
    "timeline": ("Timeline", 10, "Begun from the incident’s own timeline. Leave out what taught nothing."),
    "root_cause": ("Root cause", 6, "What made it possible. Ask why until the answer is a thing, not a person."),
    "resolution": ("Resolution", 4, "What ended it."),
    "prevention": ("Prevention", 4, "What keeps it from happening again."),
    "lessons": ("Lessons learned", 4, "What we know now, and will do differently."),
    "went_well": ("What went well", 3, ""),
    "could_be_better": ("What could be better", 3, ""),
    "lucky": ("Where we were lucky", 3, "What would have made it worse."),
}
_LINES = {
    "users_affected": ("Users affected", "A number, or “about 1,200 for 40 minutes”."),
    "revenue_impact": ("Revenue impact", "An amount, or “none”."),
    "data_loss": ("Data loss", "“No”, or what was lost."),
}


class PartTextarea(forms.Textarea):
    """A part of a post-mortem. Pictures can be pasted into it and dropped on it, as into a runbook."""

    class Media:
        js: ClassVar = [forms.Script("js/pictures.js", type="module")]

    def __init__(self, rows: int) -> None:
        upload = cast(str, reverse_lazy("markdownx_upload"))  # known once the site map is loaded
        super().__init__(
            {"rows": rows, "class": "markdownx-editor", "data-markdownx-upload-urls-path": upload, "spellcheck": "true"}
        )


class PostMortemForm(forms.Form):
    """All parts of a post-mortem, and what each held when the form was opened."""

    base = forms.CharField(required=False, widget=forms.HiddenInput)
    owner = PersonField(label="Owner", help_text="Who sees to it that it is written.")

    def __init__(self, data: Any = None, *, postmortem: PostMortem, near: Iterable[User] = (), **kwargs: Any) -> None:
        initial = {name: getattr(postmortem, name) for name in FIELDS}
        initial |= {"base": json.dumps(base_of(postmortem)), "owner": postmortem.owner_id}
        super().__init__(data, initial=initial, auto_id="id_pm_%s", **kwargs)
        for name, (label, rows, help_text) in _TEXTS.items():
            self.fields[name] = forms.CharField(
                label=label,
                help_text=help_text,
                required=False,
                max_length=LONGEST,
                widget=PartTextarea(rows),
                strip=False,
            )
        for name, (label, help_text) in _LINES.items():
            self.fields[name] = forms.CharField(label=label, help_text=help_text, required=False, max_length=200)
        owner = self.fields["owner"]
        if isinstance(owner, PersonField):
            owner.offer(near, "Near the incident")

    def texts(self) -> list[forms.BoundField]:
        return [self[name] for name in TEXTS]

    def lines(self) -> list[forms.BoundField]:
        return [self[name] for name in LINES]

    def read_base(self) -> dict[str, str]:
        """What each field held when the form was opened; nothing where it can't be read: then every field counts as changed."""
        try:
            base = json.loads(self.cleaned_data["base"])
        except ValueError:
            return {}
        return {name: str(base[name]) for name in FIELDS if name in base} if isinstance(base, dict) else {}

    def read(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class ActionForm(forms.Form):
    """A new action item."""

    text = forms.CharField(label="What is to be done", max_length=300)
    owner = PersonField(label="Owner", required=False)
    due_on = forms.DateField(
        label="Due",
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"invalid": "Give a day, as 2026-11-23."},
    )
    ticket = forms.CharField(label="Ticket", max_length=300, required=False, help_text="A number or an address.")

    def __init__(self, data: Any = None, *, near: Iterable[User] = (), **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_action_%s")
        super().__init__(data, **kwargs)
        owner = self.fields["owner"]
        if isinstance(owner, PersonField):
            owner.offer(near, "Near the incident")


class ActionChangeForm(ActionForm):
    """An action item as it goes on."""

    status = forms.ChoiceField(label="Status", choices=ActionItem.Status.choices)
    note = forms.CharField(
        label="Note", max_length=300, required=False, help_text="What was done, or why it is dropped."
    )

    def __init__(self, data: Any = None, *, item: ActionItem, only_status: bool = False, **kwargs: Any) -> None:
        names = ("text", "due_on", "ticket", "status", "note")
        initial = {name: getattr(item, name) for name in names} | {"owner": item.owner_id}
        super().__init__(data, initial=initial, **kwargs)
        self.order_fields(["text", "status", "owner", "due_on", "ticket", "note"])
        if only_status:
            for name in ("text", "owner", "due_on"):
                del self.fields[name]
        for field in self.fields.values():
            field.show_hidden_initial = True  # so that only what this person changed is saved

    def read(self) -> dict[str, Any]:
        """What was changed since the form was opened; somebody else may have changed the rest."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class LessonForm(forms.Form):
    """A lesson and the runbook that should tell it."""

    text = forms.CharField(label="What the runbook should tell", max_length=500)
    runbook = forms.ModelChoiceField(Runbook.objects.none(), label="Runbook", empty_label="Choose…")

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_lesson_%s")
        super().__init__(data, **kwargs)
        known = Runbook.objects.visible_to(user).shown().in_use().select_related("service")
        field = self.fields["runbook"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = known.order_by("service__name", "title")


class VersionChoice(forms.ModelChoiceField):
    """A version by its number and status."""

    def label_from_instance(self, obj: RunbookVersion) -> str:
        return f"{obj.number} ({obj.get_status_display()})"


class LessonVersionForm(forms.Form):
    """Which version of the runbook took the lesson in."""

    version = VersionChoice(
        RunbookVersion.objects.none(), label="Is in version", required=False, empty_label="None yet"
    )

    def __init__(self, data: Any = None, *, runbook: Runbook, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["version"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = RunbookVersion.objects.filter(runbook=runbook).for_history()


class ReasonForm(forms.Form):
    """Why something goes back."""

    reason = forms.CharField(label="Reason", max_length=300)
