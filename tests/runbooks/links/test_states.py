"""From one answer to the next: when a link is called dead, what that asks for, and how it comes back."""

import datetime as dt

import pytest

from accounts.roles import APPROVER
from oncall.models import Classification
from runbooks.models import Evidence, ExternalLink
from runbooks.services import retire_runbook
from runbooks.services.links import record_links
from tests.factories import NOW, make_published, make_user
from tests.runbooks.links.conftest import get_link
from tests.runbooks.links.far_ends import find_closed_port

pytestmark = pytest.mark.django_db
State = ExternalLink.State


@pytest.fixture
def dead(far_end, lead_to, check, clock):
    """A link that has just been found dead."""
    far_end.pages["/x"] = 404
    lead_to(far_end.at("/x"))
    check(seconds=5)
    clock.go_on(minutes=10)
    check(seconds=5)
    return get_link(far_end.at("/x"))


def open_evidence():
    return list(Evidence.objects.open().filter(kind=Evidence.Kind.LINK).values_list("text", flat=True))


def test_one_failure_is_none(far_end, lead_to, check, clock):
    far_end.pages["/x"] = 404
    lead_to(far_end.at("/x"))
    check(seconds=5)
    link = get_link(far_end.at("/x"))
    assert link.state == State.UNKNOWN
    assert link.next_check_at - link.failing_since == dt.timedelta(minutes=10)


def test_a_second_failure_ten_minutes_later_makes_it_dead_since_the_first(dead):
    assert dead.state == State.DEAD
    assert dead.dead_since == dead.failing_since
    assert (dead.dead_since - NOW) < dt.timedelta(minutes=1)
    assert (dead.status, dead.said) == (404, "404 Not Found.")


def test_what_answers_in_between_was_never_dead(far_end, lead_to, check, clock):
    far_end.pages["/x"] = 404
    lead_to(far_end.at("/x"))
    check(seconds=5)
    far_end.pages["/x"] = 200
    clock.go_on(minutes=10)
    check(seconds=5)
    link = get_link(far_end.at("/x"))
    assert (link.state, link.failing_since, link.said) == (State.ALIVE, None, "")


def test_a_dead_link_is_asked_again_within_hours_and_later_once_a_day(dead, far_end, check, clock):
    assert dead.next_check_at - clock() <= dt.timedelta(hours=6)
    clock.go_on(days=4)
    check(seconds=5)
    link = get_link(far_end.at("/x"))
    assert dt.timedelta(hours=23) < link.next_check_at - clock() <= dt.timedelta(hours=24)
    assert link.dead_since == dead.dead_since


def test_after_three_days_its_runbooks_are_to_be_reviewed_each_once(dead, far_end, lead_to, check, clock):
    assert open_evidence() == []
    for _ in range(20):
        clock.go_on(hours=6)
        check(seconds=5)
    assert open_evidence() == ["The link “place 0” is dead since 17 November: 404 Not Found."]


def test_it_is_asked_exactly_when_the_three_days_are_over(dead, far_end, check, clock):
    clock.go_on(hours=71)
    check(seconds=5)
    due = get_link(far_end.at("/x")).next_check_at
    assert due == dead.dead_since + dt.timedelta(days=3)


def test_a_link_that_comes_back_asks_for_nothing_more(dead, far_end, check, clock):
    clock.go_on(days=3)
    check(seconds=5)
    assert len(open_evidence()) == 1
    far_end.pages["/x"] = 200
    clock.go_on(days=1)
    check(seconds=5)
    link = get_link(far_end.at("/x"))
    assert (link.state, link.dead_since) == (State.ALIVE, None)
    assert open_evidence() == []


def test_a_link_that_dies_again_asks_again(dead, far_end, check, clock):
    for page in (404, 200, 404):
        far_end.pages["/x"] = page
        for _ in range(4):
            clock.go_on(days=2)
            check(seconds=5)
            clock.go_on(minutes=10)
            check(seconds=5)
    assert Evidence.objects.filter(kind=Evidence.Kind.LINK).count() == 2
    assert len(open_evidence()) == 1


