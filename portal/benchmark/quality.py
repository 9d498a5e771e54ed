"""How often search finds the right place: a list of questions asked, and where among the answers the right one stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from accounts.models import User
from portal.benchmark.figures import Figure
from runbooks.models import RunbookVersion
from runbooks.models.version import HEAVY
from runbooks.search import search

SEEN = 3  # answers that are read before the question is put in other words
LIMITS = {"first": 85, "near": 95, "first misspelt": 75, "near misspelt": 90}  # percent, at least


@dataclass(frozen=True)
class Question:
    """What is typed, the same with a typing error, and the places that answer it."""

    ask: str
    slip: str
    at: tuple[str, ...]  # "service/slug#anchor"; without an anchor the beginning of the page


@dataclass(frozen=True)
class Miss:
    """A question whose answer did not come first."""

    asked: str
    wanted: tuple[str, ...]
    got: tuple[str, ...]  # the first answers, best first
    rank: int  # where the right one stands, from 1; 0: not among the answers


@dataclass
class Shares:
    """How a list of questions was answered."""

    asked: int = 0
    first: int = 0  # answered by the first hit
    near: int = 0  # answered by one of the first SEEN hits
    misses: list[Miss] = field(default_factory=list)

    @property
    def first_percent(self) -> float:
        return 100 * self.first / self.asked

    @property
    def near_percent(self) -> float:
        return 100 * self.near / self.asked


def read_questions(path: Path) -> list[Question]:
    """The questions of a TOML file; see tests/runbooks/search/quality/corpus.toml for its form."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    return [Question(row["ask"], row["slip"], tuple(row["at"])) for row in rows]


def find_list(folder: Path) -> list[Question]:
    """The questions of the first list in a folder whose places are all there; none when there is no such list."""
    versions = RunbookVersion.objects.active().select_related("runbook__service")
    pages = {_name_page(version) for version in versions.defer(*HEAVY)}
    for path in sorted(folder.glob("*.toml")):
        questions = read_questions(path)
        if all(place.partition("#")[0] in pages for question in questions for place in question.at):
            return questions
    return []


def find_beginnings() -> dict[str, str]:
    """For the place of each heading that titles a whole page, that page: both are its beginning."""
    versions = RunbookVersion.objects.active().select_related("runbook__service").defer("markdown", "html")
    beginnings = {}
    for version in versions:
        title, *others = version.document.get("sections") or [None]
        if title is not None and all(section["level"] > title["level"] for section in others):
            page = _name_page(version)
            beginnings[f"{page}#{title['anchor']}"] = page
    return beginnings


def ask_all(questions: Iterable[Question], user: User, *, misspelt: bool = False) -> Shares:
    """Ask all questions as that person and see where the right answers stand."""
    beginnings = find_beginnings()
    shares = Shares()
    for question in questions:
        asked = question.slip if misspelt else question.ask
        places = [_place(hit.url) for hit in search(user, asked).hits]
        rank = _rank([beginnings.get(place, place) for place in places], question.at, beginnings)
        shares.asked += 1
        shares.first += rank == 1
        shares.near += 1 <= rank <= SEEN
        if rank != 1:
            shares.misses.append(Miss(asked, question.at, tuple(places[:SEEN]), rank))
    return shares


def make_figures(right: Shares, misspelt: Shares) -> list[Figure]:
    """The four shares beside their limits."""
    values = {
        f"right section first, {right.asked} questions": (right.first_percent, "first"),
        f"right section among the first {SEEN}": (right.near_percent, "near"),
        "right section first, one typing error": (misspelt.first_percent, "first misspelt"),
        f"right section among the first {SEEN}, one typing error": (misspelt.near_percent, "near misspelt"),
    }
    return [Figure(name, value, "%", limit=LIMITS[key], at_least=True) for name, (value, key) in values.items()]


def format_misses(misses: Iterable[Miss]) -> str:
    """One paragraph for each question that was not answered first, for whoever wants to know why."""
    return "\n".join(
        f"{miss.asked!r}: {'not found' if not miss.rank else f'at {miss.rank}'}\n"
        f"  wanted {', '.join(miss.wanted)}\n"
        f"  got    {', '.join(miss.got) or 'nothing'}"
        for miss in misses
    )


def _name_page(version: RunbookVersion) -> str:
    return f"{version.runbook.service.slug}/{version.runbook.slug}"


def _place(url: str) -> str:
    """`service/slug#anchor` of a hit's address; any other address as it is."""
    path, _, anchor = url.partition("#")
    page = path.removeprefix("/runbooks/").strip("/")
    return f"{page}#{unquote(anchor)}" if anchor else page


def _rank(places: list[str], wanted: tuple[str, ...], beginnings: dict[str, str]) -> int:
    """Where the first right place stands, from 1; 0 when none does."""
    right = {beginnings.get(place, place) for place in wanted}
    return next((rank for rank, place in enumerate(places, start=1) if place in right), 0)
