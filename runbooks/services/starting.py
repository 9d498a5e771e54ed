"""Starting: a runbook from a template that is filled for its service, or from a text that somebody has."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.errors import require
from accounts.models import User
from oncall.models import Service
from oncall.services import create_service
from runbooks.errors import Refused
from runbooks.models import RunbookTemplate, RunbookVersion
from runbooks.reading import read
from runbooks.rendering import check_text
from runbooks.services.drafts import create_runbook
from runbooks.services.templates import default_title, fill_template


@transaction.atomic
def start_runbook(
    *,
    service: Service | str,
    author: User,
    now: dt.datetime,
    template: RunbookTemplate | None = None,
    markdown: str = "",
    title: str = "",
    alert: str = "",
    kind: str = "",
) -> RunbookVersion:
    """Make a runbook with version 1.0 as a draft, from `markdown` when there is any, else from the template.

    `service` may be the name of one that is not there yet. Without a title the text's own or the template's is taken, and
    without a kind that of the text or the template. Raises Refused when there is nothing to begin with, and what
    `create_runbook` raises; then nothing is left behind, no service either.
    """
    require(author, "runbooks.add_runbook", "write runbooks")
    if template is None and not markdown.strip():
        raise Refused("Choose a template, or paste a text.")
    if isinstance(service, str):
        service = find_or_add_service(service, user=author)
    if markdown.strip():
        return _start_from_text(service, markdown, title, kind, author, now)
    assert template is not None  # said above
    title = title.strip() or default_title(template, service, alert)
    return create_runbook(
        service=service,
        title=title,
        kind=kind or template.kind,
        markdown=fill_template(template, service, user=author, now=now, title=title, alert=alert),
        author=author,
        now=now,
        change_summary=f"Begun from the template “{template.name}”",
    )


def find_or_add_service(name: str, *, user: User) -> Service:
    """The service of that name, as far as the person may know it; else a new one, of their team if they have just one.

    A service that they may not know of stays unknown to them: the new one only gets another address.
    """
    known = Service.objects.visible_to(user).filter(name__iexact=" ".join(name.split())).first()
    if known is not None:
        return known
    require(user, "oncall.add_service", "add services")
    memberships = list(user.memberships.select_related("team")[:2])
    try:
        return create_service(name, team=memberships[0].team if len(memberships) == 1 else None)
    except ValidationError as error:
        raise Refused(f"The service could not be added: {' '.join(error.messages)}") from None


def _start_from_text(
    service: Service, markdown: str, title: str, kind: str, author: User, now: dt.datetime
) -> RunbookVersion:
    check_text(markdown)
    text = markdown.replace("\r\n", "\n")  # browsers send the former, whatever was pasted
    document = read(text)
    return create_runbook(
        service=service,
        title=title.strip() or document.title.strip()[:300] or service.name,
        kind=kind or document.kind or "service",
        markdown=text,
        author=author,
        now=now,
    )
