"""What the pages share: fetching what a person may see."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from runbooks.models import Runbook, RunbookVersion


def get_runbook(user: User, service: str, slug: str) -> Runbook:
    """The runbook at that address, or 404 when there is none that this person may know of."""
    visible = Runbook.objects.visible_to(user).select_related("service", "team", "owner")
    return get_object_or_404(visible, service__slug=service, slug=slug)


def get_version(runbook: Runbook, number: tuple[int, int]) -> RunbookVersion:
    """One version of a runbook that was fetched through `get_runbook`, or 404."""
    people = RunbookVersion.objects.select_related("author", "approved_by", "activated_by")
    version = people.filter(runbook=runbook, major=number[0], minor=number[1]).first()
    if version is None:
        raise Http404(f"{runbook} has no version {number[0]}.{number[1]}.")
    version.runbook = runbook
    return version


def may_write(user: User) -> bool:
    """Whether the person may begin runbooks or edit them: who may use the editor's preview."""
    return user.has_perm("runbooks.change_runbook") or user.has_perm("runbooks.add_runbook")


def may_add_images(user: User) -> bool:
    """Whether the person may put in pictures: who writes runbooks, and who writes in the timeline of an incident."""
    return may_write(user) or user.has_perm("incidents.add_timelineentry")
