"""What people and channels are told about a handoff: short, complete without opening anything, and safe to stand in a chat.

Titles of entries are told to the people of the handoff only; a channel gets numbers, and titles of what is no secret.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts.models import User
from handoffs.models import Handoff
from handoffs.sections import Filled
from handoffs.services.reading import read_sections
from handoffs.services.secrecy import count_secret, leave_out_secret, say_hidden
from oncall.models import Channel, Kind
from oncall.outbox import notify
from oncall.rota import Span
from oncall.services.moments import say_moment
from oncall.services.spans import say_span

NAMED = ("open-incidents", "runs", "maintenance", "watch")  # of these the first entries are named, not only counted
MOST_NAMED = 3
LONGEST_WORDS = 600  # characters of what somebody wrote that stand in a message
NOTHING = "Nothing to report in any section."

Recipient = User | Channel


def tell_opened(handoff: Handoff, now: dt.datetime) -> None:
    """Tell both people and the backup that there is a handoff. Whoever was told before is not told again."""
    if handoff.is_example:
        return
    for person in _people(handoff):
        _tell(
            handoff,
            person,
            cause="opened",
            subject=f"{handoff.rotation}: {handoff.outgoing} hands over to {handoff.incoming}",
            parts=[_say_task(handoff, person), _say_window(handoff, person)],
            action="Open the handoff",
            now=now,
        )


def tell_submitted(handoff: Handoff, now: dt.datetime) -> None:
    """Tell the incoming person, the backup and the team's channels what was submitted, once for each round."""
    if handoff.is_example:
        return
    sections = read_sections(handoff, now)
    people = [person for person in _people(handoff) if person.pk != handoff.outgoing_id]
    recipients: list[Recipient] = [*people, *_channels(handoff)]
    for to in recipients:
        asked = "Read it and accept it, item by item." if to == handoff.incoming else ""
        own = f"Until then {handoff.outgoing} stays responsible."
        _tell(
            handoff,
            to,
            cause=f"submitted:{handoff.round}",
            subject=f"{handoff.rotation}: handoff from {handoff.outgoing} to {handoff.incoming} is submitted",
            parts=[" ".join(filter(None, [asked, own])), *_say_content(handoff, to, sections)],
            action="Accept the handoff" if to == handoff.incoming else "Read the handoff",
            now=now,
        )


def tell_returned(handoff: Handoff, reason: str, now: dt.datetime) -> None:
    """Tell the outgoing person and the backup that the handoff came back, and why."""
    if handoff.is_example:
        return
    for person in _people(handoff):
        if person.pk == handoff.incoming_id and not handoff.continues:
            continue
        _tell(
            handoff,
            person,
            cause=f"returned:{handoff.round}",
            subject=f"{handoff.rotation}: {handoff.incoming} returned the handoff",
            parts=[
                _shorten(f"{handoff.incoming} says: {reason}"),
                f"{handoff.outgoing} stays responsible until it is submitted again and accepted.",
                _say_window(handoff, person),
            ],
            action="Open the handoff",
            now=now,
        )


def tell_accepted(handoff: Handoff, now: dt.datetime) -> None:
    """Tell both people, the backup and the team's channels who is responsible from now on, and what was accepted."""
    if handoff.is_example:
        return
    sections = read_sections(handoff, now)
    recipients: list[Recipient] = [*_people(handoff), *_channels(handoff)]
    for to in recipients:
        when = say_in_both(handoff.accepted_at or now, _zone(handoff, to))
        _tell(
            handoff,
            to,
            cause="accepted",
            subject=f"{handoff.rotation}: {handoff.incoming} accepted the handoff",
            parts=[f"{handoff.incoming} accepted it on {when}.", *_say_content(handoff, to, sections)],
            action="Read the handoff",
            now=now,
        )


def _tell(
    handoff: Handoff, to: Recipient, *, cause: str, subject: str, parts: Iterable[str], action: str, now: dt.datetime
) -> None:
    name = "user" if isinstance(to, User) else "channel"
    notify(
        key=f"handoff:{handoff.pk}:{cause}:{name}:{to.pk}",
        kind=Kind.HANDOFF,
        to=to,
        subject=subject,
        text="\n\n".join(part for part in parts if part),
        now=now,
        url=handoff.get_absolute_url(),
        action=action,
    )


