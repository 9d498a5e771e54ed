"""What speaks against putting somebody on call: said once it is done, as it may be meant all the same."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from oncall.models import Absence, Layer
from oncall.rota import Span, clip
from oncall.schedule import load_schedule


def find_doubts(person: User, layer: Layer, span: Span) -> list[str]:
    """Sentences: they are away then; they have another layer of the rotation then, so that nobody stands behind them."""
    found = []
    if Absence.objects.filter(person=person, during__overlap=(span.start, span.end)).exists():
        found.append(f"{person} is away for a part of that time.")
    others = {
        shift.layer.name
        for shift in load_schedule(layer.rotation, *span).shifts(*span)
        if shift.person.pk == person.pk and shift.layer.pk != layer.pk and clip(shift.span, *span)
    }
    found += [f"{person} is also on call in {name} then: nobody stands behind them." for name in sorted(others)]
    return found


def say_until(moment: dt.datetime, zone: dt.tzinfo) -> str:
    """`Mon 23 Nov, 09:00`, by the clock of that zone."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
