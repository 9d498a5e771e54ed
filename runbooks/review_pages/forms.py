"""Forms of the pages of reviews."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, cast

from django import forms

from accounts.models import Team, User
from runbooks.forms import MarkdownField
from runbooks.models import Gate, ReviewPolicy, Runbook
from runbooks.review_pages.people import find_anybody, find_takers

DAYS = (7, 14, 30)
TASK_DAYS = 14
LONGEST_SNOOZE = 90


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class OneAnswer(forms.Form):
    """What every answer carries: the version that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)


class RightForm(OneAnswer):
    """Still right."""

    note = forms.CharField(
        label="Note", max_length=1000, required=False, help_text="How you know, if it helps the next reader."
    )


class FixForm(OneAnswer):
    """Right with a small fix: the text or one section of it, as it should be."""

    markdown = MarkdownField(label="Text", widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}))
    change_summary = forms.CharField(label="What you changed", max_length=500)
    section = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)
    base = forms.CharField(widget=forms.HiddenInput, max_length=40)


class WorkForm(OneAnswer):
    """Needs work: what, by whom, until when."""

    text = forms.CharField(label="What is to be done", max_length=500)
    owner = forms.ModelChoiceField(User.objects.none(), label="Who does it", empty_label="Choose…")
    due_on = forms.DateField(label="Until when", widget=Day())
    note = forms.CharField(label="Note", max_length=1000, required=False)

    def __init__(self, *args: Any, runbook: Runbook, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = find_takers(runbook, user)


class SnoozeForm(forms.Form):
    """Until which day nobody is reminded, and why. `today` is the reader's."""

    days = forms.TypedChoiceField(
        label="For how long",
        choices=[(n, f"{n} days") for n in DAYS] + [("", "Until another day")],
        coerce=int,
        empty_value=None,
        required=False,
        initial=7,
        widget=forms.RadioSelect,
    )
    until = forms.DateField(
        label="Until", required=False, widget=Day(), help_text=f"At most {LONGEST_SNOOZE} days from today."
    )
    reason = forms.CharField(
        label="Why it can wait", max_length=300, help_text="What happens to the runbook meanwhile is told all the same."
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        data = cast(dict[str, Any], super().clean())
        if data.get("days") and not data.get("until"):  # a day that somebody typed is meant
            data["until"] = self.today + dt.timedelta(days=data["days"])
        elif not data.get("until") and not self.errors:
            self.add_error("until", "Choose for how long, or name a day.")
        return data


class NotMineForm(forms.Form):
    """Whose the runbook may be."""

    note = forms.CharField(
        label="Whose it may be", max_length=300, required=False, help_text="A name or a team, if you know."
    )


class OwnerForm(forms.Form):
    """Who owns a runbook from now on."""

    owner = forms.ModelChoiceField(User.objects.none(), empty_label="Choose…")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = find_anybody()


class PolicyForm(forms.ModelForm):
    """How often a team reads its runbooks again, and what must hold before one becomes active."""

    gates = forms.MultipleChoiceField(
        label="Needed before a version becomes active",
        choices=Gate.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ReviewPolicy
        fields = ("review_days", "gates")
        labels: ClassVar = {"review_days": "Days between reviews"}

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.team = team
