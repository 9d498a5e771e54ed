"""Templates: filled for a service, made, changed, hidden, and made out of a runbook."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.utils.text import slugify

from accounts.errors import require
from accounts.models import User
from oncall.models import Classification, Service
from runbooks.errors import Refused
from runbooks.filling import NAMES, Known, fill, names_in
from runbooks.models import Runbook, RunbookTemplate, RunbookVersion
from runbooks.rendering import check_text
from runbooks.services.known_facts import gather_facts
from runbooks.services.secrets import check_secrets
from runbooks.starters import STARTERS
from runbooks.unfilling import unfill

MEANINGS = {name: Known(meaning) for name, meaning in NAMES.items()}
SHIPPED = frozenset(starter.slug for starter in STARTERS)


def ensure_templates() -> None:
    """Put the templates that come with the portal where they are missing; one that is there is left as it is.

    Run after migrations, so when a portal is new or gets a new release, not at every start.
    """
    known = set(RunbookTemplate.objects.filter(slug__in=SHIPPED).values_list("slug", flat=True))
    missing = [
        RunbookTemplate(
            slug=starter.slug,
            name=starter.name,
            kind=starter.kind,
            description=starter.description,
            markdown=starter.read_text(),
        )
        for starter in STARTERS
        if starter.slug not in known
    ]
    if missing:
        RunbookTemplate.objects.bulk_create(missing, ignore_conflicts=True)  # a name may be somebody's own by now


def offered_templates() -> QuerySet[RunbookTemplate]:
    """What a new runbook may begin with: the portal's own in the order they are shipped in, then the others by name."""
    order = [When(slug=starter.slug, then=number) for number, starter in enumerate(STARTERS)]
    return RunbookTemplate.objects.filter(is_offered=True).order_by(Case(*order, default=len(order)), "name")


def default_title(template: RunbookTemplate, service: Service, alert: str = "") -> str:
    """What a runbook is called when nobody says: the alert it answers, else the service and what the template is."""
    if alert.strip() and "alert" in names_in(template.markdown):
        return alert.strip()[:300]
    if template.slug == "blank":
        return service.name
    name = template.name if template.name.isupper() else template.name[:1].lower() + template.name[1:]
    return f"{service.name} {name}"[:300]


def fill_template(
    template: RunbookTemplate, service: Service, *, user: User, now: dt.datetime, title: str = "", alert: str = ""
) -> str:
    """The template's text with what this person may know of the service; dates are days where they live."""
    facts = gather_facts(
        service,
        user=user,
        today=_day_of(user, now),
        title=title.strip() or default_title(template, service, alert),
        alert=alert.strip(),
    )
    return fill(template.markdown, facts)


def try_template(template: RunbookTemplate, service: Service | None, *, user: User, now: dt.datetime) -> str:
    """How a template fills; without a service each name by what it means. Raises TextRefused for what can't be stored."""
    check_text(template.markdown)
    return (
        fill(template.markdown, MEANINGS) if service is None else fill_template(template, service, user=user, now=now)
    )


def draft_template(version: RunbookVersion, *, user: User, now: dt.datetime) -> str:
    """The text of a version with the service's own facts taken out of it again, to be looked over and then added."""
    runbook = version.runbook
    facts = gather_facts(runbook.service, user=user, today=_day_of(user, now), title=runbook.title)
    return unfill(version.markdown, facts, title=runbook.title)


@transaction.atomic
def add_template(
    *,
    name: str,
    markdown: str,
    user: User,
    kind: str,
    description: str = "",
    is_offered: bool = True,
    source: Runbook | None = None,
    may_be_known: bool = False,
) -> RunbookTemplate:
    """Make a template. Raises NotAllowed, TextRefused, SecretFound, or ValidationError for bad fields.

    Every editor reads templates: out of a Confidential runbook (`source`) one comes only when the person says that what it
    holds `may_be_known`; else Refused is raised.
    """
    require(user, "runbooks.add_runbooktemplate", "make templates")
    if source is not None and is_confidential(source) and not may_be_known:
        raise Refused("This runbook is Confidential, and every editor can read templates. Say that they may know this.")
    template = RunbookTemplate(slug=_free_slug(name))
    return _write(template, user, name, markdown, kind, description, is_offered=is_offered)


@transaction.atomic
def change_template(
    template: RunbookTemplate,
    *,
    name: str,
    markdown: str,
    user: User,
    kind: str,
    description: str = "",
    is_offered: bool = True,
) -> RunbookTemplate:
    """Change a template. Runbooks that were begun with it stay as they are. Raises as `add_template` does."""
    require(user, "runbooks.change_runbooktemplate", "change templates")
    template = RunbookTemplate.objects.select_for_update().get(pk=template.pk)
    return _write(template, user, name, markdown, kind, description, is_offered=is_offered)


@transaction.atomic
def delete_template(template: RunbookTemplate, *, user: User) -> None:
    """Delete a template. Raises Refused for one that comes with the portal: it would be back after the next upgrade."""
    require(user, "runbooks.delete_runbooktemplate", "delete templates")
    if template.slug in SHIPPED:
        raise Refused(
            f"“{template}” comes with the portal and would be back after the next upgrade. Stop offering it instead."
        )
    template.delete()


def is_confidential(runbook: Runbook) -> bool:
    """Whether the runbook or its service is Confidential."""
    return Classification.CONFIDENTIAL in (runbook.classification, runbook.service.classification)


def _write(
    template: RunbookTemplate, user: User, name: str, markdown: str, kind: str, description: str, *, is_offered: bool
) -> RunbookTemplate:
    check_text(markdown)
    check_secrets(markdown)
    template.name = name.strip()
    template.kind = kind
    template.description = description.strip()
    template.markdown = markdown.replace("\r\n", "\n")  # browsers send the former, whatever was typed
    template.is_offered = is_offered
    template.updated_by = user
    template.full_clean()
    template.save()
    return template


def _free_slug(name: str) -> str:
    """The address of a new template: it stays when the name changes."""
    stem = slugify(name)[:100].strip("-") or "template"
    taken = set(RunbookTemplate.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | SHIPPED
    return next(slug for n in range(1, len(taken) + 2) if (slug := f"{stem}-{n}" if n > 1 else stem) not in taken)


def _day_of(user: User, now: dt.datetime) -> dt.date:
    return now.astimezone(zoneinfo.ZoneInfo(user.time_zone)).date()
