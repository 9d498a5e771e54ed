"""A team's own rules for reviews and gates."""

import pytest

from accounts.roles import APPROVER, EDITOR, READER
from runbooks.models import ReviewPolicy
from tests.factories import make_published, make_team, make_user

pytestmark = pytest.mark.django_db
PATH = "/reviews/teams/harbour/"


@pytest.fixture
def team():
    return make_team("Harbour")


@pytest.fixture
def as_dee(as_user):
    return as_user(make_user("dee", role=APPROVER))


def test_it_says_how_many_runbooks_it_concerns(as_dee, team):
    make_published("One", team=team)
    make_published("Two", team=team, review_days=30)
    html = as_dee.get(PATH).content.decode()
    assert "It concerns 2 runbooks" in html


def test_an_approver_sets_days_and_gates(as_dee, team):
    response = as_dee.post(PATH, {"review_days": "60", "gates": ["links", "commands"]})
    assert response.status_code == 302
    policy = ReviewPolicy.objects.get(team=team)
    assert (policy.review_days, policy.gates) == (60, ["links", "commands"])
    html = as_dee.get(PATH).content.decode()
    assert 'value="60"' in html and "Changed last by Dee" in html
    assert as_dee.post(PATH, {"review_days": "", "gates": []}).status_code == 302
    policy.refresh_from_db()
    assert (policy.review_days, policy.gates) == (None, [])


@pytest.mark.parametrize(
    "data", [{"review_days": "0"}, {"review_days": "3651"}, {"review_days": "x"}, {"gates": ["none"]}]
)
def test_what_no_policy_may_say_comes_back(as_dee, team, data):
    assert as_dee.post(PATH, data).status_code == 422
    assert not ReviewPolicy.objects.exists()


def test_the_portal_s_own_gates_are_ticked_before_a_team_has_rules(as_dee, team):
    response = as_dee.get(PATH)
    assert "the portal’s" in response.content.decode()
    assert response.context["form"]["gates"].value() == ["links", "placeholders"]


def test_editors_read_and_readers_do_not(as_user, team):
    editor = as_user(make_user("ben", role=EDITOR))
    html = editor.get(PATH).content.decode()
    assert "every 90 days" in html and "<button" not in html.split('class="pagehead"')[1].split("</main>")[0]
    assert editor.post(PATH, {"review_days": "60"}).status_code == 403
    assert as_user(make_user("rea", role=READER)).get(PATH).status_code == 403


def test_there_is_no_page_of_no_team(as_dee):
    assert as_dee.get("/reviews/teams/none/").status_code == 404
