"""Two people who change the same incident at the same moment: the second one waits, and sees what the first one did."""

import threading

import pytest
from django.db import connection, transaction

from accounts.roles import RESPONDER
from incidents.models import Incident
from incidents.services.changing import change_severity
from incidents.services.locking import lock_incident
from tests.factories import NOW, get_severity, make_incident, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_whoever_waited_for_a_change_of_severity_gets_the_new_one():
    incident, user = make_incident(level="SEV-3"), make_user("ada", role=RESPONDER)
    waiting, found = threading.Event(), []

    def wait_and_look():
        try:
            with transaction.atomic():
                waiting.set()
                found.append(lock_incident(incident.pk).severity.name)
        finally:
            connection.close()

    with transaction.atomic():
        change_severity(incident, get_severity("SEV-1"), reason="worse", user=user, now=NOW)
        other = threading.Thread(target=wait_and_look)
        other.start()
        waiting.wait(5)
        other.join(0.5)  # it has come to the lock, and waits there
        assert other.is_alive()
    other.join(10)
    assert found == ["SEV-1"]
    assert Incident.objects.get().severity.name == "SEV-1"
