"""Pages of runbooks, by what a person is doing."""

from runbooks.views import (
    editing,
    history,
    images,
    keeping,
    lifecycle,
    preview,
    readiness,
    reading,
    starting,
    templates,
)

__all__ = [
    "editing",
    "history",
    "images",
    "keeping",
    "lifecycle",
    "preview",
    "readiness",
    "reading",
    "starting",
    "templates",
]
