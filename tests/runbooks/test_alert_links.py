"""`/r/<alert name>`: which place answers, what is said where none does, and that a name is text and nothing else."""

from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.roles import ADMINISTRATOR, EDITOR
from oncall.models import Classification
from runbooks.models import Runbook, UnansweredQuestion
from runbooks.services import retire_runbook
from tests.factories import NOW, PASSWORD, make_draft, make_published, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db

HEADING = """\
# {title}

## Alerts

### Alert: {name}

**Severity:** critical

```bash
kubectl -n $NAMESPACE logs <pod-name> --previous
```
"""
TABLE = """\
# {title}

## Alerts

| Alert | Severity | Runbook section |
|---|---|---|
| {name} | warning | [Restart](#restart) |

## Restart

Restart it.
"""
PAGE = """\
---
alert: {name}
severity: warning
---
# {title}

## Meaning

It crashes.
"""
NAME = "KubePodCrashLooping"


def publish(form, title="Pods", *, name=NAME, service="Kubernetes", **extra):
    known = Runbook.objects.filter(service__name=service).first()
    place = known.service if known else make_service(service, **extra)
    return make_published(title, text=form.format(title=title, name=name), service=place)


def leads_to(client, path):
    response = client.get(path)
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def page(response):
    return unescape(response.content.decode())


def test_a_heading_is_gone_to(as_ada):
    publish(HEADING)
    assert leads_to(as_ada, f"/r/{NAME}") == "/runbooks/kubernetes/pods/#alert-kubepodcrashlooping"


def test_the_place_it_leads_to_is_there(as_ada):
    publish(HEADING)
    path, _, anchor = leads_to(as_ada, f"/r/{NAME}").partition("#")
    assert f'id="{anchor}"' in as_ada.get(path).content.decode()


def test_a_row_of_a_table_leads_to_its_section(as_ada):
    publish(TABLE)
    assert leads_to(as_ada, f"/r/{NAME}") == "/runbooks/kubernetes/pods/#restart"


def test_a_page_about_the_alert_is_shown_from_its_top(as_ada):
    publish(PAGE)
    assert leads_to(as_ada, f"/r/{NAME}") == "/runbooks/kubernetes/pods/"


def test_the_most_specific_place_wins(as_ada):
    publish(PAGE, "About the alert")
    assert "/about-the-alert/" in leads_to(as_ada, f"/r/{NAME}")
    publish(TABLE, "List of alerts")
    assert "/list-of-alerts/" in leads_to(as_ada, f"/r/{NAME}")
    publish(HEADING, "Pods")
    assert "/pods/" in leads_to(as_ada, f"/r/{NAME}")


@pytest.mark.parametrize(
    "name",
    [
        "kubepodcrashlooping",
        "KUBEPODCRASHLOOPING",
        "kubernetes/KubePodCrashLooping",
        "a/b/c/KubePodCrashLooping",
        "KubePodCrashLooping/",
        "/KubePodCrashLooping",
        "%4bubePodCrashLooping",
        "kubernetes%2FKubePodCrashLooping",
        "kube-pod-crash-looping",
        "Kube%20Pod%20Crash%20Looping",
        "Kube+Pod+Crash+Looping",
        "%20KubePodCrashLooping%20",
        "KubePodCrashLooping%00",
        "../KubePodCrashLooping",
    ],
)
def test_the_name_is_known_however_it_is_written(as_ada, name):
    publish(HEADING)
    assert leads_to(as_ada, f"/r/{name}") == "/runbooks/kubernetes/pods/#alert-kubepodcrashlooping"


def test_an_exact_name_goes_before_one_that_is_spelt_alike(as_ada):
    publish(HEADING, "Alike", name="kube-pod-crash-looping")
    publish(PAGE, "Exact")
    assert "/exact/" in leads_to(as_ada, f"/r/{NAME}")


def test_a_name_with_a_slash_in_it_goes_before_its_last_part(as_ada):
    publish(HEADING, "Whole", name="disk/Full")
    publish(HEADING, "Part", name="Full")
    assert "/whole/" in leads_to(as_ada, "/r/disk/Full")
    assert "/part/" in leads_to(as_ada, "/r/other/Full")


def test_labels_go_along(as_ada):
    publish(HEADING)
    target = leads_to(as_ada, f"/r/{NAME}?namespace=shop&pod=web-1&note=a%20b%26c%23d")
    assert target == ("/runbooks/kubernetes/pods/?namespace=shop&pod=web-1&note=a+b%26c%23d#alert-kubepodcrashlooping")


