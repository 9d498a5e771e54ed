"""Context for templates that are cached in part: looked up only where the template asks for it."""

from functools import partial
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.functional import SimpleLazyObject

from runbooks.reading import SCHEMA


def lazily(source: object, *names: str) -> dict[str, Any]:
    """The named attributes of `source`, each read at its first use, and then kept."""
    return {name: SimpleLazyObject(partial(getattr, source, name)) for name in names}


def release() -> str:
    """Something that differs from release to release: the static files' names in a page, and the reader's schema."""
    return f"{SCHEMA}-{getattr(staticfiles_storage, 'manifest_hash', '')}"
