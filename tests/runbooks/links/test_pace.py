"""No host is asked faster than the stated pace, however many workers there are, and whatever becomes of them."""

import datetime as dt

import pytest

from runbooks.models import ExternalLink, LinkHost
from runbooks.services.links import check_due
from runbooks.services.links.checking import check_until
from runbooks.services.links.turns import claim_link, give_back, keep_turn, rest, take_turn
from tests.at_once import at_once
from tests.factories import NOW
from tests.runbooks.links.far_ends import redirect

PACE = 2.0


@pytest.fixture
def three_links(lead_to):
    return lead_to(*(f"http://desk.harbour.pt/{number}" for number in range(3)))


@pytest.mark.django_db
def test_the_links_of_one_host_are_asked_one_after_the_other(far_end, lead_to, check):
    lead_to(*(far_end.at(f"/{number}") for number in range(5)))
    check()
    assert len(far_end.seen) == 5
    assert min(far_end.find_gaps()) >= PACE


@pytest.mark.django_db
def test_head_and_get_keep_the_pace_too(far_end, lead_to, check):
    far_end.pages["/x"] = 405
    lead_to(far_end.at("/x"))
    check()
    assert far_end.find_methods() == ["HEAD", "GET"]
    assert min(far_end.find_gaps()) >= PACE


@pytest.mark.django_db
def test_redirects_to_one_host_keep_its_pace(far_end, other_end, lead_to, check):
    for number in range(4):
        far_end.pages[f"/{number}"] = redirect(other_end.at(f"/{number}"))
    lead_to(*(far_end.at(f"/{number}") for number in range(4)))
    check()
    assert len(other_end.seen) == 4
    assert min(other_end.find_gaps()) >= PACE


@pytest.mark.django_db
def test_pauses_at_one_host_are_spent_at_another(far_end, other_end, lead_to, check, clock):
    lead_to(*(end.at(f"/{number}") for number in range(3) for end in (far_end, other_end)))
    check()
    assert (clock() - NOW).total_seconds() < 3 * PACE
    assert len(far_end.seen) == len(other_end.seen) == 3


@pytest.mark.django_db
def test_a_run_ends_in_time_and_the_next_goes_on(far_end, lead_to, check, clock):
    lead_to(*(far_end.at(f"/{number}") for number in range(6)))
    check(seconds=5)
    assert len(far_end.seen) == 3
    check(seconds=50)
    assert len(far_end.seen) == 6
    assert min(far_end.find_gaps()) >= PACE


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_are_no_faster_than_one(far_end, other_end, lead_to, clock):
    lead_to(*(end.at(f"/{number}") for number in range(6) for end in (far_end, other_end)))
    end = NOW + dt.timedelta(seconds=200)

    def work():
        return check_until(end, now=clock, sleep=clock.sleep)

    asked = at_once(work, work, work)
    for server in (far_end, other_end):
        paths = [path for _, path, _ in server.seen]
        assert len(paths) == len(set(paths))
        assert min(server.find_gaps()) >= PACE
    assert sum(asked) == len(far_end.seen) + len(other_end.seen)


@pytest.mark.django_db
def test_a_host_that_is_being_asked_is_claimed_by_nobody_else(three_links):
    assert claim_link(NOW) is not None
    assert claim_link(NOW) is None


@pytest.mark.django_db
def test_a_host_rests_after_a_question(three_links):
    claim = claim_link(NOW)
    rest(claim.turn, NOW + dt.timedelta(seconds=1))
    give_back(claim.turn)
    assert claim_link(NOW + dt.timedelta(seconds=2.9)) is None
    assert claim_link(NOW + dt.timedelta(seconds=3)) is not None


@pytest.mark.django_db
def test_a_killed_worker_gives_its_host_back_by_itself(three_links):
    first = claim_link(NOW)
    later = first.turn.until
    assert claim_link(later - dt.timedelta(seconds=1)) is None
    second = claim_link(later)
    assert second is not None
    assert not keep_turn(first.turn, later)
    give_back(first.turn)
    assert claim_link(later) is None


@pytest.mark.django_db
def test_a_redirect_waits_for_whoever_asks_that_host(three_links):
    claim = claim_link(NOW)
    assert take_turn("desk.harbour.pt", NOW) == claim.turn.until
    rest(claim.turn, NOW)
    give_back(claim.turn)
    assert take_turn("desk.harbour.pt", NOW) == NOW + dt.timedelta(seconds=PACE)


@pytest.mark.django_db
def test_nothing_is_asked_while_checks_are_off(far_end, lead_to, clock, settings):
    settings.LINK_CHECKS = False
    lead_to(far_end.at("/x"))
    assert check_due(now=clock, sleep=clock.sleep) == 0
    assert far_end.seen == []


@pytest.mark.django_db
def test_what_fails_within_the_portal_puts_a_link_off_and_the_others_go_on(far_end, lead_to, check, monkeypatch):
    lead_to(far_end.at("/x"), far_end.at("/y"))
    fails = [True]

    def fail(address):
        if fails and fails.pop():
            raise RuntimeError("out of order")
        return address

    monkeypatch.setattr("runbooks.services.links.asking.encode", fail)
    check()
    assert len(far_end.seen) == 1
    assert ExternalLink.objects.filter(state="unknown", checked_at__isnull=True).count() == 1
    assert not LinkHost.objects.filter(leased_until__isnull=False).exists()
