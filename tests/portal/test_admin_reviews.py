"""Reviews in the admin: to look at, a team's policy to change, tasks to finish, reviews to spread."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import ADMINISTRATOR, APPROVER, EDITOR, RESPONDER
from runbooks.models import NotMine, Review, ReviewPolicy, Runbook
from runbooks.services.reviews import ask_for_work, confirm_runbook, disown_runbook, snooze_runbook
from tests.factories import make_published, make_service, make_team, make_user
from tests.portal.admin_forms import staff
from tests.runbooks.reviews.rows import PLAIN, ask

pytestmark = pytest.mark.django_db
NAMES = ("review", "reviewtask", "evidence", "snooze", "notmine", "reviewpolicy")


def url(name, step="changelist", *args):
    return reverse(f"admin:runbooks_{name}_{step}", args=args)


@pytest.fixture
def rows():
    """One of each, of a runbook of harbour's."""
    ed, now = make_user("ed", role=EDITOR), timezone.now()
    runbook = make_published("Ferry radio", text=PLAIN, team=make_team("Harbour", ed))
    ask(runbook)
    day = timezone.localdate() + dt.timedelta(days=9)
    review = ask_for_work(runbook, user=ed, now=now, text="New hosts", owner=ed, due_on=day)
    disown_runbook(runbook, user=ed, now=now)
    return {
        "review": review,
        "reviewtask": review.task,
        "evidence": runbook.evidence.get(),
        "snooze": snooze_runbook(runbook, until=day, reason="Migration", user=ed, now=now),
        "notmine": NotMine.objects.get(),
        "reviewpolicy": ReviewPolicy.objects.create(team=runbook.team, review_days=30, gates=["links"]),
    }


@pytest.mark.parametrize("name", NAMES)
def test_lists_and_rows_open(as_user, rows, name):
    client = as_user(staff())
    assert client.get(url(name)).status_code == 200
    assert client.get(url(name, "change", rows[name].pk)).status_code == 200


@pytest.mark.parametrize("name", ["review", "evidence", "snooze", "notmine"])
def test_what_was_said_can_only_be_looked_at(as_user, rows, name):
    client = as_user(staff())
    assert client.get(url(name, "add")).status_code == 403
    assert client.post(url(name, "change", rows[name].pk), {}).status_code == 403
    assert client.post(url(name, "delete", rows[name].pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("name", ["review", "reviewtask", "evidence"])
def test_rows_of_confidential_runbooks_are_not_listed(as_user, rows, name):
    Runbook.objects.update(classification="confidential")
    assert "Ferry radio" not in as_user(staff("cy", role=APPROVER)).get(url(name)).content.decode()
    assert "Ferry radio" in as_user(staff("dee", role=ADMINISTRATOR)).get(url(name)).content.decode()


def test_a_list_of_many_takes_as_many_queries_as_of_few(as_user):
    client, ada, now = as_user(staff()), make_user("ada", role=RESPONDER), timezone.now()
    counts = []
    for numbers in (range(2), range(2, 9)):
        for number in numbers:
            confirm_runbook(make_published(f"R{number}", text=PLAIN), user=ada, now=now)
        client.get(url("review"))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("review"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16
    assert Review.objects.count() == 9


def test_a_team_is_given_rules_which_move_its_reviews(as_user):
    client, team = as_user(staff("boss", role=APPROVER)), make_team("Harbour")
    runbook = make_published(text=PLAIN, team=team)
    confirm_runbook(runbook, user=make_user("ada", role=RESPONDER), now=timezone.now())
    assert (
        client.post(
            url("reviewpolicy", "add"), {"team": team.pk, "review_days": "30", "gates": ["rollback"]}
        ).status_code
        == 302
    )
    policy = ReviewPolicy.objects.get()
    assert (policy.review_days, policy.gates, policy.updated_by.email) == (30, ["rollback"], "boss@example.com")
    assert (Runbook.objects.get().next_review_on - Runbook.objects.get().last_reviewed_on).days == 30
    client.post(url("reviewpolicy", "change", policy.pk), {"review_days": "", "gates": []})
    assert (Runbook.objects.get().next_review_on - Runbook.objects.get().last_reviewed_on).days == 90


@pytest.mark.parametrize("days", ["0", "3651", "x", "99999"])
def test_a_period_that_is_none_comes_back_with_the_reason(as_user, days):
    client, team = as_user(staff("boss", role=APPROVER)), make_team("Harbour")
    assert client.post(url("reviewpolicy", "add"), {"team": team.pk, "review_days": days}).status_code == 422
    assert not ReviewPolicy.objects.exists()


def test_a_team_has_one_set_of_rules(as_user, rows):
    client = as_user(staff("boss", role=APPROVER))
    answer = client.post(url("reviewpolicy", "add"), {"team": rows["reviewpolicy"].team_id, "review_days": "7"})
    assert answer.status_code == 422


def test_tasks_are_finished_together(as_user, rows):
    client = as_user(staff("ada", role=RESPONDER))
    client.post(url("reviewtask"), {"action": "finish", "_selected_action": [rows["reviewtask"].pk], "index": "0"})
    rows["reviewtask"].refresh_from_db()
    assert rows["reviewtask"].done_by.email == "ada@example.com"


def make_crowd(count=8):
    service, day = make_service("Pier"), timezone.localdate() + dt.timedelta(days=30)
    return Runbook.objects.bulk_create(
        Runbook(service=service, title=f"R{n}", slug=f"r{n}", next_review_on=day) for n in range(count)
    )


def spread(client, runbooks):
    data = {"action": "spread", "_selected_action": [one.pk for one in runbooks], "index": "0"}
    response = client.post(url("runbook"), data)
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_reviews_that_fall_together_are_spread(as_user):
    crowd = make_crowd()
    assert spread(as_user(staff("boss", role=APPROVER)), crowd) == ["8 reviews have another day."]
    assert Runbook.objects.values("next_review_on").distinct().count() == 8


def test_few_keep_their_days(as_user):
    crowd = make_crowd(3)
    assert "keeps its day" in spread(as_user(staff("boss", role=APPROVER)), crowd)[0]


def test_an_editor_spreads_nothing(as_user):
    crowd = make_crowd()
    spread(as_user(staff("ed", role=EDITOR)), crowd)
    assert Runbook.objects.values("next_review_on").distinct().count() == 1
