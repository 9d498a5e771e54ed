"""What the tools that filter text do: most only print, and some of their options, or scripts, write or run things."""

from __future__ import annotations

import re

from runbooks.reading.toolrules import READ, UNKNOWN, WRITE, Rule, Words

_IN_PLACE = re.compile(r"-[a-zA-Z]*i|--in-?place")
_SED_WRITES = re.compile(r"(?:^|[;{}/\d\n])\s*[gpI\d]*[weW](?:\s|$)")
_AWK_WRITES = re.compile(r"\bsystem\s*\(|\bclose\s*\(|\bprintf?\b[^;}\n]*[>|]|\|&?\s*getline")


def _tell_sed(words: Words) -> str:
    """A script can write files (`w`) and run commands (`e`)."""
    if any(_IN_PLACE.match(word) for word in words[1:]):
        return WRITE
    scripts = [word for word in words[1:] if not word.startswith("-")]
    is_known = "-f" not in words and not any(_SED_WRITES.search(script) for script in scripts[:1])
    return READ if is_known else UNKNOWN


def _tell_awk(words: Words) -> str:
    """A program can print into files and pipes, and run commands."""
    if "inplace" in words:
        return WRITE
    is_known = not any(re.match(r"-f|--file|-E", word) for word in words[1:])
    return READ if is_known and not any(_AWK_WRITES.search(word) for word in words[1:]) else UNKNOWN


def _tell_perl(words: Words) -> str:
    return WRITE if any(re.match(r"-\w*i", word) for word in words[1:]) else UNKNOWN


def _tell_sort(words: Words) -> str:
    return WRITE if any(re.match(r"-\w*o|--output", word) for word in words[1:]) else READ


def _tell_two_files(words: Words) -> str:
    """uniq and xxd: a second file is the one they write."""
    files = [word for word in words[1:] if not word.startswith(("-", "+")) and not word.isdigit()]
    return READ if len(files) < 2 else WRITE


RULES: dict[str, Rule] = {
    "sed": _tell_sed,
    "perl": _tell_perl,
    "sort": _tell_sort,
    "uniq": _tell_two_files,
    "xxd": _tell_two_files,
    "tree": lambda words: WRITE if "-o" in words else READ,
}
RULES |= dict.fromkeys(("awk", "gawk", "mawk"), _tell_awk)
