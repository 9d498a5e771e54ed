"""Documents that were imported together find each other: relative links become the portal's addresses."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from urllib.parse import unquote

from django.urls import reverse

from runbooks.models import Runbook, SourceImage
from runbooks.models.image import EXTENSIONS
from runbooks.own_pages import OwnPages

# A link in a wiki or site generator names a page with or without its ending, or the folder it stands for.
ENDINGS = ("", ".md", ".markdown", "/README.md", "/index.md", "/_index.md")


@dataclass
class SourceMap:
    """Every imported document and image of one source, by source id, with its address in the portal."""

    addresses: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, source: str) -> SourceMap:
        """The map of a source (the first part of its ids), in two queries."""
        found = cls()
        runbooks = Runbook.objects.filter(source_id__startswith=f"{source}/")
        for source_id, service, slug in runbooks.values_list("source_id", "service__slug", "slug"):
            found.add_runbook(str(source_id), service, slug)
        images = SourceImage.objects.filter(source_id__startswith=f"{source}/")
        for source_id, sha256, media_type in images.values_list("source_id", "image__sha256", "image__media_type"):
            found.addresses[source_id] = reverse("runbooks:image", args=[sha256, EXTENSIONS[media_type]])
        return found

    def add_runbook(self, source_id: str, service: str, slug: str) -> None:
        """Note a document that was just imported."""
        self.addresses[source_id] = reverse("runbooks:detail", args=[service, slug])

    def resolver(self, source_id: str, runbook: Runbook | None = None) -> OwnPages:
        """What turns the relative links of that document into addresses, and checks those into the portal.

        None for what was not imported and is no page of the portal either.
        """

        def resolve(target: str) -> str | None:
            path, mark, anchor = target.partition("#")
            path = unquote(path.partition("?")[0])
            if not path or "\x00" in path:
                return None
            for folder in _starts_of(source_id, path):
                joined = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
                found = next((self.addresses[joined + end] for end in ENDINGS if joined + end in self.addresses), "")
                if found:
                    return found + mark + anchor
            return None

        return OwnPages(resolve, runbook=runbook)


def _starts_of(source_id: str, path: str) -> list[str]:
    """The folders a path may start from: the document's own; for `/x.md`, where the site's root may be any folder above."""
    folder = posixpath.dirname(source_id)
    if not path.startswith("/"):
        return [folder]
    parts = folder.split("/")
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]


def resolver_for(runbook: Runbook) -> OwnPages:
    """The link resolver of one runbook. One that was not imported stands beside nothing, and may lead to the portal's pages."""
    if not runbook.source_id:
        return OwnPages(runbook=runbook)
    source = runbook.source_id.split("/", 1)[0]
    return SourceMap.load(source).resolver(runbook.source_id, runbook)
