"""What a process does before it dies."""

import datetime as dt

from accounts.models import User
from incidents.models import Incident
from incidents.services.escalating import acknowledge, sweep
from incidents.services.opening import NewIncident, open_incident
from oncall.models import Service
from tests.factories import get_severity


def _sweep(number: int, user: int, now: dt.datetime) -> None:
    sweep(now)


def _open(number: int, user: int, now: dt.datetime) -> None:
    """`number` is the service's."""
    service = Service.objects.select_related("escalation_path", "team").get(pk=number)
    new = NewIncident("Tickets can't be sold", get_severity("SEV-2"), (service,))
    open_incident(new, user=None, now=now)


def _acknowledge(number: int, user: int, now: dt.datetime) -> None:
    acknowledge(Incident.objects.get(pk=number), user=User.objects.with_access().get(pk=user), now=now)


DEEDS = {"sweep": _sweep, "open": _open, "acknowledge": _acknowledge}
