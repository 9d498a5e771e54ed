"""How the handoffs of a rotation go: read with its defaults, and changed."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Membership, User
from handoffs.errors import NotAllowed, Refused
from handoffs.models import Policy
from oncall.models import Rotation


def get_policy(rotation: Rotation) -> Policy:
    """The policy of a rotation; an unsaved one with the defaults where it has none."""
    return Policy.objects.filter(rotation=rotation).first() or Policy(rotation=rotation)


def may_change_policy(rotation: Rotation, user: User) -> bool:
    """Whose role includes it, and the leads of the team."""
    if user.has_perm("handoffs.change_policy"):
        return True
    return Membership.objects.filter(team=rotation.team_id, user=user, is_lead=True).exists()


@transaction.atomic
def change_policy(rotation: Rotation, *, is_automatic: bool, open_before: int, late_after: int, user: User) -> Policy:
    """Set how the handoffs of a rotation go; minutes before and after the change. Raises NotAllowed or Refused.

    It counts from the next change on: what is open stays open.
    """
    if not may_change_policy(rotation, user):
        raise NotAllowed(f"Only editors and the leads of {rotation.team} change how its handoffs go.")
    if not 5 <= open_before <= 1440:
        raise Refused("A handoff opens between 5 minutes and 24 hours (1440 minutes) before the change.")
    if not 1 <= late_after <= 1440:
        raise Refused("A handoff is late between 1 minute and 24 hours (1440 minutes) after the change.")
    Rotation.objects.select_for_update(no_key=True).get(pk=rotation.pk)
    policy, _ = Policy.objects.update_or_create(
        rotation=rotation,
        defaults={"is_automatic": is_automatic, "open_before": open_before, "late_after": late_after},
    )
    return policy
