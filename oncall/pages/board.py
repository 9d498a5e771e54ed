"""The board of on-call: for every team who is on call, until when, how to reach them, who is next, and what is wrong.

Five hundred teams are one page, so its rows are plain values, ready to be printed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.models import Team, User
from oncall.models import Absence, Way
from oncall.models.directory import href_of
from oncall.pages.clock import Clock
from oncall.pages.service_oncall import describe_service_oncall
from oncall.rota import zone_named
from oncall.schedule.among import among
from oncall.schedule.held import say_held
from oncall.schedule.roll import RankNow, Seated, call_roll

__all__ = ["Board", "BoardLine", "BoardTeam", "describe_board", "describe_service_oncall", "describe_team_now"]

LONGEST_QUESTION = 100  # characters that a filter looks at


@dataclass(frozen=True, slots=True)
class BoardPerson:
    """Whoever is on call. `phone` is one that the reader may see, "" where there is none; `email` is the account's.

    `problem` completes a sentence that begins with the name; "" when all is well.
    """

    pk: int
    name: str
    initials: str
    is_me: bool = False
    phone: str = ""
    phone_href: str = ""
    email: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One line: a person on call in a layer, or that nobody is.

    Moments are in words, on the reader's clock; `…_there` on the team's, "" where it is the same. `gap` is what to say when
    nobody is on call; `tone` is a tone of the stylesheet, "" for what is in order. `remark` is for whoever has not been
    relieved: it completes a sentence that begins with the name, and `remark_url` is where that can be changed.
    """

    label: str
    person: BoardPerson | None = None
    until: str = ""
    until_there: str = ""
    then: str = ""
    then_from: str = ""
    then_there: str = ""
    gap: str = ""
    tone: str = ""
    remark: str = ""
    remark_url: str = ""


