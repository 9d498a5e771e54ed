"""A service changed: its runbooks are asked about, once for each change."""

import datetime as dt

import pytest

from oncall.models import Dependency, ServiceLink
from runbooks.models import Evidence, ServiceSnapshot
from runbooks.services.noticing import notice_services
from runbooks.services.noticing.services import CHUNK
from tests.factories import NOW, make_path, make_published, make_service, make_team

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)
PLAIN = "# Ferry radio\n\nSays when ships come.\n"


@pytest.fixture
def service():
    return make_service("Ferry radio", team=make_team("Harbour"), slo="99 %")


@pytest.fixture
def runbook(service):
    return make_published("Ferry radio", text=PLAIN, service=service)


def change(service, **fields):
    for name, value in fields.items():
        setattr(service, name, value)
    service.save()


def texts():
    return list(Evidence.objects.order_by("pk").values_list("text", flat=True))


def test_the_first_look_only_remembers(runbook):
    assert notice_services(NOW) == 0
    assert ServiceSnapshot.objects.count() == 1
    assert texts() == []


def test_one_sentence_says_all_that_changed(service, runbook):
    notice_services(NOW)
    change(service, team=make_team("Night desk"), tier=1, escalation_path=make_path(name="Night path"), slo="")
    assert notice_services(LATER) == 1
    assert texts() == [
        "Ferry radio: team was Harbour, is Night desk; escalation path was none, is Night path; tier was 3, is 1; "
        "SLO was 99 %, is none."
    ]
    row = Evidence.objects.get()
    assert (row.kind, row.asks, row.runbook, row.url) == ("service", True, runbook, "/services/ferry-radio/")


def test_twice_is_once_and_a_change_back_is_a_change(service, runbook):
    notice_services(NOW)
    for hour, tier in enumerate((1, 3, 1), start=1):
        change(service, tier=tier)
        at = NOW + dt.timedelta(hours=hour)
        assert notice_services(at) == 1
        assert notice_services(at) == 0
    assert texts()[-1] == "Ferry radio: tier was 3, is 1."
    assert len(texts()) == 3


def test_links_and_dependencies_are_named(service, runbook):
    logs = ServiceLink.objects.create(service=service, kind="logs", url="https://logs.example.net/a")
    notice_services(NOW)
    logs.delete()
    ServiceLink.objects.create(service=service, kind="dashboard", label="Signals", url="https://grafana.example.net/a")
    Dependency.objects.create(service=service, needs=make_service("Mast"))
    notice_services(LATER)
    assert texts() == ["Ferry radio: the link “Signals” is new; the link “Logs” is gone; the dependency “Mast” is new."]


def test_a_confidential_dependency_is_not_named(service, runbook):
    notice_services(NOW)
    Dependency.objects.create(service=service, needs=make_service("Vault", classification="confidential"))
    notice_services(LATER)
    assert texts() == ["Ferry radio: the dependency “a Confidential service” is new."]


def test_what_is_only_called_otherwise_is_no_change(service, runbook):
    needs = make_service("Mast")
    Dependency.objects.create(service=service, needs=needs)
    notice_services(NOW)
    change(needs, name="Tall mast")
    change(service.team, name="Harbour crew")
    notice_services(LATER)
    assert texts() == []


def test_only_runbooks_in_use_are_asked_about(service, runbook):
    make_published("Old", text=PLAIN, service=service, retired_at=NOW)
    make_published("Elsewhere", text=PLAIN, service=make_service("Elsewhere"))
    notice_services(NOW)
    change(service, tier=1)
    notice_services(LATER)
    assert Evidence.objects.get().runbook == runbook


def test_many_services_take_as_many_queries_as_few(django_assert_num_queries, django_assert_max_num_queries):
    for number in range(2):
        make_service(f"S{number}")
    notice_services(NOW)
    with django_assert_num_queries(5):
        notice_services(LATER)
    for number in range(2, 20):
        make_service(f"S{number}")
    notice_services(LATER)
    assert CHUNK > 20
    with django_assert_num_queries(5):
        notice_services(LATER)
