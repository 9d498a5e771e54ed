"""Handoffs that went through the contract, and rows that stand in them."""

from accounts.roles import RESPONDER
from handoffs.models import Tick
from handoffs.services import contract
from oncall.models import Address, Channel
from tests.factories import NOW, make_handoff, make_incident, make_service, make_user

REASON = "I answered the phone this morning"


def make_people():
    """Outgoing and incoming, in two zones, with the rights that a handoff needs."""
    ada = make_user("ada", role=RESPONDER, time_zone="Europe/Lisbon")
    return ada, make_user("ben", role=RESPONDER, time_zone="America/New_York")


def make_paper(**fields):
    """A draft from Ada to Ben."""
    return make_handoff(*make_people(), **fields)


def add_incident(handoff, title="Tickets can't be sold", **service):
    """An open incident on a service of the handoff's team."""
    desk = make_service(service.pop("name", "Ticket desk"), team=handoff.team, **service)
    return make_incident(title, desk)


def submit(handoff, now=NOW):
    """All ticked and signed by the outgoing person."""
    Tick.objects.filter(handoff=handoff, done_at=None).update(done_by=handoff.outgoing, done_at=now)
    contract.submit(handoff, user=handoff.outgoing, now=now)
    handoff.refresh_from_db()
    return handoff


def accept(handoff, now=NOW):
    """All of it taken and signed by the incoming person."""
    contract.accept_rest(handoff, has_read=True, number=handoff.round, user=handoff.incoming, now=now)
    snapshot = handoff.snapshots.get(number=handoff.round)
    contract.accept(
        handoff, number=snapshot.number, sha256=snapshot.sha256, user=handoff.incoming, now=now, proof_reason=REASON
    )
    handoff.refresh_from_db()
    return handoff


def make_channel(team, name="#harbour"):
    """A channel of the team that messages are sent to."""
    channel = Channel.objects.create(team=team, purpose="Team", channel=name)
    Address.objects.create(channel=channel, transport=Address.Transport.EMAIL, target="harbour@example.com")
    return channel
