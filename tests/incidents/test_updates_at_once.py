"""Two people send at the same moment: both updates stay, and the status is what one of them meant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from accounts.roles import RESPONDER
from incidents.errors import WrongState
from incidents.models import IncidentUpdate
from tests.factories import make_incident, make_user
from tests.incidents.updates import make_channel, send

pytestmark = pytest.mark.django_db(transaction=True)


def send_together(incident, people: list[tuple[User, dict]]) -> list[str]:
    """What came of each: "sent", or why not."""
    barrier = Barrier(len(people))

    def one(person: User, values: dict) -> str:
        barrier.wait()
        try:
            send(incident, person, **values)
        except WrongState as refusal:
            return str(refusal)
        else:
            return "sent"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return [future.result() for future in [pool.submit(one, *who) for who in people]]


def test_both_updates_stay():
    incident, channel = make_incident(), make_channel()
    people = [(make_user(name, role=RESPONDER), {"subject": name, "channels": [channel]}) for name in ("ben", "cy")]
    assert send_together(incident, people) == ["sent", "sent"]
    assert set(IncidentUpdate.objects.values_list("subject", flat=True)) == {"ben", "cy"}
    assert incident.timeline.filter(kind="update").count() == 2


def test_of_two_changes_of_status_one_is_told_that_it_changed():
    incident = make_incident()
    seen = {"status_seen": "investigating"}
    people = [
        (make_user("ben", role=RESPONDER), seen | {"new_status": "resolved", "kind": "resolved"}),
        (make_user("cy", role=RESPONDER), seen | {"new_status": "monitoring"}),
    ]
    said = send_together(incident, people)
    assert sorted(word == "sent" for word in said) == [False, True]
    incident.refresh_from_db()
    assert incident.status == IncidentUpdate.objects.get().status
    assert incident.status in ("resolved", "monitoring")
