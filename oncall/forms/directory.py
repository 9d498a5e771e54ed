"""Forms of the directory: an entry's facts, and below them a line for each way to reach it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.http import QueryDict

from accounts.models import Team, User, known_time_zones
from oncall.models import Channel, Contact, Vendor, Way
from oncall.services.directory import LONGEST_LABEL, LONGEST_VALUE, MOST_WAYS, WaySpec
from oncall.services.way_values import clean_value

SPARE_LINES = 3


class WayForm(forms.Form):
    """One way. A line without a value is no way; clearing the value takes a stored one out."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Way.Kind.choices)
    value = forms.CharField(
        label="Number or address", max_length=LONGEST_VALUE, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    label = forms.CharField(
        max_length=LONGEST_LABEL, required=False, widget=forms.TextInput({"placeholder": "Mobile, out of hours …"})
    )
    is_personal = forms.BooleanField(label="Personal: for responders and up", required=False)

    def __init__(self, *args: Any, number: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number
        for name in ("kind", "value", "label", "is_personal"):  # each line says its number to a screen reader
            field = self.fields[name]
            field.widget.attrs["aria-label"] = f"{field.label or name.capitalize()}, line {number}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("value") and data.get("kind"):
            try:
                data["value"] = clean_value(data["kind"], data["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return data


class WayLines:
    """The lines below an entry. Without scripts too: a few are spare, and a button asks for more."""

    def __init__(self, data: QueryDict | None, stored: Iterable[Way] = (), initial: Iterable[dict[str, str]] = ()):
        known = [
            {"pk": w.pk, "kind": w.kind, "value": w.value, "label": w.label, "is_personal": w.is_personal}
            for w in stored
        ] + list(initial)
        self.is_bound = data is not None
        self.forms = self._read(data) if data is not None else self._offer(known)

    @staticmethod
    def _offer(known: list[dict[str, Any]]) -> list[WayForm]:
        kinds = (Way.Kind.PHONE, Way.Kind.EMAIL, Way.Kind.CHAT)
        lines = known + [{"kind": kinds[n % len(kinds)]} for n in range(SPARE_LINES)]
        return [WayForm(initial=line, prefix=f"way-{n}", number=n + 1) for n, line in enumerate(lines[:MOST_WAYS])]

    @staticmethod
    def _read(data: QueryDict) -> list[WayForm]:
        said = data.get("ways", "")
        count = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
        count = min(count + (SPARE_LINES if "more" in data else 0), MOST_WAYS)
        lines = []
        for n in range(count):
            is_new = f"way-{n}-kind" not in data
            lines.append(WayForm(None if is_new else data, prefix=f"way-{n}", number=n + 1))
        return lines

    @property
    def has_room(self) -> bool:
        return len(self.forms) < MOST_WAYS

    def is_valid(self) -> bool:
        """Every line is looked at, so that all that is wrong is said at once."""
        broken = [form for form in self.forms if form.is_bound and not form.is_valid()]
        return not broken

    def specs(self) -> list[WaySpec]:
        """What was filled in, in its order."""
        return [
            WaySpec(d["kind"], d["value"], d["label"], d["is_personal"], d["pk"])
            for form in self._filled()
            for d in [form.cleaned_data]
        ]

    def refuse(self, place: int, text: str) -> None:
        """Say at one of the filled lines what a service said to it."""
        filled = self._filled()
        if place < len(filled):
            filled[place].add_error("value", text)

    def _filled(self) -> list[WayForm]:
        return [form for form in self.forms if form.is_bound and form.cleaned_data.get("value")]


class EntryForm(forms.ModelForm):
    """The facts of an entry. It never saves: a service does. `seen` is what the writer started from."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.updated_at.isoformat()
        if "team" in self.fields:
            cast(forms.ModelChoiceField, self.fields["team"]).empty_label = "No team"

    def clean_seen(self) -> dt.datetime | None:
        try:
            return dt.datetime.fromisoformat(self.cleaned_data["seen"]) if self.cleaned_data["seen"] else None
        except ValueError:
            raise ValidationError("This page is broken. Load it again.") from None

    def _post_clean(self) -> None:
        """The service checks the row; the instance of the page stays as it was stored."""

    def facts(self) -> dict[str, Any]:
        """What goes to the service."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def refuse(self, error: ValidationError) -> None:
        """Say at the fields what the row's own rules say."""
        told = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, texts in told.items():
            self.add_error(name if name in self.fields else None, [ValidationError(text) for text in texts])


class ContactForm(EntryForm):
    class Meta:
        model = Contact
        fields = ("name", "kind", "role", "team", "user", "time_zone", "availability", "language", "notes")
        widgets: ClassVar = {"notes": forms.Textarea({"rows": 3}), "name": forms.TextInput({"autocomplete": "off"})}
        help_texts: ClassVar = {
            "notes": "Shown to responders and up.",
            "user": "Ties the entry to somebody who takes shifts.",
            "time_zone": "Empty: that of the portal account.",
        }

    def __init__(self, *args: Any, editor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].widget = forms.Select(
            choices=[("", "Not known"), *((zone, zone) for zone in sorted(known_time_zones()))]
        )
        account = cast(forms.ModelChoiceField, self.fields["user"])
        account.queryset = self._accounts(editor)
        account.empty_label = "Nobody who logs in"
        if not editor.has_perm("oncall.change_contact"):
            account.disabled = True

    def _accounts(self, editor: User) -> Any:
        """Accounts that no other contact is tied to; somebody who looks after their own entry sees their own only."""
        free = User.objects.filter(Q(contact__isnull=True, is_active=True) | Q(pk=self.instance.user_id))
        return free if editor.has_perm("oncall.change_contact") else free.filter(pk=editor.pk)


class VendorForm(EntryForm):
    class Meta:
        model = Vendor
        fields = ("name", "support_type", "contact_name", "account_number", "hours", "team", "notes")
        widgets: ClassVar = {"notes": forms.Textarea({"rows": 3})}


class ChannelForm(EntryForm):
    url = forms.URLField(
        label="Link", max_length=500, required=False, assume_scheme="https", help_text="Opens the channel with a tap."
    )

    class Meta:
        model = Channel
        fields = ("purpose", "channel", "details", "url", "team")


def choose_team(slug: str) -> Team | None:
    """The team that an address names, for a form that begins with it."""
    return Team.objects.filter(slug=slug).first() if slug else None
