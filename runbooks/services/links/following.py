"""From an address to what is to be said of it: HEAD, then GET where HEAD tells nothing, and on after redirects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urljoin

from django.conf import settings

from runbooks.link_addresses import find_address, find_host, find_obstacle
from runbooks.services.links.asking import Answer, ask
from runbooks.services.links.turns import Turn, give_back, keep_turn, rest, take_turn

Clock = Callable[[], dt.datetime]
Sleep = Callable[[float], None]

MOST_HOPS = 5
PATIENCE = 10.0  # seconds, for the next turn at a host
BUSY = dt.timedelta(minutes=5)  # after 429 without Retry-After
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
GONE = frozenset({404, 410})
PASSING = frozenset({408, 421, 423, 425, 429})


class Outcome(Enum):
    ALIVE = "alive"
    GONE = "gone"  # the host says so
    SILENT = "silent"  # nobody says anything: the far end may be away, or the portal's own network
    CLOSED = "closed"  # it answers, but not for us
    BUSY = "busy"  # it answers, but not now
    LEFT = "left"
    LATER = "later"  # it was not asked


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    said: str = ""  # a sentence
    status: int | None = None
    leads_to: str = ""  # where the address redirects for good
    retry_after: dt.timedelta | None = None


@dataclass(slots=True)
class Follower:
    """Follows one address. Holds the turn at its host all the time, and at others for a request each."""

    own: Turn
    now: Clock
    sleep: Sleep
    leads_to: str = ""
    _for_good: bool = field(default=True)  # every redirect so far was

    def follow(self, address: str) -> Verdict:
        """Where it ends. Each step is looked at as if it stood in the text."""
        for hop in range(MOST_HOPS + 1):
            if obstacle := find_obstacle(address, private=settings.LINK_PRIVATE_NETWORKS):
                if hop == 0:
                    return Verdict(Outcome.LEFT, obstacle)
                return self._say(Outcome.CLOSED, f"It leads on to an address that is not asked. {obstacle}")
            answer = self._ask_both(address)
            if answer is None:
                return Verdict(Outcome.LATER, "Its host is busy with other questions.")
            if answer.status not in REDIRECTS or not answer.location:
                return self._judge(answer, hop)
            address = self._step(address, answer)
            if not address:
                return self._say(Outcome.CLOSED, "It leads on to something that is no web address.", answer.status)
        return self._say(Outcome.CLOSED, f"It leads on more than {MOST_HOPS} times.")

    def _ask_both(self, address: str) -> Answer | None:
        """HEAD, and GET where its answer may be about HEAD alone; None when the host gave no turn."""
        answer = self._ask("HEAD", address)
        if answer is None or not _is_doubtful(answer):
            return answer
        return self._ask("GET", address) or answer

    def _ask(self, method: str, address: str) -> Answer | None:
        turn = self._get_turn(find_host(address))
        if turn is None:
            return None
        try:
            answer = ask(method, address, self.now())
            busy = BUSY if answer.status == 429 else None
            rest(turn, self.now(), answer.retry_after or busy)
        finally:
            if turn is not self.own:
                give_back(turn)
        return answer

    def _get_turn(self, host: str) -> Turn | None:
        if host != self.own.name:
            return self._wait_for(host) if keep_turn(self.own, self.now()) else None
        wait = self.own.ready_at - self.now()
        if wait > _find_patience():
            return None
        self._sleep(wait)
        return self.own if keep_turn(self.own, self.now()) else None

    def _wait_for(self, host: str) -> Turn | None:
        """The turn at another host, when it can be had soon."""
        patient_until = self.now() + _find_patience()
        while True:
            got = take_turn(host, self.now())
            if isinstance(got, Turn):
                return got
            if got > patient_until:
                return None
            self._sleep(max(got - self.now(), dt.timedelta(milliseconds=50)))

    def _sleep(self, much: dt.timedelta) -> None:
        if much > dt.timedelta():
            self.sleep(much.total_seconds())

    def _step(self, address: str, answer: Answer) -> str:
        """Where a redirect leads, "" when to no web address."""
        try:
            following = find_address(urljoin(address, answer.location))
        except ValueError:
            return ""
        self._for_good = self._for_good and answer.status in FOR_GOOD
        self.leads_to = following if self._for_good else self.leads_to
        return following

    def _judge(self, answer: Answer, hop: int) -> Verdict:
        status = answer.status
        if status is None:
            return self._judge_silence(answer, hop)
        if status < 300:
            return self._say(Outcome.ALIVE, status=status)
        if status in GONE:
            return self._say(Outcome.GONE, answer.said, status)
        if status in PASSING or status >= 500:
            return self._say(Outcome.BUSY, f"It answers {answer.said}", status, answer.retry_after)
        return self._say(Outcome.CLOSED, f"It answers {answer.said}", status)

    def _judge_silence(self, answer: Answer, hop: int) -> Verdict:
        if answer.silence in ("private", "odd"):
            return self._say(Outcome.LEFT if hop == 0 else Outcome.CLOSED, answer.said)
        return self._say(Outcome.SILENT, answer.said)

    def _say(
        self, outcome: Outcome, said: str = "", status: int | None = None, retry_after: dt.timedelta | None = None
    ) -> Verdict:
        return Verdict(outcome, said, status, self.leads_to if outcome is Outcome.ALIVE else "", retry_after)


def _find_patience() -> dt.timedelta:
    return dt.timedelta(seconds=max(PATIENCE, 2 * settings.LINK_HOST_SECONDS))


def _is_doubtful(answer: Answer) -> bool:
    if answer.status is None:
        return answer.silence in ("cut", "late")
    return answer.status >= 400 and answer.status != 429