def _people(handoff: Handoff) -> list[User]:
    """Outgoing, incoming and backup, each once."""
    people = [handoff.outgoing, handoff.incoming, handoff.backup]
    return list({person.pk: person for person in people if person is not None}.values())


def _channels(handoff: Handoff) -> list[Channel]:
    """The team's channels that have an address in use."""
    return list(Channel.objects.filter(team=handoff.team_id, addresses__is_enabled=True).distinct().order_by("pk"))


def _say_task(handoff: Handoff, person: User) -> str:
    """What this person is to do with it."""
    if handoff.continues and person.pk == handoff.outgoing_id:
        return "You go on with the next shift. Look through what is open, and sign for both."
    if person.pk == handoff.outgoing_id:
        return f"Write down what {handoff.incoming} needs to know, and sign. You stay responsible until it is accepted."
    if person.pk == handoff.incoming_id:
        return f"{handoff.outgoing} is writing it. You can follow along, ask, and accept it once it is submitted."
    return f"{handoff.outgoing} hands over to {handoff.incoming}. You are the backup."


def _say_content(handoff: Handoff, to: Recipient, sections: tuple[Filled, ...]) -> list[str]:
    """The window, the words of the outgoing person, and what each section holds."""
    return [
        _say_window(handoff, to),
        _shorten(f"In one breath: {handoff.summary}") if handoff.summary else "",
        _shorten(f"What cannot wait: {handoff.urgent}") if handoff.urgent.strip() else "",
        say_sections(sections, may_see_secret=isinstance(to, User)),
    ]


def say_sections(sections: Iterable[Filled], *, may_see_secret: bool) -> str:
    """A line for each section in which something is to be taken over: how many entries, and of some the first by name."""
    to_say = [section for section in sections if section.entries and section.needs_acceptance]
    lines = [_say_section(section, may_see_secret) for section in to_say]
    return "\n".join(lines) or NOTHING


def _say_section(section: Filled, may_see_secret: bool) -> str:
    shown = section if may_see_secret else leave_out_secret([section])[0]
    named = [f"{entry.tag} {entry.title}".strip() for entry in shown.entries] if section.key in NAMED else []
    more = len(shown.entries) - MOST_NAMED
    said = [*named[:MOST_NAMED], *([f"{more} more"] if named and more > 0 else [])]
    hidden = "" if may_see_secret else say_hidden(count_secret(section))
    names = "; ".join(filter(None, [*said, hidden]))
    return f"{section.title}: {len(section.entries)}{f' ({names})' if names else ''}"


def _say_window(handoff: Handoff, to: Recipient) -> str:
    """The incoming shift on the recipient's own clock (a channel's is the team's), and in UTC."""
    zone = _zone(handoff, to)
    if handoff.next_ends_at is None:
        return f"The shift changes on {say_in_both(handoff.changes_at, zone)}."
    span = Span(handoff.changes_at, handoff.next_ends_at)
    own, there = say_span(span, zone), say_span(span, "UTC")
    whose = "Your" if to == handoff.incoming else f"{handoff.incoming}'s"
    return f"{whose} shift: {own}{'' if zone == 'UTC' else f', which is {there}'}."


def say_in_both(at: dt.datetime, zone: str) -> str:
    """The moment on a clock of that zone, and in UTC beside it."""
    own = say_moment(at, zone)
    return own if zone == "UTC" else f"{own}, which is {say_moment(at, 'UTC')}"


def _zone(handoff: Handoff, to: Recipient) -> str:
    return to.time_zone if isinstance(to, User) else handoff.team.time_zone


def _shorten(words: str) -> str:
    """On as many lines as it was written on, but none of them empty: an empty line would begin another paragraph."""
    lines = [line.rstrip() for line in words.splitlines() if line.strip()]
    text = "\n".join(lines)
    return text if len(text) <= LONGEST_WORDS else f"{text[: LONGEST_WORDS - 1].rstrip()}…"
