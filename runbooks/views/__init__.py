"""Pages of runbooks, by what a person is doing."""

from runbooks.views import editing, history, images, lifecycle, reading

__all__ = ["editing", "history", "images", "lifecycle", "reading"]
