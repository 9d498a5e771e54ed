"""Forms of communication: an update being written, and the texts that updates begin with."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, cast

from django import forms

from incidents.models import OVER, Audience, Incident, Status, UpdateKind, UpdateTemplate
from incidents.models import Severity as SeverityModel
from incidents.pages.communication import offer_minutes
from incidents.pages.times import Clock
from incidents.services.update_facts import say_length
from oncall.forms.moments import MomentField
from oncall.models import Channel
from runbooks.forms import MarkdownField

NO_UPDATE, OWN_TIME = "none", "own"
MOST_GAPS = 30


class UpdateForm(forms.Form):
    """An update as it is written: the template's words with names in braces, and what goes into them."""

    template = forms.ModelChoiceField(UpdateTemplate.objects.none(), required=False, empty_label="No template")
    new_status = forms.ChoiceField(label="New status", required=False)
    changed = MarkdownField(
        label="What changed",
        required=False,
        widget=forms.Textarea({"rows": 4, "autofocus": True}),
        help_text="Markdown. It goes where the text says <code>{{ changed }}</code>.",
    )
    next_update = forms.ChoiceField(label="Next update in")
    own_time = MomentField(label="At", required=False)
    kind = forms.ChoiceField(label="Kind", choices=UpdateKind.choices)
    audience = forms.ChoiceField(label="For", choices=Audience.choices)
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.none(), label="Send to", required=False, widget=forms.CheckboxSelectMultiple
    )
    is_public = forms.BooleanField(label="Also show it on the status page", required=False, initial=True)
    subject = forms.CharField(max_length=400)
    markdown = MarkdownField(label="Text", required=False, widget=forms.Textarea({"rows": 10, "spellcheck": "true"}))
    status_seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        incident: Incident,
        templates: list[UpdateTemplate],
        channels: list[Channel],
        clock: Clock,
        since: dt.datetime | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.incident, self.clock = incident, clock
        _offer(self, "template", UpdateTemplate.objects.filter(pk__in=[one.pk for one in templates]))
        cast(forms.Select, self.fields["template"].widget).choices = [("", "No template"), *_group(templates)]
        _offer(self, "channels", Channel.objects.filter(pk__in=[one.pk for one in channels]))
        cast(forms.CheckboxSelectMultiple, self.fields["channels"].widget).choices = [
            (one.pk, f"{one.channel} ({one.purpose})") for one in channels
        ]
        if since is not None:
            self.fields["changed"].label = f"What changed since {clock.say(since, with_day=True)}"
        _choose(self, "new_status", _offer_statuses(incident))
        _choose(self, "next_update", _offer_times(incident.severity, clock))
        self.fields["own_time"].help_text = f"Your clock, {clock.name}."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("changed", "markdown"):
            data[name] = (data.get(name) or "").replace("\r\n", "\n")  # browsers send the former, whatever was typed
        if data.get("next_update") == OWN_TIME and not data.get("own_time") and "own_time" not in self.errors:
            self.add_error("own_time", "Say when the next update will come.")
        return data

    def find_due(self, now: dt.datetime) -> dt.datetime | None:
        """When the next update is promised for, as far as the form says it; also of a form that is not valid yet."""
        said = self.cleaned_data.get("next_update", "")
        status = self.cleaned_data.get("new_status") or self.incident.status
        if status in OVER or said in ("", NO_UPDATE):
            return None
        if said == OWN_TIME:
            return cast("dt.datetime | None", self.cleaned_data.get("own_time"))
        return now + dt.timedelta(minutes=int(said))


class UpdateTemplateForm(forms.ModelForm):
    """A text that updates begin with. It never saves: a service does."""

    markdown = MarkdownField(label="Text", widget=forms.Textarea({"rows": 14, "spellcheck": "true"}))

    class Meta:
        model = UpdateTemplate
        fields = ("name", "kind", "audience", "team", "subject", "markdown", "is_offered")
        labels: ClassVar = {"audience": "For", "is_offered": "Offered when an update is written"}
        help_texts: ClassVar = {"team": "Left empty, it is offered to everybody."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "team" in self.fields:
            cast(forms.ModelChoiceField, self.fields["team"]).empty_label = "Everybody"

    def get_values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


def read_gaps(data: Any) -> dict[str, str]:
    """What was typed for brackets: `gap` has the words in the bracket, `gap_words` what stands for them, in pairs."""
    pairs = zip(data.getlist("gap")[:MOST_GAPS], data.getlist("gap_words")[:MOST_GAPS], strict=False)
    return {gap: words.replace("\0", "")[:1000] for gap, words in pairs}


def _offer(form: forms.Form, name: str, queryset: Any) -> None:
    field = cast(Any, form.fields[name])
    field.queryset = queryset
    field.error_messages["invalid_choice"] = "That is not offered any more. Choose another."


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def _group(templates: list[UpdateTemplate]) -> list[Any]:
    groups = {kind.label: [(one.pk, one.name) for one in templates if one.kind == kind] for kind in UpdateKind}
    return [(label, rows) for label, rows in groups.items() if rows]


def _offer_statuses(incident: Incident) -> list[tuple[str, str]]:
    """The present one first. Closing is no news for others."""
    rest = [(str(s.value), str(s.label)) for s in Status if s not in (incident.status, Status.CLOSED)]
    if incident.status == Status.CLOSED:
        rest = []
    return [("", f"{incident.get_status_display()} (no change)"), *rest]


def _offer_times(severity: SeverityModel, clock: Clock) -> list[tuple[str, str]]:
    times = []
    for minutes in offer_minutes(severity):
        length = dt.timedelta(minutes=minutes)
        usual = f", usual for {severity}" if minutes == severity.update_minutes else ""
        times.append((str(minutes), f"{say_length(length)} ({clock.say(clock.now + length)}{usual})"))
    return [*times, (OWN_TIME, "At a time of my own"), (NO_UPDATE, "No further update is planned")]
