"""Where an imported document belongs: its service, kind, title and owner, told from its facts and its place."""

from __future__ import annotations

from pathlib import PurePosixPath

from accounts.models import Team, User
from accounts.services import ensure_team
from oncall.models import Classification, Service
from oncall.services import ensure_link, ensure_service
from runbooks.models import Kind
from runbooks.reading import Document
from runbooks.reading.kinds import FILE_NAME

# Folders that say what kind of document is in them, and nothing of the service.
KIND_FOLDERS = {"incidents", "monitoring", "procedures"}
INDEX_NAMES = {"readme", "index", "_index"}
# Facts of a runbook that are addresses of its service.
LINK_FACTS = {
    "production_url": "production",
    "staging_url": "staging",
    "repository_url": "repository",
    "logs_url": "logs",
    "status_page_url": "status",
    "dashboard_url": "dashboard",
}


def name_service(document: Document, path: str, folder: str) -> str:
    """The name of the service a document belongs to.

    Its own facts first; then the folder below `runbooks/`; then the topmost folder that does not just name a kind; a loose
    file names its service itself. `folder` is the name of the imported folder, used for a README at its top.
    """
    stated = _stated_subject(document)
    if stated and len(stated) <= 120:
        return stated
    parts = PurePosixPath(path).parts
    folders, stem = parts[:-1], PurePosixPath(path).stem
    if "runbooks" in folders:
        folders = folders[folders.index("runbooks") + 1 :]
    named = [name for name in folders if name.lower() not in KIND_FOLDERS]
    if named:
        return named[0]
    return folder if stem.lower() in INDEX_NAMES else stem


def _stated_subject(document: Document) -> str:
    """The service or system that the text names; "" when the reader only had the file's name to go by."""
    facts = [document.fact("service"), document.fact("system")]
    return next((fact.value for fact in facts if fact and not fact.missing and fact.label != FILE_NAME), "")


def find_service(document: Document, path: str, folder: str, forced: Service | None) -> Service:
    """That service, made when it is missing, with the team, SLO and links that the document states."""
    if forced is not None:
        service = forced
    else:
        team = document.value("team")
        service = ensure_service(
            name_service(document, path, folder),
            team=ensure_team(team) if team and len(team) <= 120 else None,
            slo=document.value("slo"),
        )
    for name, kind in LINK_FACTS.items():
        fact = document.fact(name)
        if fact is not None and not fact.missing:
            ensure_link(service, kind, fact.url or fact.value)
    return service


def find_kind(document: Document) -> str:
    """The kind the reader told; a service runbook when nothing tells."""
    return document.kind if document.kind in Kind.values else Kind.SERVICE


def find_title(document: Document) -> str:
    """The title the reader told, on one line."""
    return (" ".join(document.title.split()) or "Untitled")[:300]


def find_owner(document: Document) -> User | None:
    """The person named as owner, when exactly one person here has that name or address."""
    stated = document.value("owner")
    if not stated:
        return None
    people = list(User.objects.filter(email__iexact=stated)[:2] or User.objects.filter(display_name__iexact=stated)[:2])
    return people[0] if len(people) == 1 else None


def find_team(document: Document, service: Service) -> Team | None:
    """The team named in the text when it exists, else the service's."""
    stated = document.value("team") or document.value("owner")
    return (Team.objects.filter(name__iexact=stated).first() if stated else None) or service.team


def find_classification(document: Document) -> str:
    """Public, Internal or Confidential as stated; Internal when nothing or something else is said."""
    stated = document.value("classification").lower()
    return next((c for c in reversed(Classification.values) if c in stated), Classification.INTERNAL)
