"""Beat: one at a time, whatever is started, and tasks that go through the real broker."""

import datetime as dt
import time

import psycopg
import pytest
from celery.contrib.testing.worker import start_worker
from celery.schedules import schedule
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from portal.beat import LOCK, WAIT_SECONDS, SingleScheduler
from portal.celery import app
from portal.processes import wait_until_gone
from portal.tasks import clear_expired_sessions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch, tmp_path):
    """A scheduler with one task that is always due, and the list of what it sent."""
    scheduler = SingleScheduler(app=app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
    scheduler.setup_schedule()
    scheduler.schedule.clear()
    scheduler.add(name="always", task="portal.tasks.clear_expired_sessions", schedule=schedule(dt.timedelta(seconds=0)))
    names = []
    monkeypatch.setattr(scheduler, "apply_async", lambda entry, **kwargs: names.append(entry.name))
    yield scheduler, names
    scheduler.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def test_the_only_beat_sends(sent):
    scheduler, names = sent
    scheduler.tick()
    scheduler.tick()
    assert "always" in names


def test_a_second_beat_waits_until_the_first_has_gone(sent):
    scheduler, names = sent
    params = connection.get_connection_params()
    known = {key: params[key] for key in ("dbname", "user", "password", "host", "port") if params.get(key)}
    with psycopg.connect(**known, autocommit=True) as first:
        first.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        assert scheduler.tick() == WAIT_SECONDS
        assert names == []
        pid = first.info.backend_pid
    assert wait_until_gone(pid, 20)  # its server process, which holds the lock, outlives the connection by a moment
    scheduler.tick()
    assert names == ["always"]


def test_a_lost_connection_costs_the_lock_and_it_is_taken_again(sent):
    scheduler, names = sent
    scheduler.tick()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    params = connection.get_connection_params()
    known = {key: params[key] for key in ("dbname", "user", "password", "host", "port") if params.get(key)}
    with psycopg.connect(**known, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert scheduler.tick() == WAIT_SECONDS
    scheduler.tick()
    assert len(names) >= 2


def test_a_worker_takes_the_task_from_the_broker():
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="x", expire_date=now - dt.timedelta(days=1))
    Session.objects.create(session_key="new", session_data="x", expire_date=now + dt.timedelta(days=1))
    with start_worker(app, perform_ping_check=False, pool="solo"):
        result = clear_expired_sessions.apply_async(ignore_result=True)
        assert result.id
        until = time.monotonic() + 20
        while Session.objects.filter(session_key="old").exists() and time.monotonic() < until:
            time.sleep(0.02)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
