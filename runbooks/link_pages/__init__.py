"""What pages say about links that lead out of runbooks."""

from runbooks.link_pages.findings import find_dead_links
from runbooks.link_pages.host import HostPage
from runbooks.link_pages.report import LinkReport

__all__ = ["HostPage", "LinkReport", "find_dead_links"]
