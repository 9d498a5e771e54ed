"""Which entry of the directory a line of a runbook means, and in what the two differ. Pure: no row is asked for here.

The surest sign comes first: the mail address, the telephone number, the chat handle, the name, and for a line that names
nobody, the role within the team. Case, accents and spaces never matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from runbooks.people_found.named import Named

By = Literal["", "email", "phone", "chat", "name", "role"]
_NO_DECOMPOSITION = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
_EXTENSION = re.compile(r"(?:ext(?:ension)?\.?|x|#)\s*\d{1,6}\s*$", re.IGNORECASE)
_TITLE = re.compile(r"^(?:captain|dr|mr|mrs|ms|mx|prof|professor|sir|dame)\b\.?\s+(?=\S)", re.IGNORECASE)
_TRUNK = re.compile(r"\(0\)")
_SHORTEST, _NATIONAL = 5, 9  # digits: fewer tell nothing; so many from the end stand for the number within its country


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory holds of somebody. Values in `personal` are for responders and up."""

    what: Literal["contact", "vendor", "channel", "account"]
    name: str
    url: str
    pk: int = 0
    role: str = ""
    team: int | None = None
    is_shared: bool = False
    has_left: bool = False
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    chats: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()
    availability: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """The runbook says one thing, the directory another. `directory` is empty where it says nothing."""

    label: str
    runbook: str
    directory: str
    is_hidden: bool = False  # what the directory says is not for this reader


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for a line; `entry` is None where the directory has nobody like that."""

    named: Named
    entry: Entry | None = None
    by: By = ""

    def differences(self, sees_personal: bool) -> list[Difference]:
        """In what the line and the entry differ, without telling a personal value to those who may not see it."""
        if self.entry is None or self.entry.what == "account":
            return []
        return _find_differences(self.named, self.entry, sees_personal)


class Directory:
    """Entries, at hand by each sign."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """One more entry, to be found by the next question."""
        for sign in _signs_of(entry):
            self._by[sign].append(entry)

    def find(self, kind: str, sign: str, value: str) -> list[Entry]:
        """Entries of that kind (`person`, `vendor`, `channel`) with that sign; nothing for an empty value."""
        return self._by.get((f"{kind}-{sign}", value), []) if value else []


def match(named: Named, directory: Directory, team: int | None = None) -> Match:
    """The entry that the line means. `team` is that of the runbook's service."""
    if named.what == "vendor":
        return _first(named, team, [("name", directory.find("vendor", "name", name_key(named.name)))])
    if named.what == "channel":
        exact = directory.find("channel", "both", f"{fold(named.role)} {name_key(named.name)}")
        return _first(named, team, [("name", exact), ("name", directory.find("channel", "name", name_key(named.name)))])
    tries: list[tuple[By, list[Entry]]] = [
        ("email", directory.find("person", "email", named.email.casefold())),
        ("phone", _of_the_same_name(named, _with_phone(named.phone, directory))),
        ("chat", _of_the_same_name(named, directory.find("person", "chat", fold(named.chat)))),
        ("name", directory.find("person", "name", name_key(named.name))),
    ]
    if not named.name:
        tries.append(("name", directory.find("person", "name", name_key(named.role))))
        of_role = directory.find("person", "role", fold(named.role))
        in_team = [entry for entry in of_role if team is not None and entry.team == team]
        tries.append(("role", in_team))
    return _first(named, team, tries)


def _first(named: Named, team: int | None, tries: list[tuple[By, list[Entry]]]) -> Match:
    """The first sign that leads to an entry. Among several: of the same name, who is still there, of the same team."""
    for by, entries in tries:
        if entries:
            name = name_key(named.name)
            best = min(
                entries,
                key=lambda one: (
                    name_key(one.name) != name,
                    one.has_left,
                    one.team != team,
                    fold(one.role) != fold(named.role),
                ),
            )
            return Match(named, best, by)
    return Match(named)


def _with_phone(phone: str, directory: Directory) -> list[Entry]:
    """Entries with that number; a number without the code of its country means any that ends like it."""
    whole, national = phone_keys(phone)
    return directory.find("person", "phone", whole) if whole else directory.find("person", "national", national)


