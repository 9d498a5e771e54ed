"""Forms of escalation paths: the whole ladder on one page, and a moment to ask about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.models import Team
from oncall.errors import Refused
from oncall.forms.targets import TargetList, TargetsField
from oncall.models import EscalationPath
from oncall.rota import to_utc, zone_named
from oncall.services.escalation import MOST_LEVELS, LevelSpec, PathSpec

SPARE = 1  # empty rows behind the last level
FEWEST = 3  # rows of a new path
YEARS = 5  # as far as “Who would be called?” looks, into the past and ahead


class PathForm(forms.ModelForm):
    """What is said of the path itself."""

    base = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = EscalationPath
        fields = ("name", "team", "description", "triggers")
        widgets = {"description": forms.Textarea(attrs={"rows": 2}), "triggers": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "name": "e.g. “Booking, day and night”.",
            "team": "Who looks after this path.",
            "description": "When this path is the right one.",
            "triggers": "One a line: what needs no waiting.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = forms.ModelChoiceField(
            Team.objects.all(), required=False, help_text="Who looks after this path.", empty_label="No team"
        )

    def _post_clean(self) -> None:
        """The services check the row as a whole; this form only reads it."""

    @property
    def base_moment(self) -> dt.datetime | None:
        """When the path that was shown was last changed."""
        try:
            return dt.datetime.fromisoformat(self.cleaned_data["base"])
        except ValueError:
            return None


class LevelForm(forms.Form):
    """One rung. A row in which nothing stands is no level. `notes` are shown beside it."""

    notes: Sequence[str] = ()

    label = forms.CharField(max_length=20, required=False)
    whom = TargetsField(label="Calls", error_messages={"required": "Say whom this level calls."})
    response_minutes = forms.IntegerField(
        label="Minutes to answer",
        min_value=1,
        max_value=10_080,
        initial=15,
        error_messages={
            "required": "How many minutes has this level to answer?",
            "min_value": "At least one minute.",
            "max_value": "At most a week, which is 10080 minutes.",
        },
    )
    escalates_if = forms.CharField(label="Goes on when", max_length=300, required=False)
    handles = forms.CharField(label="Takes care of", max_length=300, required=False)

    def __init__(self, *args: Any, targets: TargetList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(TargetsField, self.fields["whom"]).offer(targets)

    @property
    def spec(self) -> LevelSpec:
        """The level as the service takes it."""
        data = self.cleaned_data
        return LevelSpec(
            targets=data["whom"],
            response_minutes=data["response_minutes"],
            label=data["label"],
            escalates_if=data["escalates_if"],
            handles=data["handles"],
        )


class BaseLevelFormSet(forms.BaseFormSet):
    """The rungs. Every row may stay empty; the order is that of the numbers in front, then that of the page."""

    def initial_form_count(self) -> int:
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = "Place"
        form.fields["ORDER"].initial = None if index is None else index + 1
        form.fields["DELETE"].label = "Take it out"

    @property
    def specs(self) -> tuple[LevelSpec, ...]:
        """The levels as the service takes them, in order."""
        return tuple(form.spec for form in self.ordered_forms if isinstance(form, LevelForm))


class LadderForm:
    """The path and its rungs as one form. `data` is what was posted, None for a page that is opened."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        path: EscalationPath | None = None,
        initial: Mapping[str, Any] | None = None,
        levels: list[dict[str, Any]] | None = None,
    ) -> None:
        self.targets = TargetList()
        self.wants_more = data is not None and "more" in data
        if data is not None and self.wants_more:
            initial, levels = self._read_back(data)
            data = None
        if path is not None and data is None and not self.wants_more:
            initial, levels = describe_path(path), describe_levels(path)
        rows = levels or []
        self.path = PathForm(data, initial=dict(initial or {}))
        spare = SPARE if self.wants_more else max(SPARE, FEWEST - len(rows))
        shown = rows if data is None else None  # a row that was sent as it was shown is a level too
        self.levels = _make_formset(spare)(data, initial=shown, prefix="levels", form_kwargs={"targets": self.targets})

    def is_valid(self) -> bool:
        """Whether every field will do; all of them are looked at, so that all errors are shown at once."""
        return all([self.path.is_valid(), self.levels.is_valid()])

    @property
    def has_errors(self) -> bool:
        return bool(self.path.errors or self.levels.total_error_count())

    @property
    def spec(self) -> PathSpec:
        """The whole path as the services take it."""
        data = self.path.cleaned_data
        return PathSpec(
            name=data["name"],
            team=data["team"],
            description=data["description"],
            triggers=data["triggers"],
            levels=self.levels.specs,
        )

    def refuse(self, refusal: Refused | ValidationError) -> None:
        """Show what a service said to it."""
        self.path.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))

    def annotate(self, notes: Sequence[Sequence[str]]) -> None:
        """Show something beside each level, in the order of the rows."""
        for form, texts in zip(self.levels.forms, notes, strict=False):  # there are rows to spare
            cast(LevelForm, form).notes = texts

    @staticmethod
    def _read_back(data: QueryDict) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What was typed so far, unjudged, for a page with one more row."""
        initial = {name: data.get(name, "") for name in ("name", "team", "description", "triggers", "base")}
        total = data.get("levels-TOTAL_FORMS", "0")
        count = min(int(total), MOST_LEVELS) if total.isascii() and total.isdigit() and len(total) < 6 else 0
        rows = []
        for number in range(count):
            row: dict[str, Any] = {name: data.get(f"levels-{number}-{name}", "") for name in LevelForm.base_fields}
            row["whom"] = [text for text in data.getlist(f"levels-{number}-whom") if text.strip()]
            row["DELETE"] = bool(data.get(f"levels-{number}-DELETE"))
            rows.append(row | {"ORDER": data.get(f"levels-{number}-ORDER", "")})
        return initial, rows


def _make_formset(spare: int) -> type[BaseLevelFormSet]:
    made = forms.formset_factory(
        LevelForm,
        formset=BaseLevelFormSet,
        extra=spare,
        can_order=True,
        can_delete=True,
        max_num=MOST_LEVELS,
        absolute_max=MOST_LEVELS * 2,
        validate_max=True,
    )
    return cast("type[BaseLevelFormSet]", made)


def describe_path(path: EscalationPath) -> dict[str, Any]:
    """The path as the form begins with it."""
    return {
        "name": path.name,
        "team": path.team_id,
        "description": path.description,
        "triggers": path.triggers,
        "base": path.updated_at.isoformat(),
    }


def describe_levels(path: EscalationPath) -> list[dict[str, Any]]:
    """The levels as the form begins with them; from a path that was loaded with `for_ladder`."""
    return [
        {
            "label": level.label,
            "whom": [target.layer or target.contact or target.channel for target in level.targets.all()],
            "response_minutes": level.response_minutes,
            "escalates_if": level.escalates_if,
            "handles": level.handles,
            "ORDER": number,
        }
        for number, level in enumerate(path.levels.all(), start=1)
    ]


class MomentForm(forms.Form):
    """A moment by the reader's clock, for “Who would be called?”. Without one the answer is for now."""

    at = forms.CharField(
        label="At",
        required=False,
        max_length=40,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, zone: str, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.now = now

    def clean_at(self) -> dt.datetime | None:
        """The instant in UTC. A time that the zone skips is the moment its clocks jump; one shown twice is the first."""
        text = self.cleaned_data["at"].strip()
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
            wall = moment if moment.tzinfo else to_utc(moment, zone_named(self.zone))
            instant = wall.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise ValidationError("Write a day and a time, such as 2026-12-24T03:00.") from None
        if abs(instant - self.now) > dt.timedelta(days=366 * YEARS):
            raise ValidationError(f"At most {YEARS} years from now.")
        return instant