def test_the_way_from_the_link_to_the_filled_command(as_ada):
    publish(HEADING)
    html = as_ada.get(f"/r/{NAME}?namespace=shop&pod=web-1", follow=True).content.decode()
    assert ">shop</var>" in html and ">web-1</var>" in html


def test_an_anchor_in_another_script_arrives(as_ada):
    publish(HEADING, name="Диск переполнен")
    target = leads_to(as_ada, f"/r/{quote('Диск переполнен')}?pod=x")
    assert target.isascii() and target.endswith(f"#{quote('alert-диск-переполнен')}")


def test_nothing_is_kept_by_a_cache(as_ada):
    publish(HEADING)
    publish(TABLE, "One", name="Twice")
    publish(TABLE, "Two", name="Twice")
    for name in (NAME, "Twice", "Nothing"):
        assert "no-store" in as_ada.get(f"/r/{name}")["Cache-Control"]


def test_only_the_headers_can_be_asked_for(as_ada):
    publish(HEADING)
    assert as_ada.head(f"/r/{NAME}").status_code == 302
    assert as_ada.head("/r/Nothing").status_code == 404
    assert not UnansweredQuestion.objects.exists()


def test_nothing_can_be_posted(as_ada):
    assert as_ada.post(f"/r/{NAME}").status_code == 405


# ---- Several answers ----


def test_several_places_of_one_level_give_a_choice_that_keeps_the_labels(as_ada):
    publish(TABLE, "Desk", service="Desk")
    publish(TABLE, "Pier", service="Pier")
    response = as_ada.get(f"/r/{NAME}?pod=web-1")
    html = page(response)
    assert response.status_code == 200
    assert 'href="/runbooks/desk/desk/?pod=web-1#restart"' in html
    assert 'href="/runbooks/pier/pier/?pod=web-1#restart"' in html
    assert "Severity warning" in html and "Active" in html and "<li>Restart</li>" in html


def test_two_rows_about_one_section_are_one_place(as_ada):
    text = TABLE.format(title="Pods", name=NAME).replace(
        "\n## Restart", f"| {NAME} | critical | [Restart](#restart) |\n\n## Restart"
    )
    make_published("Pods", text=text, service=make_service("Kubernetes"))
    assert leads_to(as_ada, f"/r/{NAME}").endswith("#restart")


@pytest.mark.parametrize("path", [f"/r/pier/{NAME}", f"/r/{NAME}?service=pier", f"/r/Pier/{NAME}"])
def test_a_service_that_is_named_decides(as_ada, path):
    publish(TABLE, "Desk", service="Desk")
    publish(TABLE, "Pier", service="Pier")
    assert leads_to(as_ada, path).startswith("/runbooks/pier/pier/")


def test_a_service_that_is_named_does_not_beat_a_more_specific_place(as_ada):
    publish(HEADING, "Desk", service="Desk")
    publish(TABLE, "Pier", service="Pier")
    assert leads_to(as_ada, f"/r/pier/{NAME}").startswith("/runbooks/desk/desk/")


def test_a_service_that_has_no_such_alert_decides_nothing(as_ada):
    publish(TABLE, "Desk", service="Desk")
    publish(TABLE, "Pier", service="Pier")
    assert as_ada.get(f"/r/kubernetes/{NAME}").status_code == 200


# ---- No answer ----


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


# ---- Who asks ----


def test_a_stranger_logs_in_and_arrives_with_the_labels(ada):
    publish(HEADING)
    client = Client()
    login = client.get(f"/r/kubernetes/{NAME}?namespace=shop&pod=web-1")
    assert login.status_code == 302 and login["Location"].startswith("/accounts/login/?next=")
    arrived = client.post(login["Location"], {"login": ada.email, "password": PASSWORD})
    assert arrived["Location"] == f"/r/kubernetes/{NAME}?namespace=shop&pod=web-1"
    assert leads_to(client, arrived["Location"]).startswith("/runbooks/kubernetes/pods/?namespace=shop&pod=web-1#")


def test_it_takes_as_many_queries_for_many_answers_as_for_two(as_ada, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(8) as queries:
            as_ada.get(f"/r/{NAME}")
        return len(queries)

    for n in range(2):
        publish(TABLE, f"Page {n}")
    few = count()
    for n in range(2, 12):
        publish(TABLE, f"Page {n}")
    assert count() == few
