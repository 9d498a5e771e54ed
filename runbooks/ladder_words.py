"""What a level of a written ladder says: `Ann Lee, database lead, +44 …`, `On-call engineer (#desk)`. Pure.

A `Candidate` is what a level of a path can call; whether the words mean it is asked in one place, here, by what matches
ladders for adoption and by what compares them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from runbooks.reading.reach import split_reach
from runbooks.reading.wording import given, key

_LONGEST = 500
_OTHERS = re.compile(r"[;/|&]|\s(?:and|or|then)\s", re.IGNORECASE)  # between two that are called
_PARTS = re.compile(r"[,()]")  # before what is said about one of them, or between two
_LEADS = frozenset({"lead", "team lead", "squad lead", "lead of that team", "lead of the team", "team leader"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ON_CALL = re.compile(
    r"\bon ?call\b|\b(?:primary|secondary|back ?up|first line|second line|rota|duty engineer|responder|pager)\b"
)
_SECOND = re.compile(r"\b(?:secondary|second|back ?up)\b")
_THIRD = re.compile(r"\b(?:third|tertiary)\b")
# Words of an on-call phrase that do not say whose on-call it is.
_COMMON = _words(
    "on call oncall engineer engineers person of the for in a an s service services team teams that this its our primary "
    "secondary second first third tertiary backup back up line rota duty responder pager shift current whoever is who "
    "support developer dev operator ops technician via pagerduty opsgenie"
)
# Words that make a phrase a role instead of a name.
_ROLES = _words(
    "lead leader manager management engineer engineering owner officer director head chief vp cto cio ceo coo ciso sre dba "
    "team squad desk office leadership executive executives administrator admin architect specialist expert developer "
    "support operations ops supervisor coordinator commander captain master analyst staff group department vendor provider "
    "hotline line number phone contact service oncall call product security platform database network"
)
_PARTICLES = _words("de da di du del der den van von la le el al bin ibn of ten ter zu y e dos")
_TITLES = _words("captain dr mr mrs ms mx prof sir dame")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can be called. `key` leads back to it; numbers are digits only, addresses in lower case.

    For a layer `people` are those who take turns in it; for a contact `name` is the one name.
    """

    key: str
    kind: str  # "layer", "contact" or "channel"
    name: str
    role: str = ""
    team: str = ""
    rotation: str = ""
    rank: int = 0
    people: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text names: phrases as written, in groups that may be about one person, and ways to reach somebody."""

    groups: tuple[tuple[str, ...], ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    chats: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """All phrases, in order."""
        return tuple(phrase for group in self.groups for phrase in group)


def read_mentions(text: str) -> Mentions:
    """Take the contact of a level apart."""
    phones: list[str] = []
    emails: list[str] = []
    chats: list[str] = []
    rest = text[:_LONGEST]
    for _ in range(8):
        reach = split_reach(rest)
        phones += [reach.phone] if reach.phone else []
        emails += [reach.email] if reach.email else []
        chats += [reach.chat] if reach.chat else []
        if not reach.is_found:
            break
        rest = reach.rest
    groups = (
        tuple(phrase for part in _PARTS.split(group) if (phrase := given(part.strip(" -–—.:"))))
        for group in _OTHERS.split(rest)
    )
    return Mentions(tuple(filter(None, groups)), tuple(phones), tuple(emails), tuple(chats))


def fold(text: str) -> str:
    """Words by which names are compared: without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ø", "o").replace("Ø", "O"))
    return key("".join(letter for letter in plain if not unicodedata.combining(letter)))


def digits(number: str) -> str:
    """A telephone number by what is dialled; without leading zeros, so that `00 44` and `+44` are one."""
    return "".join(letter for letter in number if letter.isdigit()).lstrip("0")


def is_on_call(phrase: str) -> bool:
    """Whether the words mean whoever is on call, not somebody by name."""
    return bool(_ON_CALL.search(fold(phrase)))


def rank_of(phrase: str) -> int:
    """1 for who answers first, 2 for the backup, 3 for a third line."""
    words = fold(phrase)
    if _THIRD.search(words):
        return 3
    return 2 if _SECOND.search(words) else 1


def says_whose(phrase: str) -> frozenset[str]:
    """The words of an on-call phrase that name a team or a rotation: `harbour` in “Harbour on-call”."""
    return frozenset(fold(phrase).split()) - _COMMON


def is_name(phrase: str) -> bool:
    """Whether the words look like the name of a person: at least two, each with a capital, none that makes it a role."""
    words = [word for word in phrase.replace("’", "'").split() if fold(word) not in _TITLES]
    if not 2 <= len(words) <= 5 or any(fold(word) in _ROLES for word in words):
        return False
    return all(word[0].isupper() or fold(word) in _PARTICLES for word in words) and not any(
        letter.isdigit() for letter in phrase
    )


def means_person(phrase: str, name: str) -> bool:
    """Whether a phrase names that person: the whole name stands in it, as in “Captain Ann Lee”."""
    wanted, words = fold(name), fold(phrase)
    if not wanted:
        return False
    return wanted == words if " " not in wanted else f" {wanted} " in f" {words} "


def is_lead(phrase: str) -> bool:
    """Whether the words mean the lead of whatever team it is about."""
    return fold(phrase) in _LEADS


def leads(candidate: Candidate) -> bool:
    """Whether the directory calls the contact somebody's lead."""
    return "lead" in fold(candidate.role).split()


def means_role(phrase: str, candidate: Candidate) -> bool:
    """Whether a phrase is the contact's role, perhaps with its team before it: “Booking lead”."""
    role, words = fold(candidate.role), fold(phrase)
    if not role:
        return False
    if words == role:
        return True
    team = frozenset(fold(candidate.team).split())
    extra = frozenset(words.split()) - frozenset(role.split())
    return words.endswith(role) and bool(extra) and extra <= team


def means_layer(phrase: str, candidate: Candidate) -> bool:
    """Whether an on-call phrase means that layer: its rank, and the team or rotation that the words name, if any."""
    named = fold(candidate.name)
    if not is_on_call(phrase) and f" {named} " not in f" {fold(phrase)} ":
        return False
    own = frozenset(f"{named} {fold(candidate.rotation)} {fold(candidate.team)}".split())
    whose = says_whose(phrase)
    if whose and not whose & own:
        return False
    return f" {named} " in f" {fold(phrase)} " or rank_of(phrase) == candidate.rank


def means_channel(chat: str, candidate: Candidate) -> bool:
    """Whether a chat handle is the channel's."""
    return fold(chat.lstrip("#@")) == fold(candidate.name.lstrip("#@"))
