"""People, vendors and channels that runbooks name, compared with the directory of on-call."""

from runbooks.people_found.directory import load_directory
from runbooks.people_found.findings import find_departed
from runbooks.people_found.matching import Directory, Entry, Match, match
from runbooks.people_found.mentions import find_mentions
from runbooks.people_found.named import Named, names_in, people_in

__all__ = [
    "Directory",
    "Entry",
    "Match",
    "Named",
    "find_departed",
    "find_mentions",
    "load_directory",
    "match",
    "names_in",
    "people_in",
]
