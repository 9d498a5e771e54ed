"""What `oncall.yaml` says, typed. The file itself explains its fields."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import yaml

from portal.example.company import FOLDER

PEOPLE = "@skerry.example"  # people are named by what stands before it


@dataclass(frozen=True)
class WayEntry:
    kind: str
    value: str
    label: str = ""
    personal: bool = False
    confirmed: int | None = None


@dataclass(frozen=True)
class ContactEntry:
    name: str
    kind: str = "person"
    role: str = ""
    team: str = ""
    account: str = ""
    time_zone: str = ""
    availability: str = ""
    language: str = ""
    notes: str = ""
    confirmed: int | None = None
    left: int | None = None
    ways: list[WayEntry] = field(default_factory=list)


@dataclass(frozen=True)
class VendorEntry:
    name: str
    support_type: str
    contact_name: str = ""
    account_number: str = ""
    hours: str = ""
    team: str = ""
    confirmed: int | None = None
    ways: list[WayEntry] = field(default_factory=list)


@dataclass(frozen=True)
class ChannelEntry:
    purpose: str
    channel: str
    details: str = ""
    team: str = ""
    confirmed: int | None = None


@dataclass(frozen=True)
class HoursEntry:
    days: list[int]
    starts_at: dt.time
    ends_at: dt.time


@dataclass(frozen=True)
class PlanEntry:
    weeks_ago: int
    at: dt.time
    zone: str
    people: list[str]
    turn: int = 1
    weekday: int = 0
    hours: list[HoursEntry] = field(default_factory=list)


@dataclass(frozen=True)
class LayerEntry:
    name: str
    rank: int
    plans: list[PlanEntry]


@dataclass(frozen=True)
class RotationEntry:
    team: str
    name: str
    slug: str
    layers: list[LayerEntry]
    expects: str = "always"

    @property
    def key(self) -> str:
        return f"{self.team}/{self.slug}"


@dataclass(frozen=True)
class OverrideEntry:
    layer: str
    person: str
    in_days: int
    starts_at: dt.time
    ends_at: dt.time
    reason: str


@dataclass(frozen=True)
class SwapEntry:
    """`turns` counts the layer's coming shifts from 0: the one that is asked for, and the one given for it."""

    layer: str
    turns: list[int]
    status: str
    message: str


@dataclass(frozen=True)
class AbsenceEntry:
    person: str
    in_days: int
    days: int
    reason: str


@dataclass(frozen=True)
class GapEntry:
    rotation: str
    rank: int
    weekend: int
    reason: str


@dataclass(frozen=True)
class LevelEntry:
    label: str
    minutes: int
    calls: list[dict[str, str]]
    handles: str = ""
    escalates_if: str = ""


@dataclass(frozen=True)
class PathEntry:
    name: str
    slug: str
    team: str
    services: list[str]
    levels: list[LevelEntry]
    description: str = ""
    triggers: str = ""


@dataclass(frozen=True)
class OncallEntries:
    contacts: list[ContactEntry]
    vendors: list[VendorEntry]
    channels: list[ChannelEntry]
    rotations: list[RotationEntry]
    overrides: list[OverrideEntry]
    swaps: list[SwapEntry]
    absences: list[AbsenceEntry]
    gaps: list[GapEntry]
    paths: list[PathEntry]


def read_oncall() -> OncallEntries:
    """All of it, as the file has it."""
    data: dict[str, Any] = yaml.safe_load((FOLDER / "oncall.yaml").read_text(encoding="utf-8"))
    return OncallEntries(
        contacts=[ContactEntry(**entry | {"ways": _ways_of(entry)}) for entry in data["contacts"]],
        vendors=[VendorEntry(**entry | {"ways": _ways_of(entry)}) for entry in data["vendors"]],
        channels=[ChannelEntry(**entry) for entry in data["channels"]],
        rotations=[_rotation(entry) for entry in data["rotations"]],
        overrides=[OverrideEntry(**_hours(entry)) for entry in data["overrides"]],
        swaps=[SwapEntry(**entry) for entry in data["swaps"]],
        absences=[AbsenceEntry(**entry) for entry in data["absences"]],
        gaps=[GapEntry(**entry) for entry in data["gaps"]],
        paths=[
            PathEntry(**entry | {"levels": [LevelEntry(**level) for level in entry["levels"]]})
            for entry in data["paths"]
        ],
    )


def _ways_of(entry: dict[str, Any]) -> list[WayEntry]:
    return [WayEntry(**way) for way in entry["ways"]]


def _rotation(entry: dict[str, Any]) -> RotationEntry:
    layers = [
        LayerEntry(layer["name"], layer["rank"], [_plan(plan) for plan in layer["plans"]]) for layer in entry["layers"]
    ]
    return RotationEntry(**entry | {"layers": layers})


def _plan(entry: dict[str, Any]) -> PlanEntry:
    hours = [HoursEntry(**_hours(one)) for one in entry.get("hours", [])]
    return PlanEntry(**entry | {"at": dt.time.fromisoformat(entry["at"]), "hours": hours})


def _hours(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with `from` and `to`, which are words of Python's own, as two times."""
    rest = {name: value for name, value in entry.items() if name not in ("from", "to")}
    return rest | {
        "starts_at": dt.time.fromisoformat(entry["from"]),
        "ends_at": dt.time.fromisoformat(entry["to"]),
    }