def test_a_server_that_fails_for_a_while_neither_kills_nor_revives(dead, far_end, check, clock):
    far_end.pages["/x"] = 503
    clock.go_on(hours=7)
    check(seconds=8)
    link = get_link(far_end.at("/x"))
    assert (link.state, link.dead_since) == (State.DEAD, dead.dead_since)


def test_a_runbook_that_takes_in_a_long_dead_link_hears_at_once(dead, far_end, check, clock):
    clock.go_on(days=4)
    check(seconds=5)
    runbook = make_published("Pier", text="# Pier\n")
    version = runbook.versions.get()
    version.document["links"] = [{"text": "map", "target": far_end.at("/x#part"), "line": 3, "kind": "external"}]
    version.save(update_fields=["document"])
    record_links(runbook, clock())
    assert runbook.evidence.get().text == "The link “map” is dead since 17 November: 404 Not Found."
    version.document["links"] = []
    version.save(update_fields=["document"])
    record_links(runbook, clock())
    assert not runbook.evidence.open().exists()


def test_a_retired_runbook_hears_nothing_and_its_links_rest(dead, far_end, check, clock):
    runbook = dead.uses.get().runbook
    retire_runbook(runbook, user=make_user("cy", role=APPROVER), now=NOW)
    asked = len(far_end.seen)
    clock.go_on(days=4)
    check(seconds=5)
    assert open_evidence() == []
    assert len(far_end.seen) == asked


def test_freshness_falls_with_a_dead_link_and_rises_with_its_return(dead, far_end, check, clock):
    runbook = dead.uses.get().runbook
    runbook.refresh_from_db()
    fallen = runbook.freshness
    far_end.pages["/x"] = 200
    clock.go_on(hours=7)
    check(seconds=5)
    runbook.refresh_from_db()
    assert runbook.freshness > fallen


def test_silence_counts_only_while_somebody_else_answers(far_end, lead_to, check, clock):
    gone = f"http://127.0.0.1:{find_closed_port()}/"
    lead_to(gone, far_end.at("/"))
    check(seconds=5)
    clock.go_on(minutes=10)
    check(seconds=5)
    link = get_link(gone)
    assert (link.state, link.status) == (State.DEAD, None)


def test_while_nobody_answers_nothing_is_called_dead(settings, lead_to, check, clock):
    settings.LINK_PRIVATE_NETWORKS = True
    lead_to(*(f"http://127.0.0.1:{find_closed_port()}/" for _ in range(4)))
    for _ in range(30):
        clock.go_on(hours=1)
        check(seconds=30)
    states = set(ExternalLink.objects.values_list("state", flat=True))
    assert states == {State.UNKNOWN}


def test_before_silence_is_believed_somebody_is_asked_who_answers_as_a_rule(far_end, other_end, lead_to, check, clock):
    lead_to(far_end.at("/"), other_end.at("/"))
    check(seconds=10)
    far_end.server.shutdown()
    far_end.server.server_close()
    ExternalLink.objects.filter(host__name=far_end.host).update(next_check_at=clock())
    asked = len(other_end.seen)
    for _ in range(4):
        check(seconds=10)
        clock.go_on(minutes=10)
    assert len(other_end.seen) > asked
    assert get_link(far_end.at("/")).state == State.DEAD
    assert get_link(other_end.at("/")).state == State.ALIVE


def test_the_evidence_of_a_confidential_runbook_is_its_own(far_end, lead_to, check, clock):
    far_end.pages["/x"] = 404
    open_one = lead_to(far_end.at("/x"))
    secret = lead_to(far_end.at("/x"), title="Safe", classification=Classification.CONFIDENTIAL)
    check(seconds=5)
    clock.go_on(minutes=10)
    check(seconds=5)
    clock.go_on(days=3)
    check(seconds=5)
    told = {one.runbook_id: one.text for one in Evidence.objects.filter(kind=Evidence.Kind.LINK)}
    assert set(told) == {open_one.pk, secret.pk}
    assert "Safe" not in told[open_one.pk]
