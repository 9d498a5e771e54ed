"""PostgreSQL restarted in the middle of a storm: senders are told to come again, and each alert comes in once."""

import psycopg
import pytest

from portal import embedded
from tests.factories import make_service
from tests.incidents.faults.storms import Sender, start_web
from tests.incidents.payloads import make_hook_token
from tests.oncall.faults.fleet import Fleet
from tests.oncall.faults.test_database import copy_test_database
from tests.portal.servers import ask

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 150


def count(urls, question):
    try:
        return ask(urls, f"SELECT count(*) FROM {question}")
    except psycopg.OperationalError:
        return -1


def test_database_restarted_in_a_storm_gets_each_alert_once(tmp_path, server_folder):
    make_service()
    token = make_hook_token()
    with embedded.running(server_folder, durable=False, valkey=False) as urls:
        copy_test_database(urls)
        with Fleet(tmp_path, DATABASE_URL=urls.database) as fleet:
            port = start_web(fleet)
            fleet.start("worker")
            fleet.start("beat")
            sender = Sender(port, token, NUMBER, pause=0.05)
            sender.start()
            fleet.wait_for(lambda: len(sender.taken) > 20)
            embedded.stop(server_folder)
            fleet.wait_for(lambda: 503 in sender.told)
            embedded.start(server_folder, durable=False, valkey=False)
            sender.join()
            waiting = "incidents_alertpayload WHERE processed_at IS NULL"
            fleet.wait_for(lambda: count(urls, waiting) == 0, meanwhile=fleet.restart_fallen)
        assert sorted(sender.taken) == list(range(NUMBER))
        assert set(sender.told) <= {0, 503}
        assert count(urls, "incidents_alert") == NUMBER
        assert count(urls, "incidents_incident") == 1
        assert count(urls, "incidents_alertpayload WHERE attempts > 0 OR error <> ''") == 0
        told = ask(urls, "SELECT sum((data->>'count')::int) FROM incidents_timelineentry WHERE kind = 'alert'")
        assert told == NUMBER
