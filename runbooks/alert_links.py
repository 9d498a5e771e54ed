"""Which place in which runbook answers an alert: what `/r/<alert name>` leads to.

The name is text and nothing else, whatever is in it. Heading `Alert: X` goes before the section that a row of a table
names, and that before a page that is about X as a whole. Where the exact name (in any case) is unknown, one with the same
letters and digits counts: `kube-pod-crash-looping` is `KubePodCrashLooping`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from urllib.parse import quote

from accounts.models import User
from runbooks.models import Runbook, SearchEntry
from runbooks.models.version import HEAVY
from runbooks.search.words import key_of

LEVELS = ("heading", "table", "document")  # SearchEntry.detail["source"], the most specific first
MOST_FOLDERS = 8  # that are looked at: an address may be long
LONGEST_KEY = 300  # what is longer was cut, and equal beginnings prove nothing
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w:.-]{1,119}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AlertName:
    """A name as it came in an address, perhaps with the folders of a component before it."""

    whole: str
    last: str  # without the folders
    folders: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> AlertName:
        """Any text: without NUL, with single spaces, without slashes at its ends."""
        whole = " ".join(text.replace("\x00", " ").split()).strip("/ ")
        *folders, last = whole.split("/")
        named = [folder.strip() for folder in folders[-MOST_FOLDERS:]]
        return cls(whole, last.strip(), tuple(filter(None, named)))

    @property
    def short(self) -> str:
        """What the alert is probably called: the last part where that looks like a name, else all of it."""
        return self.last if _PLAIN_NAME.fullmatch(self.last) else self.whole

    @property
    def forms(self) -> tuple[str, ...]:
        return (self.whole, self.last) if self.last != self.whole else (self.whole,)


@dataclass(frozen=True, slots=True)
class Answer:
    """A place that answers the alert."""

    entry: SearchEntry
    runbook: Runbook

    @property
    def is_whole_page(self) -> bool:
        return bool(self.entry.detail.get("source") == "document")

    @property
    def severity(self) -> str:
        return str(self.entry.detail.get("severity") or "")

    @property
    def section(self) -> str:
        """The heading of the section that answers; "" where the whole page does."""
        trail = self.entry.trail
        return str(trail[-1][0]) if trail and not self.is_whole_page else ""

    def address(self, labels: str = "") -> str:
        """The place on the reading page, with the labels (a query, encoded) that fill its placeholders."""
        return add_labels(self._page + (f"#{quote(self.anchor)}" if self.anchor else ""), labels)

    @property
    def anchor(self) -> str:
        """Of the section that answers; "" where the whole page does."""
        return "" if self.is_whole_page else self.entry.anchor

    @property
    def _page(self) -> str:
        """The reading page, or the version's own where the reading page shows another."""
        is_shown = self.entry.version_id == self.runbook.shown_version_id
        return self.runbook.get_absolute_url() if is_shown else self.entry.version.get_absolute_url()


def add_labels(address: str, labels: str) -> str:
    """An address within the portal with a query (encoded) before its anchor."""
    page, hash_sign, anchor = address.partition("#")
    return f"{page}?{labels}{hash_sign}{anchor}" if labels else address


@dataclass(frozen=True, slots=True)
class Found:
    """What is known about an alert: the answers that fit best, and what is still being written about it."""

    answers: tuple[Answer, ...]
    drafts: tuple[Answer, ...]


def find_answers(user: User, name: AlertName, hints: Iterable[str] = ()) -> Found:
    """What this person may see of it; one query.

    `hints` may name the service meant; they choose only between answers that fit equally well.
    """
    keys = {key_of(form) for form in name.forms}
    entries = (
        SearchEntry.objects.filter(kind=SearchEntry.Kind.ALERT, key__in=keys)
        .filter(runbook__in=Runbook.objects.visible_to(user).in_use())
        .select_related("runbook__service__team", "version")
        .defer("vector", "names_vector", "text", *(f"version__{name}" for name in HEAVY))
        .order_by("runbook__service__name", "runbook__title", "line", "pk")
    )
    known = [_make_answer(entry) for entry in entries] if name.whole else []
    active = _fit_name([answer for answer in known if answer.entry.is_active], name)
    drafts = _fit_name([answer for answer in known if not answer.entry.is_active], name)
    return Found(_narrow(_most_specific(active), {*name.folders, *hints}), _most_specific(drafts))


def _make_answer(entry: SearchEntry) -> Answer:
    entry.version.runbook = entry.runbook
    return Answer(entry, entry.runbook)


def _fit_name(answers: list[Answer], name: AlertName) -> list[Answer]:
    """Those of exactly that name, the whole before its last part; else those that are spelt with the same letters."""
    tests: tuple[Callable[[Answer, str], bool], ...] = (_is_exact, _is_alike)
    for test in tests:
        for form in name.forms:
            if fitting := [answer for answer in answers if test(answer, form)]:
                return fitting
    return []


def _is_exact(answer: Answer, form: str) -> bool:
    return " ".join(answer.entry.name.split()).casefold() == form.casefold()


def _is_alike(answer: Answer, form: str) -> bool:
    key = key_of(form)
    return 0 < len(key) < LONGEST_KEY and answer.entry.key == key


def _most_specific(answers: list[Answer]) -> tuple[Answer, ...]:
    """Those of the first level that has any; each place once."""
    best = min((_level(answer) for answer in answers), default=0)
    places: dict[tuple[int, str], Answer] = {}
    for answer in answers:
        if _level(answer) == best:
            places.setdefault((answer.runbook.pk, answer.entry.anchor), answer)
    return tuple(places.values())


def _level(answer: Answer) -> int:
    source = answer.entry.detail.get("source")
    return LEVELS.index(source) if source in LEVELS else len(LEVELS)


def _narrow(answers: tuple[Answer, ...], hints: Collection[str]) -> tuple[Answer, ...]:
    """Only those of a service that is named in the address, where there are any."""
    keys = {key for hint in hints if (key := key_of(hint))}
    if len(answers) < 2 or not keys:
        return answers
    return tuple(answer for answer in answers if not keys.isdisjoint(_keys_of_service(answer))) or answers


def _keys_of_service(answer: Answer) -> set[str]:
    service = answer.runbook.service
    return {key_of(service.slug), key_of(service.name)}
