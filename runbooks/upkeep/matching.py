"""Which routine tasks of a new text are the ones that were there before. Pure: rows of before and items of now in, pairs out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

ALIKE = 0.7  # from there on a reworded task is taken to be the same one
MOST_COMPARED = 60  # per checklist on either side: every pair costs up to a tenth of a millisecond
LONGEST = 1000
BETWEEN = " › "


@dataclass(frozen=True, slots=True)
class Item:
    """A task as a text has it."""

    cadence: str
    checklist: str
    anchor: str
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Known:
    """A task that is kept; `is_going` is False for one that is no task any more."""

    pk: int
    cadence: str
    checklist: str
    text: str
    is_going: bool = True


Place = tuple[str, str]  # cadence, and name of the checklist


def find_items(checklists: Sequence[Mapping[str, Any]]) -> list[Item]:
    """The tasks of a stored document's checklists. An item with others below it is their heading: `Parent › child`.

    A box that is ticked in the text says nothing.
    """
    found: list[Item] = []
    for checklist in checklists:
        if not checklist.get("cadence"):
            continue
        for text in _find_leaves(checklist["items"]):
            place = (checklist["cadence"], checklist["name"][:300], checklist["section"][:300])
            found.append(Item(*place, text[:LONGEST], len(found)))
    return found


def match_tasks(known: Sequence[Known], items: Sequence[Item]) -> dict[int, int]:
    """For each item that was there before, by its place in `items`: the pk of the one it is.

    The same words and cadence come first, then the most similar words within the same checklist, by whatever name that
    goes now. What is no task any more comes back for the same words only.
    """
    pairs = _match_words([one for one in known if one.is_going], items, {})
    by_pk = {one.pk: one for one in known}
    same = _find_same_places(pairs, by_pk, items)
    pairs |= _match_similar([one for one in known if one.is_going], items, pairs, same)
    ended = [one for one in known if not one.is_going]
    return pairs | _match_words(ended, items, pairs)


def normalise(text: str) -> str:
    """Words without case, marks and spaces, so that a dot or a bold word makes no new task."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text.strip()


def _find_leaves(items: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    above: list[tuple[int, str]] = []
    for index, item in enumerate(items):
        depth = item.get("depth", 0)
        while above and above[-1][0] >= depth:
            above.pop()
        below = items[index + 1].get("depth", 0) if index + 1 < len(items) else 0
        text = " ".join(item["text"].replace("\0", "").split())
        if below > depth:
            above.append((depth, text))
        elif text:
            yield BETWEEN.join([*filter(None, (name for _, name in above)), text])


def _match_words(known: Sequence[Known], items: Sequence[Item], taken: Mapping[int, int]) -> dict[int, int]:
    """The same words; of several, first one to the letter, and one in a checklist of the same name."""
    waiting: dict[tuple[str, str], list[Known]] = defaultdict(list)
    for one in known:
        waiting[one.cadence, normalise(one.text)].append(one)
    pairs: dict[int, int] = {}
    for is_exact, is_at_home in ((True, True), (True, False), (False, True), (False, False)):
        for index, item in enumerate(items):
            if index in pairs or index in taken:
                continue
            candidates = waiting.get((item.cadence, normalise(item.text)), [])
            fits = [
                one
                for one in candidates
                if (not is_exact or one.text == item.text) and (not is_at_home or one.checklist == item.checklist)
            ]
            if fits:
                pairs[index] = fits[0].pk
                candidates.remove(fits[0])
    return pairs


def _find_same_places(
    pairs: Mapping[int, int], by_pk: Mapping[int, Known], items: Sequence[Item]
) -> set[tuple[Place, Place]]:
    """Checklists of before and of now that are the same: a name is the same, or tasks went from one to the other."""
    moved = {((by_pk[pk].cadence, by_pk[pk].checklist), _place(items[index])) for index, pk in pairs.items()}
    named = {(one.cadence, one.checklist) for one in by_pk.values()}
    return moved | {(place, place) for place in named}


def _match_similar(
    known: Sequence[Known], items: Sequence[Item], taken: Mapping[int, int], same: set[tuple[Place, Place]]
) -> dict[int, int]:
    """The most alike first, one to one."""
    used = set(taken.values())
    old: dict[Place, list[Known]] = defaultdict(list)
    for one in known:
        if one.pk not in used:
            old[one.cadence, one.checklist].append(one)
    new: dict[Place, list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        if index not in taken:
            new[_place(item)].append(index)
    found = [
        (-ratio, index, one.pk)
        for before, now in same
        for one in old[before][:MOST_COMPARED]
        for index in new[now][:MOST_COMPARED]
        if (ratio := _compare(one.text, items[index].text)) >= ALIKE
    ]
    pairs: dict[int, int] = {}
    for _, index, pk in sorted(found):
        if index not in pairs and pk not in used:
            pairs[index] = pk
            used.add(pk)
    return pairs


def _place(item: Item) -> Place:
    return item.cadence, item.checklist


def _compare(before: str, now: str) -> float:
    """How alike two texts are, 0 to 1; 0 as soon as they can't reach ALIKE."""
    matcher = SequenceMatcher(None, normalise(before)[:300], normalise(now)[:300], autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()
