"""What runs beside the pages."""

from celery import shared_task

from runbooks.search.rebuilding import reindex_renamed


@shared_task
def refresh_search() -> None:
    """Index again what is called otherwise since, such as the runbooks of a renamed service. Harmless when run twice."""
    reindex_renamed()
