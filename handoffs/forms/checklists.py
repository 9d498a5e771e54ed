"""A team's checklist as one form: rows that are moved, added and removed by buttons, with or without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from handoffs.models import Facts
from handoffs.services.checklists import LONGEST_ITEM, MOST_ITEMS, Item
from runbooks.models import Runbook


class RowForm(forms.Form):
    """One item. A row in which nothing stands is left out when the list is saved."""

    text = forms.CharField(
        label="What is looked at", required=False, max_length=LONGEST_ITEM, widget=forms.TextInput(attrs={"size": 60})
    )
    facts = forms.ChoiceField(label="Shown beside it", required=False, choices=[("", "Nothing"), *Facts.choices])
    is_required = forms.BooleanField(label="Needed for signing", required=False)


class ChecklistForm:
    """All rows. `began_with` says which state of the list they were made from.

    A button named `act` (`add`, `up:2`, `down:2`, `remove:2`) changes the rows and saves nothing.
    """

    def __init__(self, items: Sequence[Item], began_with: str, data: Mapping[str, Any] | None = None) -> None:
        self.is_bound = data is not None
        self.errors: list[str] = []
        self.began_with = began_with
        if data is None:
            self.rows = [RowForm(initial=_initial(item), prefix=f"row-{i}") for i, item in enumerate(items)]
            return
        self.began_with = str(data.get("began_with", ""))
        self.act = str(data.get("act", ""))
        self.rows = [RowForm(data, prefix=f"row-{i}") for i in range(_count(data))]
        if self.act:
            self._change_rows()

    @property
    def wants_more(self) -> bool:
        """Whether rows are still being put in order: nothing is saved then."""
        return self.is_bound and bool(self.act)

    def is_valid(self) -> bool:
        """Whether every row is right as it stands; the list as a whole is looked at by the service."""
        return not [
            row for row in self.rows if not row.is_valid()
        ]  # each is looked at, so that each says what is wrong

    @property
    def items(self) -> list[Item]:
        """The rows as the service takes them, empty ones left out."""
        rows = [row.cleaned_data for row in self.rows]
        return [Item(row["text"], row["facts"], row["is_required"]) for row in rows if row["text"].strip()]

    def refuse(self, sentence: str, began_with: str | None = None) -> None:
        """Say what was wrong; with `began_with` the next save counts as one that knows the list as it is now."""
        self.errors.append(sentence)
        if began_with is not None:
            self.began_with = began_with

    def _change_rows(self) -> None:
        values = [_raw(row) for row in self.rows]
        name, _, place = self.act.partition(":")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
        if name == "add" and len(values) < MOST_ITEMS:
            values.append(_initial(Item("")))
        if 0 <= at < len(values):
            row = values.pop(at)
            if name != "remove":
                values.insert(max(0, at - 1) if name == "up" else at + 1 if name == "down" else at, row)
        self.rows = [RowForm(initial=value, prefix=f"row-{i}") for i, value in enumerate(values)]


class TakeForm(forms.Form):
    """Which runbook a list is taken from."""

    runbook = forms.ModelChoiceField(Runbook.objects.none(), label="Runbook with a checklist")

    def __init__(self, *args: Any, runbooks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["runbook"]
        field.queryset = runbooks


def _count(data: Mapping[str, Any]) -> int:
    """How many rows were sent; never more than a list may hold, with a few to be told about it."""
    given = str(data.get("rows", ""))
    return min(int(given), MOST_ITEMS + 10) if given.isascii() and given.isdigit() and len(given) < 4 else 0


def _initial(item: Item) -> dict[str, Any]:
    return {"text": item.text, "facts": item.facts, "is_required": item.is_required}


def _raw(row: RowForm) -> dict[str, Any]:
    """What was typed, right or not."""
    return {name: row[name].value() for name in row.fields}
