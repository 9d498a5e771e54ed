"""What monitoring sends: bytes in, plain frozen values out. Nothing of it is trusted, and nothing here touches a database.

The form is Alertmanager's webhook, version "4" (its documentation, “webhook_config”), with the fields that Grafana adds and
older senders lack. Fields that are not named here are ignored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_ALERTS = 5_000  # in one notification
MOST_LABELS = 200  # of one alert, and as many annotations
LONGEST_VALUE = 10_000  # characters; what is longer is cut, the payload keeps all of it
LONGEST_KEY = 200
LONGEST_FINGERPRINT = 64
EARLIEST = 1970  # a year before which nothing fired: Go's zero time is the year 1
FIRING, RESOLVED = "firing", "resolved"

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?\s*([Zz]|[+-]\d\d:?\d\d)", re.ASCII
)  # RFC 3339; Go writes nanoseconds
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates: no database text can hold them


class Unreadable(ValueError):
    """The bytes are not what is understood; the text says what is wrong, for whoever set up the sender."""


@dataclass(frozen=True, slots=True)
class SentAlert:
    """One alert of a notification. Times are aware, as the sender's clock had them."""

    fingerprint: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    is_firing: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    generator_url: str = ""

    @property
    def name(self) -> str:
        return self.labels.get("alertname") or "Alert without a name"


@dataclass(frozen=True, slots=True)
class Notification:
    """One request of a sender: a group of alerts, each once."""

    group_key: str
    receiver: str
    alerts: tuple[SentAlert, ...]
    left_out: int = 0  # alerts of the group that the sender cut off
    digest: str = field(init=False)  # SHA-256 of the group's key, as a key may be long

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.group_key.encode()).hexdigest())


def read_notification(body: bytes) -> Notification:
    """Raises Unreadable, with a reason, for anything that is no notification."""
    data = _load(body)
    _check_version(data)
    receiver = _text(data.get("receiver", ""), "receiver")
    alerts = data.get("alerts")
    if not isinstance(alerts, list):
        raise Unreadable("“alerts” is missing, or no list.")
    if len(alerts) > MOST_ALERTS:
        raise Unreadable(f"More than {MOST_ALERTS:,} alerts in one notification; set max_alerts at the sender.")
    read = [_read_alert(alert, f"alerts[{number}]") for number, alert in enumerate(alerts)]
    return Notification(_find_group_key(data, receiver), receiver[:200], _keep_each_once(read), _count_left_out(data))


def read_time(text: object, where: str) -> dt.datetime | None:
    """A moment of RFC 3339 with up to twelve digits of a second; None for Go's zero time and for an empty text."""
    if text in (None, ""):
        return None
    found = _TIME.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 60 else None
    if found is None:
        raise Unreadable(f"“{where}” is no time of the form 2026-11-17T03:14:00Z.")
    year, month, day, hour, minute, second = (int(found[number]) for number in range(1, 7))
    if year < EARLIEST:
        return None
    micro = int((found[7] or "").ljust(6, "0")[:6])
    try:
        # A leap second is the last moment before it, as in Go
        moment = dt.datetime(year, month, day, hour, minute, min(second, 59), micro, _zone(found[8]))
        return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"“{where}” is no moment that there is.") from error


def _zone(text: str) -> dt.tzinfo:
    if text in ("Z", "z"):
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if text[0] == "-" else offset)


def _load(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except RecursionError:
        raise Unreadable("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise Unreadable("The body is not JSON.") from error
    if not isinstance(data, dict):
        raise Unreadable("The body is JSON, but no object.")
    return data


def _check_version(data: Mapping[str, Any]) -> None:
    """Alertmanager says "4". Grafana says "1" for the same form, and has fields of its own by which it is known."""
    version = data.get("version")
    if version in ("4", 4) or (version == "1" and "orgId" in data):
        return
    said = f"“{_clean(str(version))[:20]}”" if isinstance(version, str | int) else "missing"
    raise Unreadable(f"The version of the payload is {said}; “4” is understood.")


def _read_alert(alert: object, where: str) -> SentAlert:
    if not isinstance(alert, dict):
        raise Unreadable(f"“{where}” is no object.")
    status = alert.get("status")
    if status not in (FIRING, RESOLVED):
        raise Unreadable(f"“{where}.status” is neither “firing” nor “resolved”.")
    labels = _pairs(alert.get("labels"), f"{where}.labels")
    starts_at = read_time(alert.get("startsAt"), f"{where}.startsAt")
    if starts_at is None:
        raise Unreadable(f"“{where}.startsAt” is missing.")
    return SentAlert(
        fingerprint=_find_fingerprint(alert.get("fingerprint"), labels, where),
        starts_at=starts_at,
        ends_at=read_time(alert.get("endsAt"), f"{where}.endsAt"),
        is_firing=status == FIRING,
        labels=_shorten(labels),
        annotations=_shorten(_pairs(alert.get("annotations"), f"{where}.annotations")),
        generator_url=_text(alert.get("generatorURL", ""), f"{where}.generatorURL")[:2000],
    )


def _find_fingerprint(given: object, labels: Mapping[str, str], where: str) -> str:
    """The sender's own; older ones send none, so it is made from the labels, which are what makes an alert that alert."""
    text = _text(given, f"{where}.fingerprint").strip()
    if not text:
        return _digest(sorted(labels.items()))
    return text if len(text) <= LONGEST_FINGERPRINT else _digest([text])


def _find_group_key(data: Mapping[str, Any], receiver: str) -> str:
    """The sender's own; older ones send none, so it is made from the receiver and the labels of the group."""
    key = _text(data.get("groupKey", ""), "groupKey")
    if key:
        return key
    labels = _pairs(data.get("groupLabels"), "groupLabels")
    return f"{receiver}:{json.dumps(sorted(labels.items()), ensure_ascii=False)}"


def _keep_each_once(alerts: Iterable[SentAlert]) -> tuple[SentAlert, ...]:
    """Of the same alert the one that has ended, else the last one said."""
    kept: dict[tuple[str, dt.datetime], SentAlert] = {}
    for alert in alerts:
        key = (alert.fingerprint, alert.starts_at)
        if key not in kept or kept[key].is_firing:
            kept[key] = alert
    return tuple(kept.values())


def _count_left_out(data: Mapping[str, Any]) -> int:
    number = data.get("truncatedAlerts", 0)
    return min(number, 1_000_000) if type(number) is int and number > 0 else 0


def _pairs(value: object, where: str) -> dict[str, str]:
    """Names and texts. Some senders write numbers and truth values; they are taken as JSON writes them."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"“{where}” is no object.")
    if len(value) > MOST_LABELS:
        raise Unreadable(f"“{where}” has more than {MOST_LABELS} entries.")
    return {_clean(name)[:LONGEST_KEY]: _scalar(text, f"{where}.{_clean(name)[:40]}") for name, text in value.items()}


def _scalar(value: object, where: str) -> str:
    if isinstance(value, str):
        return _clean(value)
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise Unreadable(f"“{where}” is no text.")


def _text(value: object, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"“{where}” is no text.")
    return _clean(value)


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _shorten(pairs: Mapping[str, str]) -> dict[str, str]:
    return {
        name: text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…" for name, text in pairs.items()
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
