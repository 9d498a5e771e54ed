"""The example's escalation paths, and which services follow them."""

from __future__ import annotations

from accounts.models import Team
from oncall.models import Channel, Contact, EscalationLevel, EscalationPath, EscalationTarget, Service
from portal.example.oncall_file import LevelEntry, OncallEntries, PathEntry
from portal.example.rotations import find_layer


def load_paths(entries: OncallEntries, teams: dict[str, Team]) -> None:
    """Make the paths that are not there yet; a service that follows none yet follows the new one."""
    for entry in entries.paths:
        if not EscalationPath.objects.filter(slug=entry.slug).exists():
            path = _make_path(entry, teams)
            Service.objects.filter(slug__in=entry.services, escalation_path=None).update(escalation_path=path)


def _make_path(entry: PathEntry, teams: dict[str, Team]) -> EscalationPath:
    path = EscalationPath.objects.create(
        name=entry.name,
        slug=entry.slug,
        team=teams[entry.team],
        description=entry.description,
        triggers=entry.triggers.strip(),
    )
    for position, level in enumerate(entry.levels, 1):
        _make_level(level, path, position)
    return path


def _make_level(entry: LevelEntry, path: EscalationPath, position: int) -> None:
    level = EscalationLevel.objects.create(
        path=path,
        position=position,
        label=entry.label,
        response_minutes=entry.minutes,
        handles=entry.handles,
        escalates_if=entry.escalates_if,
    )
    for call in entry.calls:
        for kind, name in call.items():
            _make_target(level, kind, name)


def _make_target(level: EscalationLevel, kind: str, name: str) -> None:
    """Passed over when somebody here has renamed or removed what it names."""
    target = EscalationTarget(level=level)
    if kind == "layer":
        target.layer = find_layer(name)
    elif kind == "contact":
        target.contact = Contact.objects.filter(name=name).first()
    else:
        target.channel = Channel.objects.filter(channel=name).first()
    if target.layer or target.contact or target.channel:
        target.save()
