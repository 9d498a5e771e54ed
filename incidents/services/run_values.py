"""Values of a run's placeholders: from the labels of an alert, from the service, or typed; put into every command.

What goes in must be harmless to a shell (`runbooks.labels.why_not`), whoever it comes from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.models import User
from incidents.errors import Refused
from incidents.models import Run
from incidents.services.run_rows import lock_going, touch
from oncall.models import Service
from runbooks.labels import Filling, match_labels, why_not
from runbooks.reading.placeholders import make_name


@transaction.atomic
def set_values(run: Run, values: Mapping[str, str], *, user: User, now: dt.datetime) -> Run:
    """Set values by the names of their placeholders; an empty one is forgotten. All are set or none.

    Names that no step of the run asks for are ignored. Raises Refused naming the value that can't be put into a command.
    """
    held = lock_going(run, user)
    known = names_of(held)
    wanted = {name: value.strip() for name, value in values.items() if name in known}
    check_values(wanted, known)
    merged = {name: value for name, value in (held.values | wanted).items() if value}
    if merged != held.values:
        held.values = merged
        held.save(update_fields=["values"])
        touch(held, now)
    return held


def set_value(run: Run, name: str, value: str, *, user: User, now: dt.datetime) -> Run:
    """Set one value; see `set_values`."""
    return set_values(run, {name: value}, user=user, now=now)


def check_values(values: Mapping[str, str], labels: Mapping[str, str]) -> None:
    """Raise Refused for the first value that a shell, a prompt or an option parser could act upon."""
    for name, value in values.items():
        if value and (reason := why_not(value)):
            raise Refused(f"{labels.get(name, name)}: the value {reason}, so it is not put into commands.")


def names_of(run: Run) -> dict[str, str]:
    """Names and labels of the placeholders in the run's commands, in the order of the steps."""
    return collect_names(run.steps.values_list("commands", flat=True))


def collect_names(commands: Iterable[Iterable[Mapping]]) -> dict[str, str]:
    """The same from the commands of each step as they are stored."""
    found: dict[str, str] = {}
    for of_step in commands:
        for command in of_step:
            for placeholder in command["placeholders"]:
                found.setdefault(placeholder["name"], placeholder["label"])
    return found


def gather_values(names: Iterable[str], labels: Iterable[tuple[str, str]], service: Service | None) -> Filling:
    """What labels and the service fill. A label goes before what the portal knows of the service."""
    pairs = list(labels)
    said = {make_name(name) for name, _ in pairs}
    known = [("service", service.slug)] if service is not None else []
    return match_labels([*pairs, *(pair for pair in known if pair[0] not in said)], names)