@dataclass(frozen=True, slots=True)
class BoardRotation:
    """A rotation of a team; its name is printed where the team has several."""

    name: str
    url: str
    lines: list[BoardLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BoardTeam:
    """A team with its rotations; without any, nobody can be called."""

    pk: int
    name: str
    slug: str
    zone: str
    is_mine: bool
    rotations: list[BoardRotation] = field(default_factory=list)

    @property
    def lines(self) -> list[BoardLine]:
        return [line for rotation in self.rotations for line in rotation.lines]

    @property
    def has_trouble(self) -> bool:
        """Whether somebody should look at it: nobody is on call although somebody should be, or cannot be reached."""
        return not self.rotations or any(line.tone in ("danger", "warn") for line in self.lines)

    @property
    def several(self) -> bool:
        return len(self.rotations) > 1


@dataclass(frozen=True, slots=True)
class Board:
    """The page: the reader's own teams first, then all others, each by name."""

    mine: list[BoardTeam]
    others: list[BoardTeam]
    question: str = ""

    @property
    def teams(self) -> list[BoardTeam]:
        return self.mine + self.others

    @property
    def troubled(self) -> int:
        return sum(team.has_trouble for team in self.teams)


def describe_board(reader: User, at: dt.datetime, *, question: str = "", teams: Iterable[int] | None = None) -> Board:
    """The board at that instant (aware), as `reader` may see it and by their clock; nine queries however many teams.

    `question` keeps the teams in which each of its words begins a word: of the team, its rotations or whoever is on call or
    next. `teams` are ids, all teams when None.
    """
    ids = None if teams is None else list(teams)
    ranks = call_roll(at, ids)
    known = _Known.load(ranks, reader, at)
    mine = set(reader.get_team_ids())
    found = Team.objects.order_by("name") if ids is None else Team.objects.order_by("name").filter(pk__in=ids)
    by_team: dict[int, list[RankNow]] = defaultdict(list)
    for rank in ranks:
        by_team[rank.team].append(rank)
    rows = [
        _describe(BoardTeam(pk, name, slug, zone, pk in mine), by_team[pk], known)
        for pk, name, slug, zone in found.values_list("pk", "name", "slug", "time_zone")
    ]
    question = " ".join(question.replace("\x00", " ").split())[:LONGEST_QUESTION]
    words = question.casefold().split()
    kept = [row for row in rows if _fits(row, words)] if words else rows
    return Board([row for row in kept if row.is_mine], [row for row in kept if not row.is_mine], question)


def describe_team_now(team: Team, reader: User, at: dt.datetime) -> BoardTeam:
    """One team's part of the board; nine queries."""
    return describe_board(reader, at, teams=[team.pk]).teams[0]


@dataclass(frozen=True, slots=True)
class _Known:
    """Everybody who is on call or next, by id: as they are printed, and the bare names of those who are next."""

    people: Mapping[int, BoardPerson]
    names: Mapping[int, str]
    clock: Clock

    @classmethod
    def load(cls, ranks: list[RankNow], reader: User, at: dt.datetime) -> _Known:
        clock = Clock(reader.time_zone, at)
        sitting = {seated.piece.person for rank in ranks for seated in rank.on_call}
        sitting |= {rank.held.person for rank in ranks if rank.held is not None}
        coming = {rank.coming.piece.person for rank in ranks if rank.coming is not None}
        coming |= {rank.held.successor for rank in ranks if rank.held is not None}
        users = User.objects.filter(pk__in=among(sitting | coming)).order_by()
        rows = list(users.values_list("pk", "display_name", "email", "is_active"))
        phones = _load_phones(sitting, reader)
        away = dict(
            Absence.objects.filter(person__in=among(sitting), during__contains=at)
            .order_by()
            .values_list("person_id", "during")
        )
        people = {}
        for pk, name, email, is_active in rows:
            if pk in sitting:
                problem = "" if is_active else "has left"
                if not problem and pk in away:
                    problem = f"is away until {clock.say(away[pk].upper)}"
                people[pk] = _make_person(pk, name or email, email, phones.get(pk, ""), pk == reader.pk, problem)
        return cls(people, {pk: name or email for pk, name, email, _ in rows}, clock)


def _load_phones(people: Iterable[int], reader: User) -> dict[int, str]:
    """The first number of each person that the reader may see."""
    rows = Way.objects.visible_to(reader).filter(contact__user__in=among(people), contact__left_at__isnull=True)
    phones: dict[int, str] = {}
    for person, value in rows.filter(kind=Way.Kind.PHONE).order_by("pk").values_list("contact__user_id", "value"):
        if person is not None:
            phones.setdefault(person, value)
    return phones


def _make_person(pk: int, name: str, email: str, phone: str, is_me: bool, problem: str) -> BoardPerson:
    words = name.replace("@", " ").split() or ["?"]
    return BoardPerson(
        pk,
        name,
        (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper(),
        is_me,
        phone,
        href_of(Way.Kind.PHONE, phone) if phone else "",
        email,
        problem,
    )


def _describe(team: BoardTeam, ranks: list[RankNow], known: _Known) -> BoardTeam:
    rotations: dict[int, BoardRotation] = {}
    for rank in ranks:
        url = f"/oncall/{team.slug}/{rank.rotation_slug}/"
        rotation = rotations.setdefault(rank.rotation, BoardRotation(rank.rotation_name, url))
        rotation.lines.extend(_lines_of(rank, team, known))
    team.rotations.extend(rotations.values())
    return team


def _lines_of(rank: RankNow, team: BoardTeam, known: _Known) -> list[BoardLine]:
    """A line for each person on call in the rank; the last one says who is next."""
    if not rank.on_call:
        return [*_say_held(rank, known), _say_nobody(rank, team, known)]
    lines = _say_held(rank, known)
    for number, seated in enumerate(rank.on_call, start=1):
        person = known.people[seated.piece.person]
        end, zone = seated.piece.span.end, zone_named(team.zone)
        then = _next_after(rank, seated) if number == len(rank.on_call) else None
        starts = then.piece.span.start if then else end
        lines.append(
            BoardLine(
                seated.layer,
                person,
                known.clock.say(end),
                known.clock.say_there(end, zone),
                known.names[then.piece.person] if then else "",
                known.clock.say(starts) if starts > end else "",
                known.clock.say_there(starts, zone) if starts > end else "",
                tone="warn" if person.problem else "",
            )
        )
    return lines


def _say_held(rank: RankNow, known: _Known) -> list[BoardLine]:
    """A line for whoever was on call before and has not been relieved; they come first, as they answer first."""
    if rank.held is None:
        return []
    person = known.people[rank.held.person]
    remark = say_held(known.names[rank.held.successor])
    tone = "warn" if person.problem else ""
    return [BoardLine("Not relieved", person, tone=tone, remark=remark, remark_url=rank.held.url)]


def _next_after(rank: RankNow, seated: Seated) -> Seated | None:
    """Whose shift starts next, unless it is the same person's, going straight on."""
    coming = rank.coming
    if coming is None:
        return None
    goes_on = coming.piece.person == seated.piece.person and coming.piece.span.start <= seated.piece.span.end
    return None if goes_on else coming


def _say_nobody(rank: RankNow, team: BoardTeam, known: _Known) -> BoardLine:
    label = " / ".join(rank.layers)
    if rank.reason:
        gap, tone = f"Nobody, and that is meant: {rank.reason}", "quiet"
    elif rank.is_expected:
        gap, tone = "Nobody is on call", "danger"
    else:
        gap, tone = "Outside its hours", "quiet"
    if rank.coming is None:
        return BoardLine(label, gap=gap, tone=tone)
    starts = rank.coming.piece.span.start
    return BoardLine(
        label,
        then=known.names[rank.coming.piece.person],
        then_from=known.clock.say(starts),
        then_there=known.clock.say_there(starts, zone_named(team.zone)),
        gap=gap,
        tone=tone,
    )


def _fits(team: BoardTeam, words: list[str]) -> bool:
    """Whether each word begins one of the team's."""
    lines = team.lines
    names = [team.name, *(rotation.name for rotation in team.rotations), *(line.label for line in lines)]
    names += [line.person.name for line in lines if line.person] + [line.then for line in lines]
    own = " ".join(names).casefold().replace("-", " ").split()
    return all(any(mine.startswith(word) for mine in own) for word in words)
