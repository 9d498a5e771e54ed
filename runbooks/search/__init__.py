"""Search: from a stored version to its entries, and from a question to the place that answers it."""

from runbooks.search.engine import search, suggest
from runbooks.search.index import index_runbook, index_version, refresh_state
from runbooks.search.unanswered import count_unanswered

__all__ = ["count_unanswered", "index_runbook", "index_version", "refresh_state", "search", "suggest"]
