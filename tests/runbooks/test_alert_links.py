"""`/r/<alert name>`: which place answers, what is said where none does, and that a name is text and nothing else."""

from urllib.parse import quote

import pytest
from django.test import Client

from runbooks.models import UnansweredQuestion
from tests.factories import PASSWORD, make_published, make_service
from tests.runbooks.alerts import HEADING, NAME, PAGE, TABLE, leads_to, page, publish

pytestmark = pytest.mark.django_db


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
