"""The answer to “Who would be called?”: plain, frozen values, which an incident can keep as they are.

Every moment is aware and in UTC. Minutes count from the moment of the alert.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach somebody: what is shown, and what a tap opens ("" for a chat handle)."""

    kind: str
    value: str
    label: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """An address that the portal itself sends to. Its target may be a secret, so only its kind is told."""

    address_id: int
    transport: str
    answered_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Callee:
    """Who or what is called, and all that decides whether that helps.

    `key` is the same wherever the same person turns up, by shift or by contact: `user:3`, `contact:5`, `channel:2`.
    `ways` are those that the reader may see; `is_reachable` and `confirmed_at` count the hidden ones too. `away` says until
    when and why, "" for somebody who is there.
    """

    key: str
    kind: str  # "person", "contact" or "channel"
    name: str
    url: str = ""
    note: str = ""  # a contact's role, a channel's purpose
    ways: tuple[Reach, ...] = ()
    sends_to: tuple[Sending, ...] = ()
    is_reachable: bool = True
    confirmed_at: dt.datetime | None = None
    away_until: dt.datetime | None = None
    has_left: bool = False

    @property
    def is_somebody(self) -> bool:
        """Whether a person may answer; a channel only carries the news."""
        return self.kind != "channel"


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody is called. `through` is the layer whose turn it is, "" for who is named in the path itself.

    `remark` is for whoever was on call before and has not been relieved: it completes a sentence that begins with the name.
    `remark_url` is the page on which somebody accepts.
    """

    callee: Callee
    through: str = ""
    until: dt.datetime | None = None  # when their shift ends
    stands_in_for: str = ""  # the layer that the path names, when another of its rank answers
    remark: str = ""
    remark_url: str = ""


@dataclass(frozen=True, slots=True)
class Hole:
    """A layer that the level names and in which nobody is on call. `reason` is why that is meant, "" when it is not."""

    layer: str
    url: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CalledLevel:
    """A rung at one moment: `minute` is when its calls go out, counted from the first."""

    label: str
    minute: int
    response_minutes: int
    escalates_if: str = ""
    handles: str = ""
    calls: tuple[Call, ...] = ()
    holes: tuple[Hole, ...] = ()

    @property
    def reaches_somebody(self) -> bool:
        """Whether anything is called that has not left."""
        return any(not call.callee.has_left for call in self.calls)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, as a sentence. `tone` is "danger" when nobody answers because of it, "warn", or "info"."""

    code: str
    text: str
    level: str = ""  # the label of the level; "" for the whole path
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class CallList:
    """Whom a path calls at one moment, minute by minute, and what is wrong with that."""

    path: str
    slug: str
    at: dt.datetime
    levels: tuple[CalledLevel, ...] = ()
    problems: tuple[Problem, ...] = ()
    triggers: tuple[str, ...] = field(default=())

    @property
    def calls(self) -> Iterator[tuple[CalledLevel, Call]]:
        """Every call in order, with its level."""
        return ((level, call) for level in self.levels for call in level.calls)

    @property
    def first(self) -> Call | None:
        """The first call that anybody can answer."""
        return next((call for _, call in self.calls if call.callee.is_somebody and not call.callee.has_left), None)

    @property
    def serious(self) -> tuple[Problem, ...]:
        """The problems that are more than a hint."""
        return tuple(problem for problem in self.problems if problem.tone != "info")

    def problems_of(self, label: str) -> tuple[Problem, ...]:
        """What is wrong with one level."""
        return tuple(problem for problem in self.problems if problem.level == label)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data: moments as ISO 8601."""
        data: dict[str, Any] = _plain(asdict(self))
        return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.datetime) else value
