"""The pages of flags: saying something, the list, the answer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import EDITOR
from runbooks.models import Flag
from runbooks.services.flags import answer_flag, raise_flag
from tests.factories import NOW, make_draft, make_published, make_service, make_team, make_user
from tests.portal.admin_forms import staff

pytestmark = pytest.mark.django_db
PATH = "/runbooks/ticket-desk/ticket-desk/flag/"


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def flag(runbook, user, text="The deployment has another name", **fields):
    return raise_flag(runbook, version=runbook.shown_version, text=text, user=user, now=NOW, **fields)


def test_any_reader_says_what_is_wrong(as_ada, ada):
    runbook = make_published()
    response = as_ada.post(PATH, {"section": "restart", "text": "Old name", "suggestion": "  indented\nline"})
    assert response.status_code == 302 and response["Location"] == runbook.get_absolute_url()
    raised = Flag.objects.get()
    assert (raised.anchor, raised.text, raised.version_number) == ("restart", "Old name", "1.0")
    assert raised.suggestion.replace("\r\n", "\n") == "  indented\nline"


def test_the_section_in_the_address_is_chosen(as_ada):
    make_published()
    html = as_ada.get(f"{PATH}?section=restart").content.decode()
    assert '<option value="restart" selected>' in html


def test_an_unknown_section_in_the_address_chooses_none(as_ada):
    make_published()
    assert as_ada.get(f"{PATH}?section=none%00%22").status_code == 200


@pytest.mark.parametrize("data", [{}, {"text": " "}, {"text": "x", "section": "none"}, {"text": "y" * 1001}])
def test_a_form_that_can_t_be_taken_comes_back_with_its_words(as_ada, data):
    make_published()
    response = as_ada.post(PATH, data | {"suggestion": "my own words"})
    assert response.status_code == 422 and "my own words" in response.content.decode()
    assert not Flag.objects.exists()


def test_a_credential_comes_back_as_an_error(as_ada):
    make_published()
    response = as_ada.post(PATH, {"text": "Use postgres://desk:" + "hunter2secret9@db.example/desk"})
    assert response.status_code == 422 and "credential" in response.content.decode()


def test_nobody_learns_of_a_confidential_runbook(as_ada, ada):
    owner = make_user("ben")
    raised = flag(make_published(classification="confidential", owner=owner), owner)
    assert as_ada.get(PATH).status_code == 404
    assert as_ada.get(f"/flags/{raised.pk}/").status_code == 404
    assert "another name" not in as_ada.get("/flags/?whose=all").content.decode()


def test_a_draft_can_be_flagged_too(as_ben, ben):
    make_draft(ben)
    assert as_ben.post(PATH, {"text": "Old name"}).status_code == 302
    assert Flag.objects.get().version_number == "1.0"


def test_the_list_shows_my_teams_first_and_all_on_demand(as_ada, ada, as_user):
    cy = make_user("cy")
    service = make_service(team=make_team("Harbour", cy))
    flag(make_published(service=service), ada)
    assert "another name" in as_user(cy).get("/flags/").content.decode()
    assert "another name" not in as_ada.get("/flags/").content.decode()
    assert "another name" in as_ada.get("/flags/?whose=all").content.decode()


def test_answered_ones_are_in_a_list_of_their_own(as_ada, ada, ben):
    raised = flag(make_published(), ada)
    answer_flag(raised, "right", "It is an alias", user=ben, now=NOW)
    assert "another name" not in as_ada.get("/flags/?whose=all").content.decode()
    assert "It is an alias" in as_ada.get("/flags/?whose=all&state=answered").content.decode()


@pytest.mark.parametrize("query", ["?page=0", "?page=x&state=%00&whose=zz", "?page=999"])
def test_what_the_address_does_not_mean_is_ignored(as_ada, query):
    assert as_ada.get(f"/flags/{query}").status_code == 200


def test_the_list_costs_the_same_for_two_and_for_twenty(as_ada, ada):
    runbook = make_published()

    def count():
        with CaptureQueriesContext(connection) as queries:
            as_ada.get("/flags/?whose=all")
        return len(queries)

    for number in range(2):
        flag(runbook, ada, text=f"Wrong {number}")
    as_ada.get("/flags/")
    few = count()
    for number in range(18):
        flag(runbook, ada, text=f"Also wrong {number}")
    assert count() == few <= 4


def test_an_editor_answers(as_ben, ben, ada):
    runbook = make_published()
    raised = flag(runbook, ada)
    data = {"answer": "changed", "version": runbook.shown_version_id, "note": "Thanks"}
    assert as_ben.post(f"/flags/{raised.pk}/", data)["Location"] == f"/flags/{raised.pk}/"
    html = as_ben.get(f"/flags/{raised.pk}/").content.decode()
    assert "Thanks" in html and "Version 1.0" in html and "Your answer" not in html


@pytest.mark.parametrize(
    "data", [{}, {"answer": "waiting"}, {"answer": "right"}, {"answer": "changed", "version": "x"}]
)
def test_an_answer_that_says_nothing_comes_back(as_ben, ada, data):
    raised = flag(make_published(), ada)
    assert as_ben.post(f"/flags/{raised.pk}/", data).status_code == 422


def test_an_answer_too_late_says_who_was_first(as_ben, ada, ben):
    raised = flag(make_published(), ada)
    answer_flag(raised, "changed", user=ben, now=NOW)
    response = as_ben.post(f"/flags/{raised.pk}/", {"answer": "changed"})
    assert response.status_code == 422 and "Ben answered this before" in response.content.decode()


def test_readers_look_and_don_t_answer(as_ada, ada):
    raised = flag(make_published(), ada)
    assert "Your answer" not in as_ada.get(f"/flags/{raised.pk}/").content.decode()
    assert as_ada.post(f"/flags/{raised.pk}/", {"answer": "changed"}).status_code == 403
    assert raised.is_open


def test_the_admin_answers_through_the_same_service(as_user, ada):
    ben = staff("ben", role=EDITOR)
    raised = flag(make_published(), ada)
    client = as_user(ben)
    path = f"/admin/runbooks/flag/{raised.pk}/change/"
    assert client.get(path).status_code == 200
    response = client.post(path, {"answer": "right", "answer_note": "", "answered_in": ""})
    assert response.status_code == 422 and "Say why the runbook is right" in response.content.decode()
    version = raised.runbook.shown_version_id
    assert client.post(path, {"answer": "changed", "answer_note": "Thanks", "answered_in": version}).status_code == 302
    raised.refresh_from_db()
    assert (raised.answer, raised.answered_by, raised.answered_in_id) == ("changed", ben, version)
    html = client.get(path).content.decode()
    assert 'name="answer"' not in html


def test_the_admin_tells_nothing_of_a_confidential_runbook(as_user):
    owner = make_user("ben")
    raised = flag(make_published(classification="confidential", owner=owner), owner)
    client = as_user(staff("dee", role=EDITOR))
    assert "another name" not in client.get("/admin/runbooks/flag/").content.decode()
    assert client.get(f"/admin/runbooks/flag/{raised.pk}/change/").status_code == 302
