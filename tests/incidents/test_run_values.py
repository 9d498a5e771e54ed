"""Values of a run: where they come from, and what is never put into a command."""

import pytest

from accounts.roles import RESPONDER
from incidents.errors import Refused
from incidents.services.runs import set_value, set_values
from tests.factories import NOW, make_user
from tests.incidents.run_texts import make_run

pytestmark = pytest.mark.django_db
HOSTILE = ["$(reboot)", "a;b", "`x`", "-rf", "../..", "a b", "x\ny", "' or 1=1", "x" * 300, "<script>", "a\x00b"]


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def test_labels_of_an_alert_fill_what_means_the_same(ben):
    labels = [("exported_namespace", "pier"), ("pod", "desk-1")]
    assert make_run(ben, labels=labels).values == {"namespace": "pier", "service-name": "ticket-desk"}


def test_a_label_goes_before_what_is_known_of_the_service(ben):
    assert make_run(ben, labels=[("service", "desk-canary")]).values["service-name"] == "desk-canary"


def test_what_is_typed_goes_before_a_label(ben):
    run = make_run(ben, labels=[("namespace", "pier")], values={"namespace": "quay"})
    assert run.values["namespace"] == "quay"


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_label_fills_nothing(ben, value):
    assert "namespace" not in make_run(ben, labels=[("namespace", value)]).values


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_refused_with_the_reason(ben, value):
    run = make_run(ben)
    with pytest.raises(Refused, match="Namespace: the value"):
        set_value(run, "namespace", value, user=ben, now=NOW)


def test_all_values_are_set_or_none(ben):
    run = make_run(ben)
    with pytest.raises(Refused):
        set_values(run, {"service-name": "desk", "namespace": "a b"}, user=ben, now=NOW)
    run.refresh_from_db()
    assert run.values["service-name"] == "ticket-desk"


def test_an_empty_value_is_forgotten(ben):
    run = set_value(make_run(ben), "service-name", " ", user=ben, now=NOW)
    assert "service-name" not in run.values


def test_a_name_that_nothing_asks_for_is_ignored(ben):
    run = set_value(make_run(ben), "colour", "blue", user=ben, now=NOW)
    assert "colour" not in run.values


def test_saving_the_same_values_is_no_news(ben):
    run = make_run(ben)
    run.refresh_from_db()
    before = run.revision
    set_value(run, "service-name", "ticket-desk", user=ben, now=NOW)
    run.refresh_from_db()
    assert run.revision == before
