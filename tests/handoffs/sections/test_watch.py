"""Watch items, mitigations, silences and overrides, each with its end."""

import pytest

from handoffs.sections.deferred import find_deferred
from handoffs.sections.watch import find_temporary, find_watched
from incidents.models import WatchItem
from oncall.models import Override
from tests.factories import NOW, make_service, make_watch_item
from tests.handoffs.sections.making import DAY, EVIL, HOUR

pytestmark = pytest.mark.django_db
Kind = WatchItem.Kind


def light(pier, text="Decline ratio below 0.12", **fields):
    fields.setdefault("created_at", NOW - 3 * DAY)
    return make_watch_item(text, team=fields.pop("team", pier.team), user=pier.ada, **fields)


def cover(pier, start, end, **fields):
    layer = pier.rotation.layers.get()
    return Override.objects.create(
        layer=layer, person=pier.cy, during=(start, end), reason="Ben is on a boat", created_at=NOW, **fields
    )


def test_a_watch_item_says_on_what_whose_and_until_when(pier):
    item = light(pier, service=pier.desk, alert_name="DeclineRatioHigh", owner=pier.ada)
    entry = pier.only(find_watched)
    assert (entry.key, entry.title, entry.tag) == (f"watch:{item.pk}", "Decline ratio below 0.12", "Watch")
    assert entry.url == item.get_absolute_url()
    assert entry.facts == ("Ticket desk", "alert DeclineRatioHigh", "owner Ada")
    assert entry.times == (("until", "2026-11-18T03:14:00+00:00"),)


def test_what_ends_first_stands_in_front_and_in_the_shift_in_amber(pier):
    light(pier, "Later", expires_at=NOW + 30 * DAY)
    light(pier, "Soon")
    assert [(entry.title, entry.tone) for entry in pier.find(find_watched)] == [("Soon", "amber"), ("Later", "info")]


def test_an_item_that_expired_or_was_closed_is_not_carried_on(pier):
    light(pier, "Expired", expires_at=NOW)
    light(pier, "Closed", closed_at=NOW, closed_by=pier.ada)
    assert pier.find(find_watched) == []


def test_an_item_of_others_about_the_teams_service_is_told_of(pier):
    light(pier, "Ours by service", team=pier.others, service=pier.desk)
    light(pier, "Theirs", team=pier.others, service=make_service("Lamps", team=pier.others))
    assert pier.titles(find_watched) == ["Ours by service"]


def test_confidential_ones_are_marked_and_those_about_services_of_others_left_out(pier):
    light(pier, "Vault", service=pier.vault)
    light(pier, "Locker", service=pier.locker)
    entry = pier.only(find_watched)
    assert (entry.title, entry.secret) == ("Vault", True)


def test_mitigations_and_silences_stand_with_their_end(pier):
    light(pier, "Half of the traffic on the other line", kind=Kind.MITIGATION)
    light(pier, "LampOut is silenced", kind=Kind.SILENCE, expires_at=NOW + HOUR)
    assert [(entry.tag, entry.times[0][0]) for entry in pier.find(find_temporary)] == [
        ("Silence", "until"),
        ("Mitigation", "until"),
    ]


def test_a_mitigation_whose_time_ran_out_in_the_shift_is_still_told_of(pier):
    light(pier, "Over", kind=Kind.MITIGATION, expires_at=NOW - HOUR)
    light(pier, "Long over", kind=Kind.MITIGATION, created_at=NOW - 60 * DAY, expires_at=NOW - 50 * DAY)
    entry = pier.only(find_temporary)
    assert (entry.title, entry.tone, entry.times) == ("Over", "red", (("ended", "2026-11-17T02:14:00+00:00"),))


def test_an_override_that_is_in_force_at_the_change_says_when_it_ends(pier):
    changes = pier.handoff.changes_at
    made = cover(pier, changes - HOUR, changes + HOUR)
    cover(pier, changes + DAY, changes + 2 * DAY)
    cover(pier, changes + 3 * DAY, changes + 4 * DAY, cancelled_at=NOW)
    entry = pier.only(find_temporary)
    assert (entry.key, entry.tag) == (f"override:{made.pk}", "Override")
    assert entry.title == "Cy is on call in Primary, whoever the plan names"
    assert entry.facts == ("Ben is on a boat",)
    assert entry.times == (("until", "2026-11-17T05:14:00+00:00"),)


def test_hostile_words_stay_words(pier):
    light(pier, EVIL, alert_name=EVIL, url="javascript:alert(1)")
    entry = pier.only(find_watched)
    assert (entry.title, entry.facts) == (EVIL, (f"alert {EVIL}",))
    assert entry.url.startswith("/")


def test_all_kinds_together_take_one_query(pier, django_assert_num_queries):
    for number in range(20):
        for kind in Kind.values:
            light(pier, f"Item {number}", kind=kind)
    scope = pier.scope
    with django_assert_num_queries(1):
        assert len(find_watched(scope)) == 20
    find_temporary(scope)
    with django_assert_num_queries(1):  # for the action items
        assert len(find_deferred(scope)) == 20
