"""Notifications as Alertmanager and Grafana send them."""

import hashlib
import json
from typing import Any

from accounts.models import Token
from accounts.roles import ADMINISTRATOR
from accounts.tokens import make_token
from incidents.alertmanager import read_notification
from incidents.services.alert_lookups import Lookups
from incidents.services.alerts import take_in
from tests.factories import NOW, make_user

ZERO = "0001-01-01T00:00:00Z"
URL = "/hooks/alertmanager/"


def make_alert(name: str = "DeskDown", *, status: str = "firing", **fields: Any) -> dict[str, Any]:
    """One alert; keywords are its fields, `labels` are added to its name and severity."""
    labels = {"alertname": name, "severity": "critical"} | fields.pop("labels", {})
    made = {
        "status": status,
        "labels": labels,
        "annotations": {"summary": "No ticket was sold for ten minutes"},
        "startsAt": "2026-11-17T03:10:00Z",
        "endsAt": "2026-11-17T03:13:00Z" if status == "resolved" else ZERO,
        "generatorURL": "https://prometheus.example.com/graph?g0.expr=up",
        "fingerprint": hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16],
    }
    return made | fields


def make_payload(*alerts: dict[str, Any], group: str = '{}:{alertname="DeskDown"}', **fields: Any) -> dict[str, Any]:
    """A notification in version "4"."""
    alerts = alerts or (make_alert(),)
    return {
        "version": "4",
        "groupKey": group,
        "truncatedAlerts": 0,
        "status": "firing" if any(alert.get("status") == "firing" for alert in alerts) else "resolved",
        "receiver": "portal",
        "groupLabels": {"alertname": "DeskDown"},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "https://alertmanager.example.com",
        "alerts": list(alerts),
    } | fields


def take(*alerts: dict[str, Any], now=NOW, **fields: Any):
    """Take a notification in, as a worker does; what it changed."""
    body = json.dumps(make_payload(*alerts, **fields)).encode()
    return take_in([read_notification(body)], Lookups(now))


def make_hook_token(name: str = "Alertmanager", scope: str = Token.Scope.ALERTS, now=NOW) -> str:
    """The text of a token that an administrator made."""
    return make_token(name, scope, user=make_user("root-of-tokens", role=ADMINISTRATOR), now=now)[1]
