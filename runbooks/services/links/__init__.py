"""Links that lead out of runbooks: which there are, and whether anybody answers there."""

from runbooks.services.links.checking import check_due
from runbooks.services.links.recording import forget_unused, record_links
from runbooks.services.links.writing import ask_again

__all__ = ["ask_again", "check_due", "forget_unused", "record_links"]
