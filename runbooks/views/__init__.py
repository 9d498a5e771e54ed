"""Pages of runbooks, by what a person is doing."""

from runbooks.views import (
    editing,
    escalation,
    flags,
    gates,
    history,
    images,
    keeping,
    lifecycle,
    people,
    preview,
    readiness,
    reading,
    review_pauses,
    reviews,
    starting,
    templates,
)

__all__ = [
    "editing",
    "escalation",
    "flags",
    "gates",
    "history",
    "images",
    "keeping",
    "lifecycle",
    "people",
    "preview",
    "readiness",
    "reading",
    "review_pauses",
    "reviews",
    "starting",
    "templates",
]
