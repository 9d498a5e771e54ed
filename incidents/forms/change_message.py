"""A system change as a machine tells it: for the API and for the hook of pipelines."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Field, Schema

from incidents.errors import Refused
from incidents.services import changes
from oncall.models import Service


class ChangeIn(Schema):
    """What was changed. The same `external_id` twice is one change."""

    what: str = Field(max_length=300)
    service: str = Field(default="", description="Slug of a service.")
    kind: Literal["deployment", "configuration", "infrastructure", "data", "other"] = "deployment"
    at: dt.datetime | None = None
    by: str = Field(default="", max_length=120)
    ticket: str = Field(default="", max_length=120)
    url: str = Field(default="", max_length=500, pattern=r"^(https?://\S+)?$")
    external_id: str = Field(default="", max_length=200)


def read_change(body: ChangeIn, user: Any = None) -> changes.NewChange:
    """What a message says; Refused when it names an unknown service. Without a user every service is known."""
    service = None
    if body.service:
        known = Service.objects.visible_to(user) if user is not None else Service.objects.all()
        service = known.select_related("team").filter(slug=body.service).first()
        if service is None:
            raise Refused(f"There is no service “{body.service[:80]}”.")
    fields = body.dict(exclude={"service", "at"})
    return changes.NewChange(service=service, at=aware(body.at), **fields)


def aware(at: dt.datetime | None) -> dt.datetime | None:
    """A moment without a zone is in UTC."""
    return at if at is None or at.tzinfo else at.replace(tzinfo=dt.UTC)
