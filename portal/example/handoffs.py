"""Handoffs at Skerry Lines: one that two people signed, one that is being written, and what is watched meanwhile."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from handoffs.errors import Refused
from handoffs.models import Handoff, Policy, Tick
from handoffs.services.changes import AFTER, BEFORE, find_changes, open_by_hand
from handoffs.services.contract import accept, accept_rest, submit
from handoffs.services.opening import open_handoff
from incidents.models import WatchItem
from incidents.services.watch import WatchPlan, light
from oncall.models import Rotation, Service
from oncall.schedule import load_schedule
from portal.example.oncall_file import PEOPLE

SIGNED, WRITTEN = ("booking", "rota"), ("harbour", "rota")
LOOKED_BACK = dt.timedelta(days=15)
BREATH = "A quiet week: one slow evening on Thursday, nothing open. Fares changes its fallback on Wednesday morning."
CONTEXT = (
    "The vending machine at **Kelda** prints slowly since Tuesday; the vendor comes on Friday. Call nobody for it."
)
URGENT = "Watch the gate at Grey Point until the access point is swapped; the spare lies in the harbour office."


def load_signed_handoff(now: dt.datetime) -> None:
    """The last change of shift of the booking team, before anything of this week happened."""
    if Handoff.objects.filter(is_example=True).exists():
        return
    for rotation in Rotation.objects.filter(team__slug__in=["booking", "harbour", "platform", "care"]):
        # Nobody would accept what opened by itself, as its people do not exist.
        Policy.objects.get_or_create(rotation=rotation, defaults={"is_automatic": False})
    rotation = _find_rotation(*SIGNED)
    schedule = load_schedule(rotation, now - LOOKED_BACK - BEFORE, now + AFTER)
    changes = [change for _, change in find_changes([schedule], now - LOOKED_BACK, now) if change.changes_at <= now]
    if not changes:
        return
    change = changes[-1]
    handoff = open_handoff(rotation, change, user=None, now=change.ends_at - dt.timedelta(hours=1))
    _tick_all(handoff, change.outgoing, change.ends_at - dt.timedelta(minutes=20))
    Handoff.objects.filter(pk=handoff.pk).update(is_example=True, summary=BREATH, context=CONTEXT)
    snapshot = submit(handoff, user=change.outgoing, now=change.ends_at - dt.timedelta(minutes=12))
    signed_at, number = change.changes_at - dt.timedelta(minutes=3), snapshot.number
    accept_rest(handoff, has_read=True, number=number, user=change.incoming, now=signed_at)
    proof = "We rang each other: the telephone works."
    accept(handoff, number=number, sha256=snapshot.sha256, user=change.incoming, now=signed_at, proof_reason=proof)


def load_open_handoff(people: dict[str, User], now: dt.datetime) -> None:
    """What the harbour team hands over next, half written, and what it watches."""
    if WatchItem.objects.filter(is_example=True).exists():
        return
    rotation = _find_rotation(*WRITTEN)
    _light_watch_items(rotation, people, now)
    try:
        handoff = open_by_hand(rotation, user=people["sigrid.haugen" + PEOPLE], now=now)
    except Refused:  # nobody is on call at this hour, or nobody follows: then there is nothing to hand over
        return
    Handoff.objects.filter(pk=handoff.pk).update(is_example=True, urgent=URGENT)
    Tick.objects.filter(handoff=handoff, position__lte=2).update(done_by=handoff.outgoing, done_at=now)


def _light_watch_items(rotation: Rotation, people: dict[str, User], now: dt.datetime) -> None:
    erik = people["erik.sandvik" + PEOPLE]
    gates = Service.objects.get(slug="boarding-gates")
    for kind, text, hours in (
        ("watch", "Seconds per scan at Grey Point: 1.8 at noon. Board by hand above 6.", 8),
        (
            "mitigation",
            "Grey Point boards with one lane by hand. Open the second one when the access point is swapped.",
            30,
        ),
    ):
        plan = WatchPlan(
            kind=kind,
            team=rotation.team,
            service=gates,
            text=text,
            owner=erik,
            expires_at=now + dt.timedelta(hours=hours),
            is_example=True,
        )
        light(plan, user=erik, now=now)


def _tick_all(handoff: Handoff, user: User, at: dt.datetime) -> None:
    Tick.objects.filter(handoff=handoff).update(done_by=user, done_at=at)


def _find_rotation(team: str, slug: str) -> Rotation:
    return Rotation.objects.select_related("team").get(team__slug=team, slug=slug)
