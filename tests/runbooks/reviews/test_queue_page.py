"""The queue of reviews: what waits, in which order, for whom, and at what cost."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import APPROVER, EDITOR, READER
from oncall.models import Classification
from runbooks.models import NotMine, Review, Runbook
from runbooks.services.evidence import Noticed, notice
from runbooks.services.reviews import ask_for_work, snooze_runbook
from tests.factories import make_published, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
PATH = "/reviews/"


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


@pytest.fixture
def today():
    return timezone.localdate()


def make_due(title, days, **fields):
    """A runbook whose review is due in that many days."""
    runbook = make_published(title, **fields)
    runbook.next_review_on = timezone.localdate() + dt.timedelta(days=days)
    runbook.save()
    return runbook


def titles(client, query=""):
    return [row.title for row in client.get(f"{PATH}{query}").context["page"].object_list]


def tell(runbook, kind="service", at=None):
    notice([Noticed(runbook.pk, kind, f"{kind}:{runbook.pk}", f"What {kind} says")], at or timezone.now())


def count_states(client):
    return {state["label"]: state["count"] for state in client.get(PATH).context["states"]}


def test_evidence_comes_first_then_days_overdue_times_use_then_what_is_due_soon(as_ben):
    make_due("Soon", 5)
    make_due("Late", -10)
    used = make_due("Used", -8)
    Runbook.objects.filter(pk=used.pk).update(last_used_at=timezone.now() - dt.timedelta(days=2))
    tell(make_due("Moved", 80))
    tell(make_due("Flagged", 80), "flag")
    make_due("Fresh", 60)
    assert titles(as_ben) == ["Flagged", "Moved", "Used", "Late", "Soon"]


def test_each_state_has_its_runbooks_and_its_number(as_ben, ben, today):
    make_due("Late", -1)
    make_due("Today", 0)
    make_due("Soon", 14)
    make_due("Later", 15)
    asleep = make_due("Asleep", -3)
    snooze_runbook(asleep, until=today + dt.timedelta(days=5), reason="Later", user=ben, now=timezone.now())
    work = make_due("Work", 60)
    day = today + dt.timedelta(days=40)
    ask_for_work(work, user=ben, now=timezone.now(), text="Mend it", owner=ben, due_on=day)
    assert titles(as_ben, "?state=overdue") == ["Late"]
    assert titles(as_ben, "?state=soon") == ["Today", "Soon"]
    assert titles(as_ben, "?state=snoozed") == ["Asleep"]
    assert titles(as_ben, "?state=work") == ["Work"]
    assert titles(as_ben) == ["Late", "Today", "Soon"]
    assert count_states(as_ben)["Waiting"] == 3


def test_what_happens_during_a_snooze_is_shown_and_what_was_before_is_not(as_ben, ben, today):
    runbook = make_due("Asleep", -3)
    tell(runbook, at=timezone.now() - dt.timedelta(days=1))
    snooze_runbook(runbook, until=today + dt.timedelta(days=5), reason="Later", user=ben, now=timezone.now())
    assert titles(as_ben) == []
    tell(runbook, "flag", at=timezone.now() + dt.timedelta(minutes=1))
    assert titles(as_ben) == ["Asleep"]


def test_retired_runbooks_do_not_wait(as_ben):
    runbook = make_due("Old", -5)
    runbook.retired_at = timezone.now()
    runbook.save()
    tell(runbook)
    assert titles(as_ben) == []


def test_a_row_says_why_and_offers_one_click(as_ben):
    runbook = make_due("Late", -5)
    tell(runbook, "incident")
    html = as_ben.get(PATH).content.decode()
    assert "What incident says" in html and "5 days overdue" in html
    assert f'<input type="hidden" name="version" value="{runbook.shown_version_id}">' in html


def test_readers_look_and_have_no_buttons(as_user):
    make_due("Late", -5)
    html = as_user(make_user("rea", role=READER)).get(PATH).content.decode()
    assert "Late" in html and 'value="right"' not in html and "Snooze…" not in html


def test_confidential_runbooks_are_in_no_row_count_or_filter(as_ben):
    service = make_service("Secret desk", classification=Classification.CONFIDENTIAL)
    runbook = make_due("Secret", -5, service=service)
    tell(runbook, "flag")
    response = as_ben.get(PATH)
    assert "Secret" not in response.content.decode()
    assert not any(count_states(as_ben).values())


def test_filters_by_team_owner_service_and_words(as_ben, ben):
    team = make_team("Harbour", ben)
    make_due("By service", -1, service=make_service("Gate", team=team), owner=ben)
    make_due("By itself", -1, team=team)
    make_due("Neither", -1)
    assert sorted(titles(as_ben, "?team=harbour")) == ["By itself", "By service"]
    assert titles(as_ben, f"?owner={ben.pk}") == ["By service"]
    assert titles(as_ben, "?service=gate") == ["By service"]
    assert titles(as_ben, "?q=harbour+service") == ["By service"]
    assert "Neither" in titles(as_ben, "?owner=none")


@pytest.mark.parametrize(
    "query", ["?state=x&team=%00&owner=abc&service=%00&q=%00&page=x&mine=2", "?page=999999999999", "?owner=%D9%A3"]
)
def test_an_address_that_makes_no_sense_is_still_a_page(as_ben, query):
    make_due("Late", -1)
    assert as_ben.get(f"{PATH}{query}").status_code == 200


def test_mine_are_those_i_own_and_those_of_my_teams_unless_i_said_not_mine(as_ben, ben):
    team = make_team("Harbour", ben)
    make_due("Own", -1, owner=ben)
    make_due("Team's", -1, team=team)
    make_due("Other", -1)
    none = make_due("Not mine", -1, team=team)
    NotMine.objects.create(runbook=none, person=ben, said_at=timezone.now())
    assert sorted(titles(as_ben, "?mine=1")) == ["Own", "Team's"]


def test_approvers_see_on_top_of_which_runbooks_nobody_is_told(as_user, ben):
    gone = make_user("gil", is_active=False)
    make_due("Orphan", 80)
    make_due("Owner left", 80, owner=gone, team=make_team("Empty"))
    make_due("Owned", 80, owner=ben)
    make_due("Of a team", 80, team=make_team("Harbour", ben))
    html = as_user(make_user("dee", role=APPROVER)).get(PATH).content.decode()
    assert "Orphan" in html and "Owner left" in html and "Choose an owner" in html
    assert "Owned" not in html and "Of a team" not in html
    assert "Choose an owner" not in as_user(ben).get(PATH).content.decode()


def test_an_owner_is_chosen(as_user, ben):
    runbook = make_due("Orphan", 80)
    client = as_user(make_user("dee", role=APPROVER))
    path = f"{runbook.get_absolute_url()}review/owner/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"owner": "none"}).status_code == 422
    assert client.post(path, {"owner": ben.pk, "next": PATH})["Location"] == PATH
    runbook.refresh_from_db()
    assert runbook.owner == ben
    assert as_user(make_user("rea", role=READER)).get(path).status_code == 403


def test_many_of_a_team_that_fall_together_are_spread(as_user, ben):
    team = make_team("Harbour", ben)
    for n in range(8):
        make_due(f"R{n}", -2, team=team)
    client = as_user(make_user("dee", role=APPROVER))
    assert "Spread them out" in client.get(f"{PATH}?team=harbour").content.decode()
    assert client.post(f"{PATH}spread/", {"team": "harbour"}).status_code == 302
    assert Runbook.objects.values("next_review_on").distinct().count() > 4
    assert as_user(ben).post(f"{PATH}spread/", {"team": "harbour"}).status_code == 403
    assert client.post(f"{PATH}spread/", {"team": "no\0ne"}).status_code == 404


def test_answers_given_and_tasks_left_stand_beside_it(as_ben, ben, today):
    runbook = make_due("Late", -5)
    day = today + dt.timedelta(days=3)
    ask_for_work(runbook, user=ben, now=timezone.now(), text="Mend the gate", owner=ben, due_on=day)
    html = as_ben.get(PATH).content.decode()
    assert "To be done" in html and "Mend the gate" in html and "Take back" in html
    assert Review.objects.count() == 1


def test_snoozing_from_the_queue_comes_back_to_it(as_ben, today):
    runbook = make_due("Late", -5)
    path = f"{runbook.get_absolute_url()}review/snooze/"
    assert as_ben.post(path, {"days": "14", "reason": ""}).status_code == 422
    kept = as_ben.post(path, {"days": "", "until": "", "reason": "kept words"})
    assert kept.status_code == 422 and "kept words" in kept.content.decode()
    far = as_ben.post(path, {"days": "", "until": today + dt.timedelta(days=91), "reason": "Too long"})
    assert far.status_code == 422
    done = as_ben.post(path, {"days": "14", "reason": "Waits for the pump", "next": "/reviews/?q=x"})
    assert done["Location"] == "/reviews/?q=x"
    assert runbook.snoozes.get().until == today + dt.timedelta(days=14)
    assert "Waits for the pump" in as_ben.get(f"{runbook.get_absolute_url()}review/").content.decode()
    as_ben.post(path, {"end": "1"})
    assert runbook.snoozes.get().ended_at


def test_a_day_that_was_typed_counts_before_the_days_chosen_at_first(as_ben, today):
    runbook = make_due("Late", -5)
    day = today + dt.timedelta(days=40)
    as_ben.post(f"{runbook.get_absolute_url()}review/snooze/", {"days": "7", "until": day, "reason": "Waits"})
    assert runbook.snoozes.get().until == day


def test_not_mine_takes_the_owner_out(as_ben, ben):
    runbook = make_due("Late", -5, owner=ben)
    path = f"{runbook.get_absolute_url()}review/not-mine/"
    assert "You are not its owner any more then" in as_ben.get(path).content.decode()
    assert as_ben.post(path, {"note": "x" * 301}).status_code == 422
    assert as_ben.post(path, {"note": "Platform, I think"}).status_code == 302
    runbook.refresh_from_db()
    assert runbook.owner is None and runbook.disowned_by.get().note == "Platform, I think"


def test_the_number_of_queries_does_not_grow(as_user, ben, today):
    client = as_user(make_user("dee", role=APPROVER))
    team = make_team("Harbour", ben)
    counts = []
    for numbers in (range(2), range(2, 20)):
        for n in numbers:
            runbook = make_due(f"R{n}", -n, team=team)
            make_due(f"Orphan {n}", -n)
            tell(runbook, "flag")
            due = today + dt.timedelta(days=3)
            ask_for_work(runbook, user=ben, now=timezone.now(), text="Mend", owner=ben, due_on=due)
            tell(runbook, "incident")
        client.get(PATH)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{PATH}?team=harbour")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
