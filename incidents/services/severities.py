"""The shared scale of severities that a new portal begins with."""

from __future__ import annotations

from incidents.models import Severity

# Levels, response times and aliases as operations handbooks commonly have them: SEV-1…4, P0…P3.
_SHIPPED = (
    Severity(
        rank=1,
        name="SEV-1",
        aliases="P0, critical",
        description="Nobody can use it, or data is being lost or disclosed.",
        examples="The site is down; customers' data leaked",
        response_minutes=15,
        update_minutes=30,
        escalation=Severity.Escalation.LADDER,
        wants_postmortem=True,
    ),
    Severity(
        rank=2,
        name="SEV-2",
        aliases="P1, major",
        description="An important part does not work, or works far too slowly, for many.",
        examples="Payments fail in one region; pages take half a minute",
        response_minutes=30,
        update_minutes=60,
        escalation=Severity.Escalation.LADDER,
        wants_postmortem=True,
    ),
    Severity(
        rank=3,
        name="SEV-3",
        aliases="P2, minor",
        description="Something is wrong that people can work around.",
        examples="One customer can't log in; a report is late",
        response_minutes=240,
        update_minutes=None,
        escalation=Severity.Escalation.FIRST,
    ),
    Severity(
        rank=4,
        name="SEV-4",
        aliases="P3, low",
        description="It can wait until the next business day.",
        examples="A wrong label; a wish",
        response_minutes=None,
        update_minutes=None,
        escalation=Severity.Escalation.NONE,
    ),
)


def ensure_severities() -> None:
    """Make the shared scale where there is none. Harmless when run twice; a scale that is there is left as it is."""
    if not Severity.objects.filter(team=None).exists():
        names = [field.attname for field in Severity._meta.concrete_fields if not field.primary_key]
        copies = (Severity(**{name: getattr(one, name) for name in names}) for one in _SHIPPED)
        Severity.objects.bulk_create(copies, ignore_conflicts=True)
