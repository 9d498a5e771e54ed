"""Forms of rotations: one page sets a rotation up, others add a layer, change its plan, or change what is said of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User, check_time_zone
from oncall.errors import BadPlan
from oncall.forms.hours import CHOICES as HOURS
from oncall.forms.hours import HoursRow, clean_windows, count_rows, hours_rows, make_hours_fields
from oncall.forms.people import OthersField, PeopleField, PersonRow
from oncall.models import Layer, Plan, Rotation
from oncall.rota import to_utc, zone_named
from oncall.services.plans import FARTHEST_START, LONGEST, LayerSpec, PlanSpec, check_plan, settle_plan

WEEKDAYS = list(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))
RANKS = [(1, "First"), (2, "Second, as a backup"), (3, "Third"), (4, "Fourth")]
NOT_THERE = "Choose at least one person: nobody would be on call."
TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PlanForm(forms.Form):
    """Who takes turns, for how long, and in which hours. `candidates` are offered as rows; `now` is what starts count from.

    Cleaned, `spec` is the plan, counted from `starts_on`, and `start_moment` when it takes over.
    """

    people = PeopleField(label="People, in their order", required=False)
    others = OthersField(
        label="Somebody from another team",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"list": "portal-people", "autocomplete": "off"}),
        help_text="Their e-mail address. They are put at the end of the list.",
    )
    turn_length = forms.IntegerField(label="Everybody’s turn lasts", min_value=1, max_value=336)
    turn_unit = forms.ChoiceField(label="Unit", choices=Plan.Unit)
    weekday = forms.TypedChoiceField(label="Hand-over on", choices=WEEKDAYS, coerce=int)
    handover_at = forms.TimeField(label="at", widget=TIME)
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        validators=[check_time_zone],
        widget=forms.TextInput(attrs={"list": "portal-zones", "autocomplete": "off"}),
        help_text="A name such as Europe/London.",
    )
    hours = forms.ChoiceField(label="On call", choices=HOURS)

    def __init__(self, data: Any = None, *, candidates: Sequence[User], now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.now = now
        for field in self.fields.values():
            if isinstance(field, PeopleField):
                field.candidates = list(candidates)
        self.fields |= make_hours_fields(count_rows(data or {}))

    @property
    def people_rows(self) -> list[PersonRow]:
        return self._rows_of("people")

    @property
    def zones(self) -> list[str]:
        """Zones to offer: those of the people."""
        return sorted({row.person.time_zone for row in self.people_rows} | {"UTC"})

    @property
    def hours_rows(self) -> list[HoursRow]:
        return list(hours_rows(self))

    def forgive(self) -> None:
        """Take the errors away: nobody has filled anything in yet."""
        self.errors.clear()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["windows"] = clean_windows(self)
        self._clean_people(data)
        self._clean_length(data)
        if not self.errors:
            self._make_spec(data)
        return data

    def _rows_of(self, name: str) -> list[PersonRow]:
        field = self.fields[name]
        assert isinstance(field, PeopleField)
        return field.rows(self[name].value())

    def _clean_people(self, data: dict[str, Any]) -> None:
        people = [*data.get("people", []), *data.get("others", [])]
        data["order"] = list(dict.fromkeys(person.pk for person in people))
        if not people and not (self.errors.keys() & {"people", "others"}):
            self.add_error("people", NOT_THERE)

    def _clean_length(self, data: dict[str, Any]) -> None:
        if self.errors.keys() & {"turn_length", "turn_unit"}:
            return
        longest = LONGEST[Plan.Unit(data["turn_unit"])]
        if data["turn_length"] > longest:
            self.add_error("turn_length", f"A turn lasts from 1 to {longest} {data['turn_unit']}.")

    def _make_spec(self, data: dict[str, Any]) -> None:
        """All fields are right by themselves: what is left is a hand-over that the zone skips."""
        spec = PlanSpec(
            people=tuple(data["order"]),
            time_zone=data["time_zone"],
            starts_on=self.now.astimezone(zone_named(data["time_zone"])).date(),
            turn_length=data["turn_length"],
            turn_unit=data["turn_unit"],
            weekday=data["weekday"],
            handover_at=data["handover_at"],
            windows=data["windows"],
        )
        try:
            data["spec"] = self._start(spec, data)
        except BadPlan as refusal:
            self.add_error("handover_at", str(refusal))

    def _start(self, spec: PlanSpec, data: dict[str, Any]) -> PlanSpec:
        """The plan as it begins, checked; the kinds of form differ in what they ask about that. Raises BadPlan."""
        raise NotImplementedError


class StartForm(PlanForm):
    """A plan that begins: at the next hand-over, at once, or on a day."""

    STARTS: ClassVar = [
        ("next", "At the next hand-over"),
        ("now", "Right away: the first of the list is on call from now until then"),
        ("date", "On a day:"),
    ]
    starts = forms.ChoiceField(label="Starts", choices=STARTS, widget=forms.RadioSelect)
    starts_on = forms.DateField(
        label="First day",
        required=False,
        widget=DATE,
        help_text="The first of the list takes over at its hand-over. A day that is past only says from when turns count.",
    )

    def _start(self, spec: PlanSpec, data: dict[str, Any]) -> PlanSpec:
        today = spec.starts_on
        started = settle_plan(spec, self.now) if data["starts"] == "now" else self._wait(spec, data)
        if not self.errors:
            check_plan(started, today=today)
        return started

    def _wait(self, spec: PlanSpec, data: dict[str, Any]) -> PlanSpec:
        """From the next hand-over, or from the day that was chosen."""
        if data["starts"] == "next":
            local = self.now.astimezone(zone_named(spec.time_zone)).replace(tzinfo=None)
            tomorrow = spec.starts_on + dt.timedelta(days=1)
            return spec if spec.anchor > local else replace(spec, starts_on=tomorrow)
        day = data.get("starts_on")
        if day is None:
            self.add_error("starts_on", "Choose the day.")
        elif abs(day - spec.starts_on) > FARTHEST_START:
            self.add_error("starts_on", "The start may be two years away at most.")
        else:
            return replace(spec, starts_on=day)
        return spec


class NewRotationForm(StartForm):
    """A rotation from nothing: its first layer, and a backup that is never the same person."""

    BACKUP: ClassVar = [
        ("shifted", "Yes: the same people, one turn ahead. Whoever is backup now is primary next"),
        ("own", "Yes: other people, or another order"),
        ("none", "No backup"),
    ]
    name = forms.CharField(label="Name", max_length=120)
    expects = forms.ChoiceField(
        label="There should be",
        choices=Rotation.Expects,
        widget=forms.RadioSelect,
        help_text="What is missing from this is shown as a gap and told to the team.",
    )
    backup = forms.ChoiceField(label="A second person behind", choices=BACKUP, widget=forms.RadioSelect)
    backup_people = PeopleField(label="Backup, in their order", required=False)

    @property
    def backup_rows(self) -> list[PersonRow]:
        return self._rows_of("backup_people")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors.keys() & {"backup", "backup_people", "people", "others"}:
            return data
        if data["backup"] == "shifted" and len(data["order"]) < 2:
            self.add_error("backup", "One person can't be their own backup: choose a second person, or no backup.")
        elif data["backup"] == "own" and not data["backup_people"]:
            self.add_error("backup_people", "Choose who is behind the first, or no backup.")
        return data

    @property
    def layers(self) -> list[LayerSpec]:
        """The layers to be made; call it on a form that is valid."""
        spec: PlanSpec = self.cleaned_data["spec"]
        layers = [LayerSpec("Primary", spec)]
        if self.cleaned_data["backup"] == "shifted":
            layers.append(
                LayerSpec("Backup", replace(spec, people=spec.order[1:] + spec.order[:1], first=None), rank=2)
            )
        if self.cleaned_data["backup"] == "own":
            people = tuple(person.pk for person in self.cleaned_data["backup_people"])
            layers.append(LayerSpec("Backup", self._start_with(people), rank=2))
        return layers

    def _start_with(self, people: tuple[int, ...]) -> PlanSpec:
        """The same turns with other people, the first of them on at the same moment."""
        spec: PlanSpec = replace(self.cleaned_data["spec"], people=people, first=None)
        return settle_plan(spec, self.now) if self.cleaned_data["starts"] == "now" else spec


class LayerForm(StartForm):
    """One more layer of a rotation."""

    name = forms.CharField(label="Name", max_length=80, help_text="e.g. “Backup”, “Nights”, “Lisbon”.")
    rank = forms.TypedChoiceField(
        label="Called",
        choices=RANKS,
        coerce=int,
        help_text="Layers that are called at the same step stand in for one another, as when the work follows the sun.",
    )

    @property
    def layer(self) -> LayerSpec:
        """The layer to be made; call it on a form that is valid."""
        return LayerSpec(self.cleaned_data["name"], self.cleaned_data["spec"], self.cleaned_data["rank"])


class PlanChangeForm(PlanForm):
    """A new plan for a layer. The first of the list is on call from the moment at which it takes over."""

    WHEN: ClassVar = [("handover", "At the next hand-over"), ("now", "Right away"), ("moment", "At a moment:")]
    when = forms.ChoiceField(label="It takes over", choices=WHEN, widget=forms.RadioSelect)
    when_on = forms.DateField(label="Day", required=False, widget=DATE)
    when_at = forms.TimeField(label="Time", required=False, widget=TIME)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, next_handover: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.next_handover = next_handover

    @property
    def effective_from(self) -> dt.datetime:
        """When it takes over, in UTC; call it on a form that is valid."""
        moment: dt.datetime = self.cleaned_data["effective_from"]
        return moment

    def _start(self, spec: PlanSpec, data: dict[str, Any]) -> PlanSpec:
        data["effective_from"] = self._read_moment(spec, data)
        settle_plan(spec, data["effective_from"])
        return spec

    def _read_moment(self, spec: PlanSpec, data: dict[str, Any]) -> dt.datetime:
        now = self.now.replace(second=0, microsecond=0)
        if data["when"] == "handover":
            return self.next_handover
        if data["when"] == "now":
            return now
        if data["when_on"] is None:
            self.add_error("when_on", "Choose the day.")
            return now
        moment = to_utc(
            dt.datetime.combine(data["when_on"], data["when_at"] or spec.handover_at), zone_named(spec.time_zone)
        )
        if not now <= moment <= now + FARTHEST_START:
            self.add_error("when_on", "Choose a moment from now on, two years away at most: what was, stays.")
            return now
        return moment


class RotationForm(forms.ModelForm):
    """What is said of a rotation."""

    class Meta:
        model = Rotation
        fields = ("name", "expects", "check_hours")
        widgets: ClassVar = {"expects": forms.RadioSelect}

    def clean_check_hours(self) -> int:
        hours: int = self.cleaned_data["check_hours"]
        if not 1 <= hours <= 336:
            raise ValidationError("Between one hour and two weeks (336).")
        return hours


class LayerNameForm(forms.ModelForm):
    """A layer's name and whom it stands in for."""

    class Meta:
        model = Layer
        fields = ("name", "rank")