def _of_the_same_name(named: Named, entries: list[Entry]) -> list[Entry]:
    """A line that names a person does not mean the shared line they can be called on."""
    name = name_key(named.name)
    if not name:
        return entries
    same = [entry for entry in entries if name_key(entry.name) == name]
    return same or [entry for entry in entries if not entry.is_shared]


def _signs_of(entry: Entry) -> set[tuple[str, str]]:
    kind = "person" if entry.what in ("contact", "account") else entry.what
    signs = {(f"{kind}-name", name_key(entry.name))}
    if entry.what == "channel":
        signs.add(("channel-both", f"{fold(entry.role)} {name_key(entry.name)}"))
    elif kind == "person":
        signs |= {("person-email", email.casefold()) for email in entry.emails}
        signs |= {("person-chat", fold(chat)) for chat in entry.chats}
        signs.add(("person-role", fold(entry.role)))
        for phone in entry.phones:
            whole, national = phone_keys(phone)
            signs |= {("person-phone", whole), ("person-national", national)}
    return {sign for sign in signs if sign[1].strip()}


def entry_of(named: Named, team: int | None) -> Entry:
    """The entry that a line makes, when it is taken over."""
    what = named.what if named.what in ("vendor", "channel") else "contact"
    return Entry(
        what,
        named.title,
        "",
        role=named.role,
        team=team,
        is_shared=not named.name,
        phones=(named.phone,) if named.phone else (),
        emails=(named.email,) if named.email else (),
        chats=(named.chat,) if named.chat else (),
    )


def name_key(name: str) -> str:
    """What names are compared by: folded, and without a title in front."""
    return fold(_TITLE.sub("", name.strip()))


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """The letters and digits of a text, without case, accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_NO_DECOMPOSITION)
    return "".join(letter for letter in plain if letter.isalnum())


def phone_keys(text: str) -> tuple[str, str]:
    """A number as its digits with the code of its country, "" where none is given, and as its last digits."""
    bare = _TRUNK.sub("", _EXTENSION.sub("", text)).strip()
    digits = "".join(letter for letter in bare if letter.isascii() and letter.isdigit())
    if len(digits) < _SHORTEST:
        return "", ""
    is_whole = bare.startswith(("+", "00"))
    digits = digits.lstrip("0")
    return (digits if is_whole else ""), digits[-_NATIONAL:]


def _find_differences(named: Named, entry: Entry, sees_personal: bool) -> list[Difference]:
    found: list[Difference] = []
    if named.name and name_key(named.name) != name_key(entry.name):
        found.append(Difference("name", named.name, entry.name))
    if entry.what == "channel":
        return found
    told = (
        ("phone", named.phone, entry.phones, _same_phone),
        ("e-mail", named.email, entry.emails, _same_text),
        ("chat", named.chat, entry.chats, _same_text),
    )
    for label, value, known, same in told:
        if value and not any(same(value, other) for other in known):
            found.append(_differ(label, value, known, entry, sees_personal))
    if named.availability and entry.availability and fold(named.availability) != fold(entry.availability):
        found.append(Difference("availability", named.availability, entry.availability))
    if named.account and fold(named.account) != fold(entry.account):
        found.append(Difference("account or contract number", named.account, entry.account))
    return found


def _differ(label: str, value: str, known: tuple[str, ...], entry: Entry, sees_personal: bool) -> Difference:
    shown = [other for other in known if sees_personal or other not in entry.personal]
    return Difference(label, value, ", ".join(shown), is_hidden=len(shown) < len(known))


def _same_phone(one: str, other: str) -> bool:
    (whole, national), (other_whole, other_national) = phone_keys(one), phone_keys(other)
    if whole and other_whole:
        return whole == other_whole
    short, long = sorted((whole or national, other_whole or other_national), key=len)
    return bool(short) and long.endswith(short)  # one of them is written as it is dialled at home


def _same_text(one: str, other: str) -> bool:
    return one.casefold().strip() == other.casefold().strip() or fold(one) == fold(other)
