"""A handoff with its services, and the scope in which its sections look; for tests of sections."""

import datetime as dt

import pytest

from accounts.roles import EDITOR, RESPONDER
from handoffs.sections import Entry, Scope, make_scope
from incidents.models import Alert, AlertGroup
from oncall.models import Classification, Service
from tests.factories import NOW, make_handoff, make_rotation, make_service, make_team, make_user, reload_user

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
EVIL = '"><script>alert(1)</script>'


class Pier:
    """The team Pier with Ada, who hands over, Ben, who takes over, the service Ticket desk and a Confidential vault.

    Cy and the Confidential Locker are of another team.
    """

    def __init__(self) -> None:
        self.team = make_team("Pier")
        self.ada, self.ben = (self._join(name) for name in ("ada", "ben"))
        self.cy = make_user("cy", role=EDITOR)
        self.others = make_team("Keepers", self.cy)
        self.desk = make_service(team=self.team)
        self.vault = make_service("Vault", team=self.team, classification=Classification.CONFIDENTIAL)
        self.locker = make_service("Locker", team=self.others, classification=Classification.CONFIDENTIAL)
        self.rotation = make_rotation(self.team, self.ada, self.ben)
        self.handoff = make_handoff(self.ada, self.ben, rotation=self.rotation)

    def _join(self, name):
        person = make_user(name, role=RESPONDER)
        self.team.memberships.create(user=person)
        return reload_user(person)

    @property
    def scope(self) -> Scope:
        """A new one each time, as a page makes it."""
        return make_scope(self.handoff, NOW)

    def find(self, find) -> list[Entry]:
        return find(self.scope)

    def titles(self, find) -> list[str]:
        return [entry.title for entry in self.find(find)]

    def only(self, find) -> Entry:
        (entry,) = self.find(find)
        return entry


@pytest.fixture
def pier(db):
    return Pier()


def make_alert(name: str = "DeskDown", service: Service | None = None, **fields) -> Alert:
    """An alert that fires since an hour before NOW."""
    group, _ = AlertGroup.objects.get_or_create(digest="0" * 64, defaults={"key": "{}"})
    at = fields.pop("at", NOW - HOUR)
    made = {"starts_at": at, "received_at": at, "last_received_at": at, "severity_label": "critical"} | fields
    return Alert.objects.create(
        group=group, fingerprint=f"{Alert.objects.count():016x}", name=name, service=service, **made
    )
