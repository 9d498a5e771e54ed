"""Reading what monitoring sends: the form, what is forgiven, and what is refused with a reason."""

import datetime as dt
import json

import pytest

from incidents.alertmanager import MOST_ALERTS, MOST_LABELS, Unreadable, read_notification, read_time
from tests.incidents.payloads import make_alert, make_payload


def read(*alerts, **fields):
    return read_notification(json.dumps(make_payload(*alerts, **fields)).encode())


def test_a_notification_is_read_with_its_group_and_alerts():
    sent = read(make_alert("DeskDown", labels={"service": "desk"}))
    assert (sent.group_key, sent.receiver) == ('{}:{alertname="DeskDown"}', "portal")
    (alert,) = sent.alerts
    assert (alert.name, alert.labels["service"], alert.is_firing, alert.ends_at) == ("DeskDown", "desk", True, None)
    assert alert.starts_at == dt.datetime(2026, 11, 17, 3, 10, tzinfo=dt.UTC)


def test_what_grafana_adds_is_ignored_and_its_version_taken():
    alert = make_alert(
        values={"B": 44.2}, valueString="[ var='B' ]", dashboardURL="", panelURL="", silenceURL="https://example.com"
    )
    sent = read(alert, version="1", orgId=1, title="[FIRING:1]", state="alerting", message="**Firing**")
    assert len(sent.alerts) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-17T03:14:00Z", "2026-11-17T03:14:00+00:00"),
        ("2026-11-17T03:14:00.123456789Z", "2026-11-17T03:14:00.123456+00:00"),
        ("2026-11-17T08:44:00.5+05:30", "2026-11-17T03:14:00.500000+00:00"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00+00:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00+00:00"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59+00:00"),
    ],
)
def test_times_of_any_zone_and_precision_are_understood(text, expected):
    assert read_time(text, "startsAt").isoformat() == expected


def test_gos_zero_time_means_that_there_is_none():
    assert read_time("0001-01-01T00:00:00Z", "endsAt") is None
    assert read_time("", "endsAt") is None


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-11-17T03:14:00",
        1763349240,
        "9999-12-31T23:59:59-23:59",
        "٢٠٢٦-11-17T03:14:00Z",
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(Unreadable, match="startsAt"):
        read_time(text, "startsAt")


def test_without_a_fingerprint_the_labels_make_one_in_any_order():
    one, other = make_alert(labels={"a": "1", "b": "2"}), make_alert(labels={"b": "2", "a": "1"})
    del one["fingerprint"], other["fingerprint"]
    assert read(one).alerts[0].fingerprint == read(other).alerts[0].fingerprint
    other["labels"]["a"] = "2"
    assert read(one).alerts[0].fingerprint != read(other).alerts[0].fingerprint


def test_without_a_group_key_receiver_and_labels_of_the_group_make_one():
    first, second = read(groupKey=None), read(groupKey=None)
    assert first.digest == second.digest
    assert read(groupKey=None, receiver="another").digest != first.digest
    assert read(groupKey=None, groupLabels={"alertname": "LampOut"}).digest != first.digest


def test_the_same_alert_twice_in_one_notification_is_one_that_has_ended():
    alert = make_alert()
    sent = read(make_alert(status="resolved", fingerprint=alert["fingerprint"]), alert)
    assert [one.is_firing for one in sent.alerts] == [False]


def test_nul_and_lone_surrogates_become_a_sign_that_can_be_stored():
    body = json.dumps(make_payload(make_alert(labels={"pod": "a\x00b\ud800c"}))).encode()
    (alert,) = read_notification(body).alerts
    assert alert.labels["pod"] == "a\ufffdb\ufffdc"


def test_numbers_and_truth_values_in_labels_are_taken_as_they_are_written():
    (alert,) = read(make_alert(labels={"code": 502, "canary": True, "gone": None})).alerts
    assert (alert.labels["code"], alert.labels["canary"], alert.labels["gone"]) == ("502", "true", "")


def test_a_very_long_value_is_cut():
    (alert,) = read(make_alert(annotations={"description": "x" * 50_000})).alerts
    assert len(alert.annotations["description"]) == 10_000


def test_an_alert_without_a_name_has_words_for_it():
    alert = make_alert()
    del alert["labels"]["alertname"]
    assert read(alert).alerts[0].name == "Alert without a name"


BAD = {
    "not JSON": (b"status=firing", "not JSON"),
    "not UTF-8": (b'{"version": "\xff"}', "not JSON"),
    "empty": (b"", "not JSON"),
    "a list": (b"[]", "no object"),
    "deep": (b'{"a":' * 100_000, "deeply"),
    "a number of 10,000 digits": (b'{"version":' + b"9" * 10_000 + b"}", "not JSON"),
    "no version": (b"{}", "missing"),
    "version 3": (b'{"version":"3"}', "“3”"),
    "version of another kind": (b'{"version":["4"]}', "missing"),
    "no alerts": (b'{"version":"4"}', "alerts"),
    "alerts as an object": (b'{"version":"4","alerts":{}}', "no list"),
    "an alert as a text": (b'{"version":"4","alerts":["x"]}', r"alerts\[0\]"),
}


@pytest.mark.parametrize("body", BAD)
def test_what_is_no_notification_is_refused_with_a_reason(body):
    sent, reason = BAD[body]
    with pytest.raises(Unreadable, match=reason):
        read_notification(sent)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status": "pending"}, "status"),
        ({"labels": []}, "labels"),
        ({"labels": {"a": {"b": "c"}}}, "labels.a"),
        ({"labels": {str(n): "x" for n in range(10_000)}}, str(MOST_LABELS)),
        ({"annotations": "text"}, "annotations"),
        ({"startsAt": None}, "startsAt"),
        ({"startsAt": "0001-01-01T00:00:00Z"}, "startsAt"),
        ({"endsAt": "soon"}, "endsAt"),
        ({"fingerprint": 7}, "fingerprint"),
        ({"generatorURL": {}}, "generatorURL"),
    ],
)
def test_an_alert_of_the_wrong_form_is_refused_with_the_field(changed, reason):
    with pytest.raises(Unreadable, match=reason):
        read({**make_alert(), **changed})


def test_too_many_alerts_are_refused_with_what_to_do():
    with pytest.raises(Unreadable, match="max_alerts"):
        read_notification(json.dumps(make_payload() | {"alerts": [{}] * (MOST_ALERTS + 1)}).encode())


def test_a_fingerprint_of_any_length_fits():
    (alert,) = read(make_alert(fingerprint="f" * 5000)).alerts
    assert len(alert.fingerprint) == 64
