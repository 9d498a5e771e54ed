"""Handing command over: offered by whoever has it, accepted by whoever takes it. Until then the commander commands."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from incidents.errors import NotAllowed, Refused, WrongState
from incidents.models import CommandOffer, EntryKind, Incident, Role, RoleHolder, Status
from incidents.services import escalating
from incidents.services.holding import find_holder, hold_role
from incidents.services.locking import lock_for, say_at
from incidents.services.telling import check_able, tell
from incidents.services.timeline import record

_WAITING = CommandOffer.Answer.WAITING


@transaction.atomic
def offer_command(incident: Incident, to: User, *, note: str = "", user: User, now: dt.datetime) -> CommandOffer:
    """Offer command to somebody, who is told. The commander may; where nobody commands, any responder may.

    Raises NotAllowed (somebody else commands), Refused (they can't take it) and WrongState (one offer waits already).
    """
    found = lock_for(incident, user, "hand over command")
    _check_not_closed(found)
    holder = find_holder(found, Role.COMMANDER)
    if holder is not None and holder.person_id != user.pk:
        raise NotAllowed(f"{holder.person} commands {found.reference}, and can offer command to somebody else.")
    if to.pk == user.pk:
        raise Refused("You can’t offer command to yourself.")
    check_able(to)
    waiting = found.command_offers.filter(answer=_WAITING).select_related("to").first()
    if waiting is not None:
        since = say_at(waiting.asked_at, now, user)
        raise WrongState(f"Command was offered to {waiting.to} {since}. Withdraw that before you ask somebody else.")
    note = " ".join(note.replace("\0", "").split())[:300]
    offer = CommandOffer.objects.create(incident=found, by=user, to=to, note=note, asked_at=now)
    text = f"offered command to {to}" + (f": {note}" if note else "")
    record(found, EntryKind.ROLE, text, now=now, person=user, role=Role.COMMANDER, offer=offer.pk)
    subject = f"{user} offers you command of {found.reference}"
    tell(found, to, key=f"command-offer:{offer.pk}", subject=subject, by=user, now=now, note=note, action="Answer")
    return offer


@transaction.atomic
def answer_offer(offer: CommandOffer, *, accept: bool, user: User, now: dt.datetime) -> CommandOffer:
    """The yes or no of whoever was asked. A yes makes them commander at once, and answers the page where nobody had.

    Raises NotAllowed (somebody else was asked, or a role that was lost) and WrongState (answered or withdrawn before).
    """
    if offer.to_id != user.pk:
        raise NotAllowed(f"Only {offer.to} can answer this.")
    found = lock_for(offer.incident_id, user, "take command")
    offer = _lock_open(offer)
    _check_not_closed(found)
    _settle(offer, CommandOffer.Answer.ACCEPTED if accept else CommandOffer.Answer.DECLINED, now)
    if accept:
        hold_role(found, Role.COMMANDER, user, now=now)
    text = f"{'accepted' if accept else 'declined'} command, offered by {offer.by}"
    record(found, EntryKind.ROLE, text, now=now, person=user, role=Role.COMMANDER, offer=offer.pk)
    said = "commands" if accept else "can’t take command of"
    tell(
        found,
        offer.by,
        key=f"command-answer:{offer.pk}",
        subject=f"{user} {said} {found.reference}{' now' if accept else ''}",
        by=user,
        now=now,
    )
    if accept:
        answer_page(found, user=user, now=now)
    return offer


@transaction.atomic
def withdraw_offer(offer: CommandOffer, *, user: User, now: dt.datetime) -> CommandOffer:
    """Take the offer back before it is answered: whoever made it, or the commander."""
    found = lock_for(offer.incident_id, user, "withdraw an offer of command")
    holder = find_holder(found, Role.COMMANDER)
    if user.pk not in (offer.by_id, holder.person_id if holder else None):
        raise NotAllowed(f"Only {offer.by} can withdraw this.")
    offer = _lock_open(offer)
    _settle(offer, CommandOffer.Answer.WITHDRAWN, now)
    text = f"withdrew the offer of command to {offer.to}"
    record(found, EntryKind.ROLE, text, now=now, person=user, role=Role.COMMANDER, offer=offer.pk)
    return offer


@transaction.atomic
def take_over_command(incident: Incident, *, reason: str, user: User, now: dt.datetime) -> RoleHolder:
    """Take command from a commander who does not answer, with a reason; they are told, and the timeline says it.

    Without it an incident would be stuck with a commander whose telephone is dead. Raises NotAllowed, Refused, WrongState.
    """
    found = lock_for(incident, user, "take command")
    _check_not_closed(found)
    reason = " ".join(reason.replace("\0", "").split())[:300]
    holder = find_holder(found, Role.COMMANDER)
    if holder is None:
        raise WrongState("Nobody commands: you can simply take command.")
    if holder.person_id == user.pk:
        raise WrongState("You are Commander already.")
    if not reason:
        raise Refused(f"Say in a few words why you take command from {holder.person}.")
    row = hold_role(found, Role.COMMANDER, user, now=now)
    text = f"took command over from {holder.person}: {reason}"
    record(found, EntryKind.ROLE, text, now=now, person=user, role=Role.COMMANDER, before=holder.person_id)
    subject = f"{user} took command of {found.reference} over from you"
    tell(found, holder.person, key=f"command-over:{row.pk}", subject=subject, by=user, now=now, note=reason)
    answer_page(found, user=user, now=now)
    return row


def answer_page(incident: Incident, *, user: User, now: dt.datetime) -> None:
    """Whoever commands is on it: nobody else is called. The incident's row is held by the caller."""
    if incident.is_open and (incident.acknowledged_at is None or incident.escalations.running().exists()):
        escalating.acknowledge(incident, user=user, now=now)


def _lock_open(offer: CommandOffer) -> CommandOffer:
    """The offer as it is now; its incident is held already."""
    rows = CommandOffer.objects.select_for_update(of=("self",)).select_related("by", "to")
    found = rows.get(pk=offer.pk)
    if found.answer != _WAITING:
        raise WrongState(f"This offer was {found.get_answer_display().lower()} before.")
    return found


def _settle(offer: CommandOffer, answer: CommandOffer.Answer, now: dt.datetime) -> None:
    offer.answer, offer.answered_at = answer, now
    offer.save(update_fields=["answer", "answered_at"])


def _check_not_closed(incident: Incident) -> None:
    if incident.status == Status.CLOSED:
        raise WrongState(f"{incident.reference} is closed. Its roles stay as they were.")
