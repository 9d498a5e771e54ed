"""Pages of runbooks, by what a person is doing."""

from runbooks.views import (
    editing,
    escalation,
    flags,
    history,
    images,
    keeping,
    lifecycle,
    people,
    preview,
    readiness,
    reading,
    starting,
    templates,
)

__all__ = [
    "editing",
    "escalation",
    "flags",
    "history",
    "images",
    "keeping",
    "lifecycle",
    "people",
    "preview",
    "readiness",
    "reading",
    "starting",
    "templates",
]
