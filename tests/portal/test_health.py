"""For load balancers, Prometheus and whoever reads the logs."""

import json
import logging

import pytest
from django.core.cache import caches
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from accounts.roles import ADMINISTRATOR
from portal.logs import JsonFormatter, RequestIdFilter
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_live_says_so():
    assert Client().get("/health/live").status_code == 200


def test_ready_when_database_broker_and_migrations_are_fine():
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["problems"]) == (200, {})


def test_not_ready_while_a_migration_is_missing():
    MigrationRecorder.Migration.objects.filter(app="runbooks").delete()
    response = Client().get("/health/ready")
    assert response.status_code == 503
    assert "migrations are not applied" in response.json()["problems"]["migrations"]


def test_not_ready_without_the_broker_and_says_which(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere/valkey.sock"}
    }
    caches.settings = caches.configure_settings(settings.CACHES)
    response = Client().get("/health/ready")
    assert response.status_code == 503
    assert set(response.json()["problems"]) == {"broker"}


def test_metrics_ask_for_a_token():
    response = Client().get("/metrics")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_metrics_refuse_a_wrong_token(settings):
    settings.METRICS_TOKEN = "lighthouse"
    assert Client().get("/metrics", headers={"Authorization": "Bearer ligthouse"}).status_code == 401


def test_metrics_are_prometheus_text_for_the_right_token(settings):
    settings.METRICS_TOKEN = "lighthouse"
    client = Client(headers={"Authorization": "Bearer lighthouse"})
    client.get("/health/live")
    response = client.get("/metrics")
    assert response["Content-Type"].startswith("text/plain")
    assert b'portal_http_requests_total{method="GET",status="200",view="portal:live"}' in response.content


def test_metrics_are_open_to_administrators(as_user):
    admin = make_user("ada", role=ADMINISTRATOR, is_staff=True)
    assert as_user(admin).get("/metrics").status_code == 200


def test_metrics_are_closed_to_readers(as_ada):
    assert as_ada.get("/metrics").status_code == 401


def test_a_request_is_one_log_line_with_its_id(as_ada, ada, caplog):
    with caplog.at_level(logging.INFO, logger="portal.request"):
        as_ada.get("/runbooks/?q=x", headers={"X-Request-ID": "from-the-proxy-1"})
    (record,) = [r for r in caplog.records if r.name == "portal.request"]
    assert (record.method, record.path, record.status, record.user) == ("GET", "/runbooks/", 200, ada.pk)


def test_an_id_from_the_proxy_is_kept(as_ada):
    assert as_ada.get("/", headers={"X-Request-ID": "from-the-proxy-1"})["X-Request-ID"] == "from-the-proxy-1"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, 'a"b\nc-injected', "näher-als-gut"])
def test_an_odd_id_is_replaced(as_ada, given):
    answered = as_ada.get("/", headers={"X-Request-ID": given.replace("\n", " ")})["X-Request-ID"]
    assert len(answered) == 32


def test_a_log_line_is_json_with_time_level_and_id():
    record = logging.makeLogRecord({"name": "portal", "levelname": "INFO", "msg": "hello\nthere", "status": 200})
    RequestIdFilter().filter(record)
    line = JsonFormatter().format(record)
    data = json.loads(line)
    assert "\n" not in line
    assert (data["message"], data["level"], data["status"]) == ("hello\nthere", "INFO", 200)
    assert "T" in data["time"] and "request_id" in data
