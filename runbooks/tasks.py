"""What runs beside the pages."""

from celery import shared_task
from django.utils import timezone

from runbooks.search.rebuilding import reindex_renamed
from runbooks.services.freshness import refresh_freshness
from runbooks.services.links import check_due, forget_unused
from runbooks.services.noticing import notice_departed, notice_services
from runbooks.services.reminders import send_due


@shared_task
def refresh_search() -> None:
    """Index again what is called otherwise since, such as the runbooks of a renamed service. Harmless when run twice."""
    reindex_renamed()


@shared_task
def age_runbooks() -> None:
    """Time passed: bring the freshness of all runbooks in line with today's facts. Harmless when run twice."""
    refresh_freshness(None, timezone.now())


@shared_task
def send_reminders() -> None:
    """Tell everybody, in their own morning, which runbooks wait for a look; each line once."""
    send_due(timezone.now())


@shared_task
def check_links() -> None:
    """Ask the addresses that are due whether anybody answers, for the better part of a minute at most."""
    check_due(now=timezone.now)


@shared_task
def forget_links() -> None:
    """Forget addresses that no text leads to any more. Harmless when run twice."""
    forget_unused(timezone.now())


@shared_task
def notice_gone_people() -> None:
    """Who left is still named in runbooks, or called by an escalation path. Harmless when run twice."""
    notice_departed(timezone.now())


@shared_task
def notice_changed_services() -> None:
    """A service is another than when it was last looked at: its runbooks may be out of date. Harmless when run twice."""
    notice_services(timezone.now())
