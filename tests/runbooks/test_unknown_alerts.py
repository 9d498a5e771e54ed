"""`/r/<alert name>` where nothing answers: said, counted, with what comes near and a way to begin."""

import pytest

from accounts.roles import ADMINISTRATOR, EDITOR
from oncall.models import Classification
from runbooks.models import Runbook, UnansweredQuestion
from runbooks.services import retire_runbook
from tests.factories import NOW, make_draft, make_published, make_service, make_team, make_user, reload_user
from tests.runbooks.alerts import HEADING, NAME, TABLE, leads_to, page, publish

pytestmark = pytest.mark.django_db


def test_an_unknown_name_is_404_in_the_frame_and_counted(as_ada):
    response = as_ada.get("/r/NoSuchAlert")
    assert response.status_code == 404
    assert "No runbook answers this alert yet" in page(response) and 'class="topbar"' in page(response)
    as_ada.get("/r/folder/nosuchalert/?pod=web-1")
    question = UnansweredQuestion.objects.get()
    assert (question.kind, question.words, question.times) == ("alert", "nosuchalert", 2)


def test_a_known_name_is_not_counted(as_ada):
    publish(HEADING)
    as_ada.get(f"/r/{NAME}")
    assert not UnansweredQuestion.objects.exists()


def test_what_comes_near_is_shown_with_the_labels(as_ada):
    publish(HEADING)
    html = page(as_ada.get("/r/KubePodCrashLoping?pod=web-1"))
    assert "What comes near" in html and "/runbooks/kubernetes/pods/?pod=web-1#alert-kubepodcrashlooping" in html


def test_alerts_come_before_the_rest_of_what_is_near(as_ada):
    publish(HEADING)
    make_published(
        "KubePodCrashLooping notes", text="# Notes\n\n## KubePodCrashLooping again\n", service=make_service()
    )
    html = page(as_ada.get("/r/KubePodCrashLoping"))
    nearest = html[html.index("What comes near") :]
    assert nearest.index("#alert-kubepodcrashlooping") < nearest.index("notes")


def test_an_editor_can_start_a_stub(as_user):
    make_service("Desk")
    ben = as_user(make_user("ben", role=EDITOR))
    html = page(ben.get("/r/desk/NoSuchAlert?pod=web-1"))
    assert "/runbooks/new/?template=alert&alert=NoSuchAlert&title=NoSuchAlert&service=desk" in html


def test_the_start_of_a_stub_is_there(as_user):
    ben = as_user(make_user("ben", role=EDITOR))
    assert ben.get("/runbooks/new/?template=alert&alert=NoSuchAlert&title=NoSuchAlert").status_code == 200


def test_a_reader_is_told_whom_to_ask(as_ada):
    make_user("ben", role=EDITOR, display_name="Ben Tidewell")
    html = page(as_ada.get("/r/NoSuchAlert"))
    assert "/runbooks/new/" not in html and "Ben Tidewell" in html


def test_a_reader_is_told_which_team_to_ask(as_ada):
    make_service("Desk", team=make_team("Harbour"))
    assert "Harbour" in page(as_ada.get("/r/NoSuchAlert?service=desk"))


def test_the_name_of_a_confidential_service_is_not_told(as_ada):
    make_service("Desk", team=make_team("Harbour"), classification=Classification.CONFIDENTIAL)
    assert "Harbour" not in page(as_ada.get("/r/NoSuchAlert?service=desk"))


def test_a_draft_is_no_answer_but_is_named(as_ada):
    text = HEADING.format(title="Pods", name=NAME)
    make_draft(make_user("ben", role=EDITOR), text=text, title="Pods", service=make_service("Kubernetes"))
    response = as_ada.get(f"/r/{NAME}?pod=web-1")
    assert response.status_code == 404
    assert "Written, but not approved yet" in page(response)
    assert "/runbooks/kubernetes/pods/?pod=web-1#alert-kubepodcrashlooping" in page(response)


def test_a_retired_runbook_is_no_answer(as_ada):
    retire_runbook(publish(HEADING), user=make_user("cy", role=ADMINISTRATOR), now=NOW)
    response = as_ada.get(f"/r/{NAME}")
    assert response.status_code == 404 and "/runbooks/kubernetes/" not in page(response)


@pytest.mark.parametrize("where", ["runbook", "service"])
def test_a_confidential_answer_is_none_for_strangers(as_ada, as_user, where):
    ben = make_user("ben")
    team = make_team("Harbour", ben)
    runbook = publish(HEADING, "Moonfish words", service="Moonfish")
    what = runbook if where == "runbook" else runbook.service
    what.classification, what.team = Classification.CONFIDENTIAL, team
    what.save()
    response = as_ada.get(f"/r/{NAME}")
    assert response.status_code == 404
    assert "oonfish" not in page(response)
    assert leads_to(as_user(reload_user(ben)), f"/r/{NAME}").startswith("/runbooks/moonfish/moonfish-words/")


def test_a_confidential_answer_leaves_the_public_one_alone(as_ada):
    publish(TABLE, "Open")
    hidden = publish(HEADING, "Hidden")
    Runbook.objects.filter(pk=hidden.pk).update(classification=Classification.CONFIDENTIAL)
    assert leads_to(as_ada, f"/r/{NAME}").startswith("/runbooks/kubernetes/open/")


def test_a_question_with_a_confidential_answer_is_counted_like_any_other(as_ada):
    """Else the list of unanswered questions would tell that there is one."""
    hidden = publish(HEADING, "Hidden")
    Runbook.objects.filter(pk=hidden.pk).update(classification=Classification.CONFIDENTIAL)
    as_ada.get(f"/r/{NAME}")
    assert UnansweredQuestion.objects.get().words == NAME.lower()


HOSTILE = [
    "..",
    "../../etc/passwd",
    "%2e%2e/%2e%2e/etc/passwd",
    "a" * 500,
    "a/" * 400,
    "a/" * 30_000,
    "a" * 100_000,
    "%20",
    "%00",
    "%00%00x",
    "%0a",
    "a%0d%0aSet-Cookie:%20x=1",
    "%FF%FE",
    "%ED%A0%80",
    "'%20OR%201=1--",
    "%25",
    "%",
    "\\",
    "<script>alert(1)</script>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "{{7*7}}",
    "%F0%9F%98%88",
    "???",
    "-",
    "_",
    "\"'`",
    "service:x kind:alert",
    "http://evil.example/",
    "//evil.example",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_looked_up_as_text(as_ada, name):
    publish(HEADING)
    response = as_ada.get(f"/r/{name}")
    assert response.status_code == 404
    assert "<script>alert" not in response.content.decode()
    assert not response.headers.get("Location") and "Set-Cookie" not in response.headers


def test_without_a_name_it_says_what_belongs_there(as_ada):
    response = as_ada.get("/r/")
    assert response.status_code == 404 and "Which alert?" in page(response)
    assert not UnansweredQuestion.objects.exists()


@pytest.mark.parametrize("query", ["service=%00", "pod=%FF", "a=1&a=2", "%00=%00", "service=" + "x" * 3000, "&&&=&"])
def test_any_query_gets_an_answer(as_ada, query):
    publish(HEADING)
    assert as_ada.get(f"/r/{NAME}?{query}", follow=True).status_code == 200
    assert as_ada.get(f"/r/None?{query}").status_code == 404
