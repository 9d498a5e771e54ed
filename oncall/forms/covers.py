"""Forms of covers: overrides, taking a shift, swaps, absences, gaps that are meant, and the days of a count of hours."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils import timezone

from accounts.models import User
from oncall.forms.moments import MomentField, PersonField, floor_to_now
from oncall.models import Layer
from oncall.pages.runs import Run
from oncall.rota import Span, to_utc
from oncall.templatetags.oncall_moments import span_in

NONE = [("", "Nothing")]
DATE = forms.DateInput({"type": "date"}, "%Y-%m-%d")
TIME = forms.TimeInput({"type": "time"}, "%H:%M")
YEAR = dt.timedelta(days=366)


def current_zone() -> zoneinfo.ZoneInfo:
    """The zone in which the reader types and reads times."""
    return timezone.get_current_timezone()


class OverrideForm(forms.Form):
    """Somebody stands in for a time."""

    layer = forms.ModelChoiceField(Layer.objects.none(), empty_label=None)
    person = PersonField(label="Who stands in")
    start = MomentField(label="From", required=False, help_text="Left empty: from now on.")
    end = MomentField(label="Until")
    reason = forms.CharField(max_length=300, required=False, help_text="Told to everybody whom it concerns.")

    def __init__(self, *args: Any, layers: Sequence[Layer], near: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_layers(self, layers)
        cast(PersonField, self.fields["person"]).offer(near, "In this rotation or team")
        name_zone(self, "end")

    def span(self, now: dt.datetime) -> Span:
        """The time of a valid form."""
        start = self.cleaned_data["start"] or now
        return Span(floor_to_now(start, now), self.cleaned_data["end"])


class TakeForm(forms.Form):
    """Take the shift that is on."""

    layer = forms.ModelChoiceField(Layer.objects.none(), empty_label=None)
    until = MomentField(required=False, help_text="Left empty: until the shift ends that is on now.")

    def __init__(self, *args: Any, layers: Sequence[Layer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_layers(self, layers)
        name_zone(self, "until")


class SwapForm(forms.Form):
    """Ask a colleague to take one of the asker's shifts, or a part of it; perhaps for one of theirs."""

    shift = forms.ChoiceField(label="Your shift", error_messages={"invalid_choice": "That is not a shift of yours."})
    start = MomentField(label="Only from", required=False)
    end = MomentField(label="Only until", required=False)
    colleague = PersonField(label="Who should take it")
    in_return = forms.ChoiceField(
        label="In return you take",
        required=False,
        error_messages={"invalid_choice": "That shift is not to be had. Choose another one."},
        help_text="A shift of the colleague whom you ask.",
    )
    message = forms.CharField(max_length=300, required=False, help_text="What your colleague should know.")

    def __init__(
        self,
        *args: Any,
        user: User,
        own: Sequence[Run],
        others: Sequence[Run],
        near: Sequence[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parts = {key_of(*part): part for run in (*own, *others) for part, _ in offer_run(run)}
        mine = [(key_of(*part), label) for run in own for part, label in offer_run(run)]
        cast(forms.ChoiceField, self.fields["shift"]).choices = mine
        self.has_shifts = bool(own)
        by_person: dict[str, list[tuple[str, str]]] = {}
        for run in others:
            offered = [(key_of(*part), label) for part, label in offer_run(run)]
            by_person.setdefault(str(run.person), []).extend(offered)
        returns = cast(forms.ChoiceField, self.fields["in_return"])
        returns.choices = [*NONE, *sorted(by_person.items())]
        cast(PersonField, self.fields["colleague"]).offer(near, "In this rotation or team", but=user)
        self.fields["start"].help_text = "For a part of the shift. Left empty: all of it."
        name_zone(self, "end")

    def find_shift(self, wishes: Mapping[str, Any]) -> str | None:
        """The choice with that layer and start, and with that end where there are several."""
        fitting = [
            key
            for key, (layer, span) in self.parts.items()
            if (layer.pk, span.start) == (wishes.get("layer"), wishes.get("start"))
        ]
        exact = [key for key in fitting if self.parts[key][1].end == wishes.get("end")]
        return next(iter([*exact, *fitting]), None)

    def given(self) -> tuple[Layer, Span]:
        """What the asker gives: the layer and the time."""
        layer, span = self.parts[self.cleaned_data["shift"]]
        return layer, Span(self.cleaned_data["start"] or span.start, self.cleaned_data["end"] or span.end)

    def taken(self) -> tuple[Layer, Span] | None:
        """What the asker takes in return."""
        return self.parts.get(self.cleaned_data["in_return"])


class AbsenceForm(forms.Form):
    """When somebody is away: whole days, or from and until a time of day."""

    first_day = forms.DateField(label="First day", widget=DATE)
    from_time = forms.TimeField(label="From", required=False, widget=TIME, help_text="Left empty: all day.")
    last_day = forms.DateField(label="Last day", widget=DATE)
    until_time = forms.TimeField(label="Until", required=False, widget=TIME, help_text="Left empty: all day.")
    reason = forms.CharField(
        max_length=200, required=False, help_text="Everybody sees it, so no more than you like to tell."
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and data["last_day"] < data["first_day"]:
            self.add_error("last_day", "The last day must not be before the first.")
        for name in ("first_day", "last_day"):
            if name not in self.errors and not 2000 <= data[name].year <= 2200:
                self.add_error(name, "That year is too far away.")
        return data

    def span(self, zone: zoneinfo.ZoneInfo) -> Span:
        """The time of a valid form, by the clock of that zone."""
        data = self.cleaned_data
        start = dt.datetime.combine(data["first_day"], data["from_time"] or dt.time())
        midnight = dt.datetime.combine(data["last_day"] + dt.timedelta(days=1), dt.time())
        end = dt.datetime.combine(data["last_day"], data["until_time"]) if data["until_time"] else midnight
        return Span(to_utc(start, zone), to_utc(end, zone))


class GapForm(forms.Form):
    """Nobody has to be on call in that time, and why."""

    rank = forms.TypedChoiceField(label="Of", coerce=int)
    start = MomentField(label="From")
    end = MomentField(label="Until", help_text="A longer time marks all gaps in it.")
    reason = forms.CharField(label="Why nobody is needed", max_length=300)

    def __init__(self, *args: Any, ranks: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["rank"]).choices = list(ranks.items())
        name_zone(self, "end")


class HoursForm(forms.Form):
    """The days whose hours are counted, both included; by the team's clock. Asked for as `?from=…&to=…`."""

    first = forms.DateField(label="From", widget=DATE)
    last = forms.DateField(label="To", widget=DATE)

    def add_prefix(self, field_name: str) -> str:
        return {"first": "from", "last": "to"}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        if data["last"] < data["first"]:
            self.add_error("last", "The last day must not be before the first.")
        elif data["last"] - data["first"] >= YEAR:
            self.add_error("last", "That is longer than a year. Ask for a shorter time.")
        elif data["first"].year < 2000 or data["last"].year > 2200:
            self.add_error("first", "That year is too far away.")
        return data


def offer_layers(form: forms.Form, layers: Sequence[Layer]) -> None:
    """Let one of these layers be chosen."""
    field = cast("forms.ModelChoiceField[Layer]", form.fields["layer"])
    field.queryset = Layer.objects.filter(pk__in=[layer.pk for layer in layers]).select_related("rotation__team")
    field.error_messages["invalid_choice"] = "This rotation has no such layer any more."
    if not form.is_bound and layers:
        form.initial.setdefault("layer", layers[0].pk)


def name_zone(form: forms.Form, field: str) -> None:
    """Say by whose clock the times are meant."""
    said = f"Times are in your zone, {current_zone().key}."
    form.fields[field].help_text = f"{form.fields[field].help_text} {said}".strip()


def key_of(layer: Layer, span: Span) -> str:
    """A time of a layer in a form: when it starts and ends in UTC, to the microsecond."""
    return f"{layer.pk}|{span.start.isoformat()}|{span.end.isoformat()}"


def offer_run(run: Run) -> list[tuple[tuple[Layer, Span], str]]:
    """What can be chosen of a run of shifts: all of it, and each shift by itself, as the reader's clock shows them."""
    zone = current_zone().key
    each = [((run.layer, shift.span), f"{run.layer}: {span_in(shift.span, zone)}") for shift in run.shifts]
    if run.is_single:
        return each
    return [((run.layer, run.span), f"{run.layer}: {len(each)} shifts, {span_in(run.span, zone)}"), *each]
