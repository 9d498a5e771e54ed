"""Where the ladder that a runbook's text draws differs from the path that its service follows. Pure.

A name of the text that takes turns in the level's layer is no difference, nor is a role that means the layer. A level that
is still a placeholder says nothing, so it differs from nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from runbooks.ladder_matching import parse_level_minutes
from runbooks.ladder_words import (
    Candidate,
    Mentions,
    digits,
    fold,
    is_lead,
    is_name,
    leads,
    means_channel,
    means_layer,
    means_person,
    means_role,
    read_mentions,
)
from runbooks.reading.document import EscalationLevel

AT_ONCE = 5  # minutes: whoever answers “at once” is given no more


@dataclass(frozen=True, slots=True)
class LiveLevel:
    """A level of the path, with everything that it can call."""

    label: str
    minutes: int
    candidates: tuple[Candidate, ...]

    @property
    def named(self) -> str:
        """What it calls, in a few words."""
        return " and ".join(_name(candidate) for candidate in self.candidates[:3]) or "nobody"


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence, and the line of the text it is about. `code` is "who", "number", "time" or "levels"."""

    code: str
    line: int
    text: str
    level: str = ""


def compare_ladder(text_levels: Sequence[EscalationLevel], path: Sequence[LiveLevel]) -> list[Difference]:
    """The differences, level by level, in the order of the text. Levels are paired by their place, whatever their labels."""
    found: list[Difference] = []
    last_line = text_levels[-1].line if text_levels else 1
    for written, live in zip_longest(text_levels, path):
        if live is None:
            end = f"the path ends at {path[-1].label}" if path else "the path has no levels"
            found.append(
                Difference("levels", written.line, f"The text has {_describe(written)}, {end}.", written.label)
            )
        elif written is None:
            text = f"The path goes on to {live.label} ({live.named}), the text does not."
            found.append(Difference("levels", last_line, text, live.label))
        else:
            found += _compare_level(written, live)
    return found


def _name(candidate: Candidate) -> str:
    return f"whoever is on call in {candidate.name}" if candidate.kind == "layer" else candidate.name


def _describe(written: EscalationLevel) -> str:
    return f"{written.label} ({written.contact})" if written.contact else written.label


def _compare_level(written: EscalationLevel, live: LiveLevel) -> Iterator[Difference]:
    if written.missing or not written.contact:
        return
    mentions = read_mentions(written.contact)
    yield from _compare_who(written, mentions, live)
    yield from _compare_numbers(written, mentions, live)
    minutes = parse_level_minutes(written)
    if minutes is None or minutes == live.minutes or (minutes == 1 and live.minutes <= AT_ONCE):
        return
    said = written.response_time or f"if {written.escalates_if.removeprefix('if ')}"
    text = f"{written.label}: the text says “{said}”, the path waits {_say(live.minutes)}."
    yield Difference("time", written.line, text, written.label)


def _compare_who(written: EscalationLevel, mentions: Mentions, live: LiveLevel) -> Iterator[Difference]:
    unknown = [
        phrase
        for phrase in mentions.phrases
        if is_name(phrase) and not any(_is_meant(phrase, candidate) for candidate in live.candidates)
    ]
    if unknown:
        text = f"{written.label}: the text names {' and '.join(unknown)}, the path calls {live.named}."
        yield Difference("who", written.line, text, written.label)
    elif not any(_agrees(mentions, candidate) for candidate in live.candidates):
        text = f"{written.label}: the text says “{written.contact}”, the path calls {live.named}."
        yield Difference("who", written.line, text, written.label)


def _is_meant(phrase: str, candidate: Candidate) -> bool:
    """Whether a phrase means what the level calls, or somebody who takes turns in it."""
    if candidate.kind == "layer":
        people = any(means_person(phrase, person) for person in candidate.people)
        return people or means_layer(phrase, candidate) or fold(phrase) == fold(candidate.team)
    if candidate.kind == "contact":
        return (
            means_person(phrase, candidate.name)
            or means_role(phrase, candidate)
            or (is_lead(phrase) and leads(candidate))
            or (bool(candidate.team) and fold(phrase) == fold(candidate.team))
        )
    return False


def _agrees(mentions: Mentions, candidate: Candidate) -> bool:
    """Whether anything that the text names is what the level calls."""
    if any(_is_meant(phrase, candidate) for phrase in mentions.phrases):
        return True
    if candidate.kind == "channel":
        return any(means_channel(chat, candidate) for chat in mentions.chats)
    return _shares(map(digits, mentions.phones), candidate.phones) or _shares(
        (address.lower() for address in mentions.emails), candidate.emails
    )


def _shares(written: Iterable[str], known: Iterable[str]) -> bool:
    return not set(written).isdisjoint(known)


def _compare_numbers(written: EscalationLevel, mentions: Mentions, live: LiveLevel) -> Iterator[Difference]:
    known = {number for candidate in live.candidates for number in candidate.phones}
    for number in mentions.phones:
        if digits(number) not in known:
            text = f"{written.label}: the number {number} is none of those that the directory has for {live.named}."
            yield Difference("number", written.line, text, written.label)


def _say(minutes: int) -> str:
    if minutes % 1440 == 0:
        days = minutes // 1440
        return f"{days} day{'' if days == 1 else 's'}"
    if minutes % 60 == 0:
        hours = minutes // 60
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
