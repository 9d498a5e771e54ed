"""Small files of rules, written for these tests."""

from runbooks.services.alerting import import_rules
from tests.factories import NOW

PIER = b"""\
groups:
  - name: pier
    rules:
      - record: pier:tickets:rate5m
        expr: rate(tickets_total[5m])
      - alert: TicketDeskSlow
        expr: pier_latency_seconds > 2
        for: 10m
        labels:
          severity: page
          service: ticket-desk
        annotations:
          summary: "Buying a ticket takes {{ $value }} s"
          runbook_url: https://example.org/somewhere/else
      - alert: GateStuck
        expr: gate_open == 1
        labels: {severity: warn}
"""
RESOURCE = b"""\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: pier}
spec:
  groups:
    - name: tides
      rules:
        - alert: TideGaugeSilent
          expr: absent(tide_metres)
"""


def rule(name, **annotations):
    """A file with one alert."""
    lines = [f"        {key}: {value}" for key, value in annotations.items()]
    noted = "\n      annotations:\n" + "\n".join(lines) if lines else ""
    return f"groups:\n  - name: g\n    rules:\n    - alert: {name}\n      expr: up == 0{noted}\n".encode()


def take_in(data=PIER, name="pier.yaml", user=None):
    return import_rules(name, data, user=user, now=NOW)
