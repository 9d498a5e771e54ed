"""The database restarted while the sweep is at work."""

import psycopg
import pytest
from django.utils import timezone

from accounts.roles import RESPONDER
from incidents.services.opening import NewIncident, open_incident
from oncall.models import Delivery
from portal import embedded
from tests.factories import get_severity, make_service, make_user
from tests.incidents.ladders import MINUTE, make_ladder
from tests.oncall.faults.fleet import Fleet
from tests.oncall.faults.test_database import copy_test_database
from tests.portal.servers import ask

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 60
CALLED = "SELECT count(*) FROM incidents_calledlevel WHERE level = 1"
DOUBLED = "SELECT count(*) - count(DISTINCT key) FROM oncall_notification"
UNSENT = "SELECT count(*) FROM oncall_delivery WHERE status <> 'sent'"


def test_the_database_restarted_in_mid_sweep_costs_no_level(tmp_path, sink, server_folder):
    ada, ben = make_user("ada", role=RESPONDER), make_user("ben", role=RESPONDER)
    desk = make_service(escalation_path=make_ladder([ada], [ben]))
    opened = timezone.now() - 16 * MINUTE
    for number in range(NUMBER):
        open_incident(NewIncident(f"No {number}", get_severity(), (desk,)), user=None, now=opened)
    Delivery.objects.update(status="sent", finished_at=opened)
    with embedded.running(server_folder, durable=False, valkey=False) as urls:
        copy_test_database(urls)
        with Fleet(tmp_path, EMAIL_URL=sink.url, DATABASE_URL=urls.database) as fleet:
            fleet.start("worker")
            fleet.start("beat")
            fleet.wait_for(lambda: count(urls, CALLED) > 0)
            embedded.stop(server_folder)
            embedded.start(server_folder, durable=False, valkey=False)
            fleet.wait_for(
                lambda: count(urls, CALLED) == NUMBER and count(urls, UNSENT) == 0, meanwhile=fleet.restart_fallen
            )
        assert count(urls, DOUBLED) == 0
        assert count(urls, "SELECT count(*) FROM oncall_notification WHERE key LIKE 'page:%'") == 2 * NUMBER
    assert len(sink.count_ids()) == NUMBER


def count(urls: embedded.Urls, question: str) -> int:
    try:
        return ask(urls, question)
    except psycopg.OperationalError:
        return -1
