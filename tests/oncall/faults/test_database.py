"""The database restarted while a worker sends."""

import os
import subprocess

import psycopg
import pytest

from oncall.outbox.nudging import nudge
from portal import embedded
from tests.oncall.faults.fleet import Fleet, name_test_database
from tests.oncall.faults.messages import assert_each_came_once, tell_many
from tests.portal.servers import ask

pytestmark = pytest.mark.django_db(transaction=True)


def copy_test_database(urls: embedded.Urls) -> None:
    """All of the test's database, into another server."""
    dump = embedded.find_postgres_program("pg_dump")
    dumped = subprocess.run([dump, "--no-owner", name_test_database()], check=True, capture_output=True).stdout
    psql = [embedded.find_postgres_program("psql"), "--quiet", "--output", os.devnull, urls.database]
    subprocess.run(psql, check=True, input=dumped, capture_output=True)


def test_database_restarted_in_mid_delivery_costs_no_message(tmp_path, sink, server_folder):
    tell_many(12)
    with embedded.running(server_folder, durable=False, valkey=False) as urls:
        copy_test_database(urls)
        sink.hold.clear()
        with Fleet(tmp_path, EMAIL_URL=sink.url, DATABASE_URL=urls.database) as fleet:
            fleet.start("worker")
            fleet.wait_for(sink.entered.is_set, meanwhile=nudge)
            embedded.stop(server_folder)
            sink.hold.set()
            embedded.start(server_folder, durable=False, valkey=False)
            fleet.wait_for(lambda: not count_unsent(urls), meanwhile=nudge)
    assert_each_came_once(sink, 12)


def count_unsent(urls: embedded.Urls) -> int:
    try:
        return ask(urls, "SELECT count(*) FROM oncall_delivery WHERE status <> 'sent'")
    except psycopg.OperationalError:
        return -1
