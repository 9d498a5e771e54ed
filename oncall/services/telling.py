"""How people are told of covers: what happened, when in their own zone, and why."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from oncall.models import Kind, Layer
from oncall.outbox import notify
from oncall.rota import Span
from oncall.services.spans import say_span_for


def say_place(layer: Layer) -> str:
    """Team, rotation and layer, as a title names them."""
    return f"{layer.rotation.team} · {layer.rotation} · {layer}"


def tell_of_cover(
    person: User,
    *,
    cause: str,
    subject: str,
    text: str,
    times: list[tuple[Layer, Span]],
    now: dt.datetime,
    more: str = "",
    url: str = "",
    action: str = "See the rotation",
) -> None:
    """Tell a person once of this cause (as `swap-asked:12`). Each of the times is a line, in the person's zone."""
    lines = [
        f"{say_place(layer)}: {say_span_for(person, span, layer.rotation.team.time_zone)}" for layer, span in times
    ]
    paragraphs = [text, *lines, more]
    notify(
        key=f"{cause}:user:{person.pk}",
        kind=Kind.SWAP,
        to=person,
        subject=subject,
        text="\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        now=now,
        url=url or times[0][0].rotation.get_absolute_url(),
        action=action,
    )
