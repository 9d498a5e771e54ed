"""Choosing whom a level calls: one list of everything that can be called, and the words each is chosen by.

The page holds that list once, as suggestions of plain text fields: with hundreds of teams and contacts, a list in every field
would make it a hundred times as long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from oncall.calling import name_layer
from oncall.models import Channel, Contact, Layer
from oncall.services.escalation import Target

MOST_NAMED = 4  # of several that fit, so many are named in the error


def name_target(target: Target) -> str:
    """What a target is chosen by: `Primary, On call (Harbour)`, `Ann Lee, Database lead` or `#harbour, Incidents`."""
    if isinstance(target, Layer):
        return name_layer(target)
    if isinstance(target, Contact):
        return f"{target.name}, {target.role}" if target.role else target.name
    return f"{target.channel}, {target.purpose}"


class TargetList:
    """Everything that a level may call today, by the words it is chosen by; three queries."""

    def __init__(self) -> None:
        layers = Layer.objects.filter(ended_at__isnull=True, rotation__ended_at__isnull=True)
        self.layers = list(
            layers.select_related("rotation__team").order_by("rotation__team__name", "rotation__name", "rank", "name")
        )
        self.contacts = list(Contact.objects.current().select_related("user", "team").order_by("name", "pk"))
        self.channels = list(Channel.objects.select_related("team").order_by("channel", "purpose"))
        self.labels = self._label([*self.layers, *self.contacts, *self.channels])
        self._by_label = {_key(label): target for target, label in self.labels.items()}
        self._by_name: dict[str, list[Target]] = defaultdict(list)
        for target in self.labels:
            self._by_name[_key(_short_name(target))].append(target)

    def find(self, text: str) -> Target:
        """The target that the words mean. Raises ValidationError for none, and for several."""
        exact = self._by_label.get(_key(text))
        if exact is not None:
            return exact
        found = self._by_name.get(_key(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            named = "; ".join(self.labels[target] for target in found[:MOST_NAMED])
            raise ValidationError(f"“{text}” can mean several. Write the whole of one: {named}.")
        raise ValidationError(f"“{text}” is not known. Choose a layer, a contact or a channel from the list.")

    def label(self, target: Target) -> str:
        """What stands in the field for a target; also for one that could not be chosen any more."""
        return self.labels.get(target) or name_target(target)

    @staticmethod
    def _label(targets: Iterable[Target]) -> dict[Target, str]:
        labels: dict[Target, str] = {}
        taken: set[str] = set()
        for target in targets:
            label = name_target(target)
            if _key(label) in taken:
                label = f"{label} · {target.pk}"
            taken.add(_key(label))
            labels[target] = label
        return labels


def _short_name(target: Target) -> str:
    return target.channel if isinstance(target, Channel) else target.name


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()


class TargetsWidget(forms.Widget):
    """Text fields of one name, one for each that is called and one to spare, with the page's list as suggestions."""

    template_name = "oncall/targets_widget.html"
    LIST = "call-list"
    FEWEST = 2

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.targets: TargetList | None = None

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # one of several fields is enough

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [text for value in values if (text := " ".join(value.replace("\x00", "").split()))]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def format_value(self, value: Any) -> Any:
        words = [self._say(part) for part in value or ()]
        return [*words, *[""] * max(1, self.FEWEST - len(words))]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        first = context["widget"]["attrs"].get("id")
        rows = [
            {"value": text, "id": first if number == 0 else f"{first}_{number}", "number": number + 1}
            for number, text in enumerate(context["widget"]["value"])
        ]
        context["widget"] |= {"rows": rows, "list": self.LIST}
        return context

    def _say(self, part: Any) -> str:
        if isinstance(part, str):
            return part
        return self.targets.label(part) if self.targets else name_target(part)


class TargetsField(forms.Field):
    """One or more targets. Words that mean none, or several, are an error that keeps what was typed."""

    widget = TargetsWidget
    targets: TargetList

    def offer(self, targets: TargetList) -> None:
        """Say what there is to choose from."""
        self.targets = targets
        cast(TargetsWidget, self.widget).targets = targets

    def to_python(self, value: Sequence[str] | None) -> tuple[Target, ...]:
        found: list[Target] = []
        errors: list[str] = []
        for text in value or ():
            try:
                target = self.targets.find(text)
            except ValidationError as error:
                errors += error.messages
            else:
                found.append(target)
        if errors:
            raise ValidationError(errors)
        return tuple(found)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)
