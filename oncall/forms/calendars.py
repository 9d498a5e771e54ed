"""The form that makes a calendar address."""

from __future__ import annotations

from typing import Any

from django import forms

from oncall.models import Rotation

MINE = "me"


class FeedForm(forms.Form):
    """Whose shifts the calendar shows: one's own, or those of a rotation."""

    rotation = forms.ChoiceField(label="Shifts of", error_messages={"invalid_choice": "There is no such rotation."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rotations = Rotation.objects.in_use().select_related("team").order_by("team__name", "name")
        self.rotations = {str(rotation.pk): rotation for rotation in rotations}
        field = self.fields["rotation"]
        assert isinstance(field, forms.ChoiceField)
        named = [(key, f"{rotation.team}: {rotation}") for key, rotation in self.rotations.items()]
        field.choices = [(MINE, "Me, in all rotations"), *named]

    def clean_rotation(self) -> Rotation | None:
        """The rotation; None for one's own shifts."""
        return self.rotations.get(self.cleaned_data["rotation"])
