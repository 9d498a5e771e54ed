"""What a new portal begins with: a scale of severities, rules for alerts, texts for updates."""

from __future__ import annotations

from incidents.services.alert_rules import ensure_rules
from incidents.services.severities import ensure_severities
from incidents.services.update_templates import ensure_update_templates


def ensure_defaults() -> None:
    """Run after migrations; what is there already is left as it is."""
    ensure_severities()
    ensure_rules()
    ensure_update_templates()
