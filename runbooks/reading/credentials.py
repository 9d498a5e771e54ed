"""Where a text speaks of credentials: what somebody from security should have looked at before it becomes active."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Words, alone or in a name such as DB_PASSWORD, clientSecret or secretName; “secretary” is none. Every quantifier has a bound.
_WORD = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z0-9]{1,30}[_-]){0,4}[A-Za-z0-9]{0,30}?"
    r"(?:pass(?:word|wd|phrase|code)s?|credentials?|api[ _-]?keys?|access[ _-]?keys?|private[ _-]?keys?|secret[ _-]?keys?"
    r"|secrets?|tokens?)(?!(?-i:[a-z]))",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"\bAuthorization:|\bBearer |\bid_(?:rsa|ed25519)\b|[\w-]{1,40}\.(?:pem|p12|pfx|keytab)\b")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
MOST = 20
LONGEST = 60  # characters of a mention that are shown


@dataclass(frozen=True, slots=True)
class Mention:
    """A word that speaks of credentials, never the credential; `line` counts from 1."""

    word: str
    line: int


def find_credential_mentions(markdown: str) -> tuple[Mention, ...]:
    """The first MOST of them, one a line, in prose and in commands. Comments, which no reader sees, don't count."""
    found = []
    for number, line in enumerate(_COMMENT.sub(_keep_lines, markdown).split("\n"), start=1):
        match = _WORD.search(line) or _OTHERS.search(line)
        if match:
            found.append(Mention(match[0].strip()[:LONGEST], number))
            if len(found) == MOST:
                break
    return tuple(found)


def _keep_lines(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")
