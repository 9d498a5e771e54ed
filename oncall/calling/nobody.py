"""A reader who is nobody: for answers that are shared or kept, so that nothing that is one person's alone gets into them."""

from __future__ import annotations

from accounts.models import User

NOBODYS_ID = 0  # of an account that no row has


def make_nobody(*, sees_personal: bool, zone: str = "UTC") -> User:
    """A reader by the clock of `zone`, who may see everybody's personal numbers or nobody's."""
    nobody = User(pk=NOBODYS_ID, time_zone=zone)
    rights = ["oncall.view_personal_phone"] if sees_personal else []
    vars(nobody).update(role_permissions=rights, member_team_ids=[])
    return nobody
