"""Which layers, contacts and channels a written ladder means, for its adoption. Pure.

What is not sure is left to a person: two contacts of one role, two rotations of one team.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from runbooks.ladder_words import (
    Candidate,
    Mentions,
    digits,
    fold,
    is_lead,
    is_name,
    is_on_call,
    leads,
    means_channel,
    means_layer,
    means_person,
    means_role,
    read_mentions,
    says_whose,
)
from runbooks.reading.document import EscalationLevel
from runbooks.response_times import parse_minutes

LAST_MINUTES = 30  # for a last level of which the text says nothing: no other level waits for it


@dataclass(frozen=True, slots=True)
class MatchedLevel:
    """A written level with what it means: keys of candidates, and what could not be told (`left`).

    `said` describes somebody who was found (“harbour master”). `minutes` is None when the text gives no time.
    """

    label: str
    text: str
    keys: tuple[str, ...]
    left: tuple[str, ...]
    said: tuple[str, ...]
    minutes: int | None
    handles: str = ""
    escalates_if: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing has to be asked."""
        return bool(self.keys) and not self.left and self.minutes is not None


def match_ladder(
    levels: Iterable[EscalationLevel], candidates: Sequence[Candidate], team: str
) -> tuple[MatchedLevel, ...]:
    """Each level of a ladder with what it means. `team` is the name of the team whose ladder it is, "" when unknown."""
    matched = [_match_level(level, candidates, team) for level in levels]
    if matched and matched[-1].minutes is None:
        matched[-1] = replace(matched[-1], minutes=LAST_MINUTES)
    return tuple(matched)


def parse_level_minutes(level: EscalationLevel) -> int | None:
    """The response time of a level; a drawing says it in the condition of the arrow: “if not resolved in 15 min”."""
    minutes = parse_minutes(level.response_time) if level.response_time else None
    return minutes if minutes is not None else parse_minutes(level.escalates_if)


@dataclass(slots=True)
class _Meaning:
    """What was made of a level's words so far."""

    found: dict[str, Candidate] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def add(self, meant: Candidate | None, words: str) -> None:
        if meant is None:
            self.left.append(words)
        else:
            self.found.setdefault(meant.key, meant)

    def untold(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """The phrases without those that say of somebody who was found what the directory says too."""
        known = {
            words
            for candidate in self.found.values()
            for words in (
                fold(candidate.role),
                fold(candidate.team),
                f"{fold(candidate.team)} {fold(candidate.role)}",
            )
        }
        return tuple(phrase for phrase in phrases if fold(phrase) not in known)


def _match_level(level: EscalationLevel, candidates: Sequence[Candidate], team: str) -> MatchedLevel:
    mentions = read_mentions(level.contact)
    meaning = _Meaning()
    for group in mentions.groups:
        _match_group(group, candidates, team, meaning)
    _match_ways(mentions, candidates, meaning)
    return MatchedLevel(
        label=level.label,
        text=level.contact,
        keys=tuple(meaning.found),
        left=meaning.untold(meaning.left),
        said=meaning.untold(meaning.said),
        minutes=parse_level_minutes(level),
        handles=level.handles,
        escalates_if=level.escalates_if,
    )


def _match_group(group: Sequence[str], candidates: Sequence[Candidate], team: str, meaning: _Meaning) -> None:
    """Find whom the phrases of a group mean. Where one of them is a name, a role beside it only says who that is."""
    named = [is_name(phrase) or _is_named(phrase, candidates) for phrase in group]
    for phrase, is_somebody in zip(group, named, strict=True):
        if any(named) and not is_somebody and not is_on_call(phrase):
            meaning.said.append(phrase)
        else:
            meaning.add(_find(phrase, candidates, team), phrase)


def _is_named(phrase: str, candidates: Sequence[Candidate]) -> bool:
    return any(candidate.kind == "contact" and means_person(phrase, candidate.name) for candidate in candidates)


def _find(phrase: str, candidates: Sequence[Candidate], team: str) -> Candidate | None:
    contacts = [candidate for candidate in candidates if candidate.kind == "contact"]
    named = [contact for contact in contacts if means_person(phrase, contact.name)]
    if named:
        return max(named, key=lambda contact: len(contact.name)) if len({c.name for c in named}) == len(named) else None
    layer = _find_layer(phrase, candidates, team)
    if layer is not None:
        return layer
    if is_lead(phrase):
        return _only([contact for contact in contacts if team and contact.team == team and leads(contact)])
    same_role = [contact for contact in contacts if means_role(phrase, contact)]
    return _only(same_role) or _only([contact for contact in same_role if team and contact.team == team])


def _find_layer(phrase: str, candidates: Sequence[Candidate], team: str) -> Candidate | None:
    """The one layer of the team's rotation. Of layers that stand in for one another the first is as good as any."""
    if not is_on_call(phrase):
        return None
    layers = [candidate for candidate in candidates if candidate.kind == "layer" and means_layer(phrase, candidate)]
    if not says_whose(phrase):
        layers = [layer for layer in layers if team and layer.team == team]
    if len({(layer.team, layer.rotation) for layer in layers}) > 1:
        layers = [layer for layer in layers if says_whose(phrase) & set(fold(layer.rotation).split())]
    return layers[0] if len({(layer.team, layer.rotation) for layer in layers}) == 1 else None


def _match_ways(mentions: Mentions, candidates: Sequence[Candidate], meaning: _Meaning) -> None:
    """Find channels by their handle, and lines by number or address, unless that belongs to somebody found by name."""
    for chat in mentions.chats:
        meaning.add(_only([c for c in candidates if c.kind == "channel" and means_channel(chat, c)]), chat)
    named = [candidate for candidate in meaning.found.values() if candidate.kind == "contact"]
    ways = [(number, digits(number), "phones") for number in mentions.phones]
    ways += [(address, address.lower(), "emails") for address in mentions.emails]
    for written, plain, name in ways:
        if any(plain in getattr(candidate, name) for candidate in named):
            continue
        owners = [c for c in candidates if c.kind == "contact" and plain in getattr(c, name)]
        meaning.add(None if named else _only(owners), written)


def _only(found: Sequence[Candidate]) -> Candidate | None:
    return found[0] if len(found) == 1 else None
