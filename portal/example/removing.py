"""Removing the example content, and nothing that somebody here made."""

from __future__ import annotations

from dataclasses import dataclass, field

import pgtrigger
from django.db import models, transaction
from django.db.models import ForeignObjectRel, Q

from accounts.models import Membership, Team, User
from incidents.models import Run
from oncall.models import Dependency, Service, ServiceLink
from portal.example.company import RUNBOOKS, Company, read_company
from portal.example.loading import SOURCE
from portal.example.oncall_file import read_oncall
from portal.example.removing_handoffs import remove_handoffs
from portal.example.removing_incidents import remove_incidents
from portal.example.removing_oncall import (
    find_own_oncall_rows,
    remove_directory,
    remove_paths,
    remove_rotations,
    remove_tests_of,
)
from portal.example.upkeep import remove_upkeep
from runbooks.models import (
    DraftSave,
    Image,
    NotMine,
    Reminder,
    ReminderMorning,
    ReviewPolicy,
    Runbook,
    RunbookVersion,
    ServiceSnapshot,
    SourceImage,
)


@dataclass
class Removal:
    """What was removed, as a number of rows by the model's plural name; and what stays, with the reason."""

    removed: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "removed " + (
            ", ".join(f"{number} {name}" for name, number in self.removed.items() if number) or "nothing"
        )


@transaction.atomic
def remove_example(*, also_edited: bool = False) -> Removal:
    """Remove the example's incidents, its runbooks, its on-call, services, teams and people.

    A runbook that somebody here has edited holds their words: it stays unless `also_edited`. What something of the
    portal's own refers to stays as well.
    """
    company = read_company()
    removal = Removal()
    removal.removed |= remove_handoffs(company, removal.kept)
    removal.removed |= remove_incidents(company, removal.kept)
    remove_upkeep()
    _remove_runbooks(company, removal, also_edited=also_edited)
    _remove_images(removal)
    own = _find_own_rows(company)
    _remove_oncall(company, own, removal)
    services = {entry.slug: entry.name for entry in company.services}
    teams = {entry.slug: entry.name for entry in company.teams}
    _remove_unused(Service.objects.filter(slug__in=services), own, removal, services)
    _remove_unused(User.objects.filter(email__in=[entry.email for entry in company.people]), own, removal)
    _remove_unused(Team.objects.filter(slug__in=teams), own, removal, teams)
    return removal


def _remove_runbooks(company: Company, removal: Removal, *, also_edited: bool) -> None:
    """Delete example runbooks with all their versions.

    This is the one place where active and superseded versions go: the trigger that protects history is passed over, for
    this history never happened.
    """
    runbooks = Runbook.objects.filter(is_example=True)
    if not also_edited:
        theirs = ~Q(author__email__in=[entry.email for entry in company.people])  # NULL is an import's
        edited = set(DraftSave.objects.filter(theirs, author__isnull=False).values_list("version__runbook", flat=True))
        edited |= set(RunbookVersion.objects.filter(theirs, author__isnull=False).values_list("runbook", flat=True))
        removal.kept += [f"{runbook}: somebody here has edited it" for runbook in runbooks.filter(pk__in=edited)]
        runbooks = runbooks.exclude(pk__in=edited)
    run = set(Run.objects.filter(runbook__in=runbooks).values_list("runbook", flat=True))
    removal.kept += [f"{runbook}: runs refer to it" for runbook in runbooks.filter(pk__in=run)]
    runbooks = runbooks.exclude(pk__in=run)
    removal.removed["runbooks"] = runbooks.count()
    with pgtrigger.ignore("runbooks.RunbookVersion:no_delete_of_history"):
        runbooks.delete()


def _remove_images(removal: Removal) -> None:
    """Delete the example's images, except where a page still shows them."""
    ids = [f"{SOURCE}/{path.relative_to(RUNBOOKS).as_posix()}" for path in RUNBOOKS.rglob("*") if path.is_file()]
    images = Image.objects.filter(sources__source_id__in=ids, uploaded_by__isnull=True).distinct().defer("content")
    removal.removed["images"] = 0
    for image in images:
        if RunbookVersion.objects.filter(html__contains=image.sha256).exists():
            continue
        SourceImage.objects.filter(image=image, source_id__in=ids).delete()
        if not image.sources.exists():
            image.delete()
            removal.removed["images"] += 1


def _remove_oncall(company: Company, own: dict[type[models.Model], Q], removal: Removal) -> None:
    """Paths come first, for they refer to rotations and contacts."""
    entries = read_oncall()
    remove_tests_of(company)
    remove_paths(entries, company, lambda rows: _remove_unused(rows, own, removal))
    removal.removed["rotations"] = remove_rotations(entries, company, removal.kept)
    remove_directory(entries, company, lambda rows: _remove_unused(rows, own, removal))


def _find_own_rows(company: Company) -> dict[type[models.Model], Q]:
    """Rows that refer to services, teams and people and are no reason to keep them: they came with the example."""
    services = [entry.slug for entry in company.services]
    return find_own_oncall_rows() | {
        ServiceLink: Q(),  # part of their service
        ServiceSnapshot: Q(),  # as are what was noticed of it …
        ReviewPolicy: Q(),  # … and a team's own rules of its team
        **dict.fromkeys((NotMine, Reminder, ReminderMorning), Q()),  # of their person
        Dependency: Q(service__slug__in=services, needs__slug__in=services),
        Membership: Q(
            user__email__in=[entry.email for entry in company.people], team__slug__in=[t.slug for t in company.teams]
        ),
    }


def _remove_unused(
    rows: models.QuerySet, own: dict[type[models.Model], Q], removal: Removal, names: dict[str, str] | None = None
) -> None:
    """Delete the rows that nothing else refers to; `names` are those they had, by slug: another name is somebody's own."""
    removal.removed[str(rows.model._meta.verbose_name_plural)] = 0
    for row in rows:
        if names and row.name != names[row.slug]:
            removal.kept.append(f"{row}: it was renamed")
            continue
        users = _find_users(row, own)
        if users:
            removal.kept.append(f"{row}: {users} refer to it")
            continue
        row.delete()
        removal.removed[str(rows.model._meta.verbose_name_plural)] += 1


def _find_users(row: models.Model, own: dict[type[models.Model], Q]) -> str:
    """What refers to a row, as the plural name of the first model found; "" when nothing does."""
    for relation in row._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        model = relation.related_model
        if relation.many_to_many and model._meta.app_label != "incidents":
            continue
        if model._meta.auto_created:
            continue  # rows of a plain many-to-many, such as a person's role
        found = model._base_manager.filter(**{relation.field.name: row})
        if model in own:
            found = found.exclude(own[model]) if own[model] else found.none()
        if found.exists():
            return str(model._meta.verbose_name_plural)
    return ""
