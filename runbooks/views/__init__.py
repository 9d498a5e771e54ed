"""Pages of runbooks, by what a person is doing."""

from runbooks.views import (
    editing,
    escalation,
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
