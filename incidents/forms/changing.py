"""Forms that change an incident: status, severity, facts, times, links."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from incidents.forms.fields import ServicesField, SeverityField
from incidents.models import OPEN, Incident, Severity, Status, StatusChange
from incidents.services.facts import ONE_LINE, TEXTS
from incidents.services.times import FIELDS
from oncall.forms.moments import MomentField
from oncall.models import Service

REASON = "It is kept in the timeline."


def allowed_after(status: str) -> list[Status]:
    """The statuses an incident can get from this one."""
    if status in OPEN:
        return [one for one in (*OPEN, Status.RESOLVED) if one != status]
    return [*([Status.CLOSED] if status == Status.RESOLVED else []), *OPEN]


class StatusForm(forms.Form):
    """Another status, perhaps since a while ago."""

    status = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose the status."})
    note = forms.CharField(label="What was found or done", max_length=300, required=False)
    at = MomentField(label="Since", required=False, help_text="Left empty: now.")

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whatever is a status is taken from a POST: the service knows best what became of it meanwhile
        wanted = Status if self.is_bound else allowed_after(incident.status)
        cast(forms.ChoiceField, self.fields["status"]).choices = [(one.value, one.label) for one in wanted]
        if not incident.is_open:
            self.fields["note"].label = "Why"


class SeverityForm(forms.Form):
    """Another severity of the scale, and why."""

    severity = SeverityField()
    reason = forms.CharField(max_length=300, help_text=REASON)

    def __init__(self, *args: Any, scale: QuerySet[Severity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(SeverityField, self.fields["severity"]).queryset = scale


class FactsForm(forms.Form):
    """What an incident is about. Each field carries what the writer saw, so that only what they changed is written."""

    title = forms.CharField(max_length=ONE_LINE["title"], show_hidden_initial=True)
    services = ServicesField()
    summary = forms.CharField(
        label="What is wrong",
        widget=forms.Textarea({"rows": 3}),
        required=False,
        show_hidden_initial=True,
        help_text="One or two sentences for somebody who joins now.",
    )
    affected = forms.CharField(
        label="What is affected",
        widget=forms.Textarea({"rows": 2}),
        required=False,
        show_hidden_initial=True,
        help_text="Regions, customers, functions.",
    )
    customer_impact = forms.CharField(widget=forms.Textarea({"rows": 2}), required=False, show_hidden_initial=True)
    business_impact = forms.CharField(widget=forms.Textarea({"rows": 2}), required=False, show_hidden_initial=True)
    next_step = forms.CharField(max_length=ONE_LINE["next_step"], required=False, show_hidden_initial=True)
    resolution = forms.CharField(
        label="How it was resolved", widget=forms.Textarea({"rows": 3}), required=False, show_hidden_initial=True
    )

    def __init__(self, *args: Any, incident: Incident, user: User, **kwargs: Any) -> None:
        visible = Service.objects.visible_to(user)
        current = list(incident.services.filter(pk__in=visible))
        initial = {name: getattr(incident, name) for name in TEXTS} | {"services": [one.pk for one in current]}
        super().__init__(*args, **{"initial": initial, **kwargs})
        services = cast(ServicesField, self.fields["services"])
        services.offer(visible)
        services.show_hidden_initial = True

    @property
    def texts(self) -> dict[str, str]:
        """What the writer changed."""
        return {name: self.cleaned_data[name] for name in TEXTS if name in self.changed_data}

    @property
    def was(self) -> dict[str, str]:
        """What the writer saw; a field that was sent without it is written in any case."""
        names = {name: self.add_initial_prefix(name) for name in TEXTS}
        return {name: self.data[sent] for name, sent in names.items() if sent in self.data}

    @property
    def services_hidden(self) -> str:
        """Which services were ticked when the page was made, as hidden fields."""
        return self["services"].as_hidden(only_initial=True)

    def services_seen(self) -> list[Service] | None:
        """The services that were ticked when the page was made; None where the browser did not send them."""
        name = self.add_initial_prefix("services")
        if "title" not in self.data or self.add_initial_prefix("title") not in self.data:
            return None
        sent = [int(text) for text in cast("QueryDict", self.data).getlist(name) if text.isdecimal() and len(text) < 10]
        offered = cast("QuerySet[Service]", cast(ServicesField, self.fields["services"]).queryset)
        return list(offered.filter(pk__in=sent[:1000]))

    def show_theirs(self, theirs: dict[str, str]) -> None:
        """Put beside each field what somebody else wrote; saving again then means it."""
        data = cast("QueryDict", self.data).copy()
        self.data = data
        for name, text in theirs.items():
            data[self.add_initial_prefix(name)] = text
            said = f"It says now: “{text}”." if text else "It is empty now."
            self.add_error(name, f"Somebody else changed this meanwhile. {said} Save again to write yours instead.")


class TimeForm(forms.Form):
    """A time that was noted wrongly."""

    what = forms.ChoiceField(label="Which time", widget=forms.RadioSelect)
    at = MomentField(label="It really was at")
    reason = forms.CharField(max_length=300, help_text=REASON)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["what"]).choices = choices

    def find(self, changes: list[StatusChange]) -> StatusChange | str:
        """The change, or the incident's own time, that was chosen."""
        chosen: str = self.cleaned_data["what"]
        if chosen in FIELDS:
            return chosen
        return next(change for change in changes if f"change-{change.pk}" == chosen)


class LinkForm(forms.Form):
    """A page elsewhere."""

    url = forms.CharField(label="Address", widget=forms.URLInput, max_length=500)
    label = forms.CharField(label="What it is", max_length=120, required=False, help_text="e.g. “Call”, “Ticket”.")
