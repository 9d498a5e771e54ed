"""Old links: an address that a runbook or its service once had leads to today's, for those who may see the runbook."""

import pytest
from django.urls import URLPattern, reverse

from accounts.roles import ADMINISTRATOR, EDITOR
from oncall.models import Classification, Service
from oncall.services import ensure_service
from runbooks import urls
from runbooks.models import Runbook
from runbooks.services import create_runbook, retire_runbook
from tests.factories import NOW, make_published, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
OLD = "/runbooks/ticket-desk/ticket-desk/"


@pytest.fixture
def runbook():
    return make_published()


def move(runbook, *, slug=None, service=None):
    runbook.slug = slug or runbook.slug
    runbook.service = service or runbook.service
    runbook.save(update_fields=["slug", "service"])


def rename(service, slug):
    service.slug = slug
    service.save(update_fields=["slug"])


def leads_to(client, path, target):
    response = client.get(path)
    assert (response.status_code, response.headers.get("Location")) == (301, target)
    assert client.get(target).status_code == 200


def test_a_renamed_runbook_is_found_under_its_old_address(as_ada, runbook):
    move(runbook, slug="counter")
    leads_to(as_ada, OLD, "/runbooks/ticket-desk/counter/")


def test_the_rest_of_the_path_and_the_query_stay(as_ada, runbook):
    move(runbook, slug="counter")
    leads_to(as_ada, f"{OLD}versions/1.0/?a=1&b=%20x", "/runbooks/ticket-desk/counter/versions/1.0/?a=1&b=%20x")
    leads_to(as_ada, f"{OLD}raw/", "/runbooks/ticket-desk/counter/raw/")


def test_a_chain_of_names_leads_straight_to_todays(as_ada, runbook):
    for slug in ("one", "two", "three"):
        move(runbook, slug=slug)
    for old in ("ticket-desk", "one", "two"):
        leads_to(as_ada, f"/runbooks/ticket-desk/{old}/", "/runbooks/ticket-desk/three/")


def test_a_runbook_that_got_its_name_back_leads_in_no_circle(as_ada, runbook):
    move(runbook, slug="counter")
    move(runbook, slug="ticket-desk")
    assert as_ada.get(OLD).status_code == 200
    leads_to(as_ada, "/runbooks/ticket-desk/counter/", OLD)


def test_no_browser_keeps_the_answer(as_ada, runbook):
    move(runbook, slug="counter")
    assert as_ada.get(OLD)["Cache-Control"] == "no-store"


def test_a_runbook_of_another_service_now(as_ada, runbook):
    move(runbook, service=make_service("Pier"))
    leads_to(as_ada, OLD, "/runbooks/pier/ticket-desk/")


def test_a_runbook_moved_to_another_service_and_back(as_ada, runbook):
    desk = runbook.service
    move(runbook, service=make_service("Pier"))
    move(runbook, service=desk)
    assert as_ada.get(OLD).status_code == 200
    leads_to(as_ada, "/runbooks/pier/ticket-desk/", OLD)


def test_a_service_renamed_twice(as_ada, runbook):
    rename(runbook.service, "desk")
    rename(runbook.service, "counters")
    leads_to(as_ada, OLD, "/runbooks/counters/ticket-desk/")
    leads_to(as_ada, "/runbooks/desk/ticket-desk/", "/runbooks/counters/ticket-desk/")
    leads_to(as_ada, "/services/ticket-desk/?x=1", "/services/counters/?x=1")


def test_a_runbook_renamed_after_its_service_was(as_ada, runbook):
    rename(runbook.service, "desk")
    move(runbook, slug="counter")
    leads_to(as_ada, OLD, "/runbooks/desk/counter/")


def test_a_runbook_that_left_a_service_which_was_renamed_later(as_ada, runbook):
    desk = runbook.service
    move(runbook, service=make_service("Pier"))
    rename(desk, "counters")
    leads_to(as_ada, OLD, "/runbooks/pier/ticket-desk/")


def test_a_new_service_under_an_old_slug_has_its_own_page_and_keeps_old_links_of_runbooks(as_ada, runbook):
    rename(runbook.service, "counters")
    Service.objects.create(name="Another desk", slug="ticket-desk")
    assert b"Another desk" in as_ada.get("/services/ticket-desk/").content
    leads_to(as_ada, OLD, "/runbooks/counters/ticket-desk/")


def test_what_stands_at_an_address_today_goes_before_what_stood_there(as_ada, runbook):
    move(runbook, slug="counter")
    make_published("Other", slug="ticket-desk")
    assert b"<h1>Other</h1>" in as_ada.get(OLD).content


def test_a_missing_version_of_a_runbook_is_404(as_ada, runbook):
    assert as_ada.get(f"{OLD}versions/9.9/").status_code == 404


def test_a_missing_version_of_a_moved_runbook_is_404_at_todays_address(as_ada, runbook):
    move(runbook, slug="counter")
    assert as_ada.get(f"{OLD}versions/9.9/", follow=True).status_code == 404


def test_what_never_was_is_404(as_ada, runbook):
    move(runbook, slug="counter")
    assert as_ada.get("/runbooks/ticket-desk/never/").status_code == 404
    assert as_ada.get("/services/never/").status_code == 404


def test_a_retired_runbook_is_still_found(as_ada, runbook):
    retire_runbook(runbook, user=make_user("cy", role=ADMINISTRATOR), now=NOW)
    runbook.refresh_from_db()
    move(runbook, slug="counter")
    leads_to(as_ada, OLD, "/runbooks/ticket-desk/counter/")


def test_a_form_sent_to_an_old_address_stays_a_form(as_user, runbook):
    ben = as_user(make_user("ben", role=ADMINISTRATOR))
    move(runbook, slug="counter")
    response = ben.post(f"{OLD}retire/")
    assert (response.status_code, response["Location"]) == (308, "/runbooks/ticket-desk/counter/retire/")
    assert not Runbook.objects.get().is_retired
    ben.post(f"{OLD}retire/", follow=True)
    assert Runbook.objects.get().is_retired


def test_only_the_headers_are_sent_on_too(as_ada, runbook):
    move(runbook, slug="counter")
    assert as_ada.head(OLD).status_code == 301


@pytest.mark.parametrize("where", ["runbook", "service"])
def test_a_confidential_runbook_has_no_former_address_for_strangers(as_ada, as_user, runbook, where):
    ben = make_user("ben")
    team = make_team("Harbour", ben)
    if where == "runbook":
        Runbook.objects.update(classification=Classification.CONFIDENTIAL, team=team)
    else:
        Service.objects.update(classification=Classification.CONFIDENTIAL, team=team)
    move(runbook, slug="counter")
    rename(runbook.service, "counters")
    for path in (OLD, f"{OLD}raw/", f"{OLD}versions/", "/runbooks/ticket-desk/counter/"):
        assert as_ada.get(path).status_code == 404
    leads_to(as_user(reload_user(ben)), OLD, "/runbooks/counters/counter/")


def test_a_confidential_service_has_no_former_address_for_strangers(as_ada):
    desk = make_service(classification=Classification.CONFIDENTIAL, team=make_team())
    rename(desk, "counters")
    assert as_ada.get("/services/ticket-desk/").status_code == 404


def test_a_stranger_learns_nothing_from_an_old_address(client, runbook):
    move(runbook, slug="counter")
    assert client.get(OLD)["Location"] == f"/accounts/login/?next={OLD}"


OF_A_RUNBOOK = [
    pattern
    for pattern in urls.urlpatterns
    if isinstance(pattern, URLPattern) and {"service", "slug"} <= pattern.pattern.converters.keys()
]
VALUES = {"number": (1, 0), "a": (1, 0), "b": (1, 0), "ladder": 1}


@pytest.mark.parametrize("pattern", OF_A_RUNBOOK, ids=lambda pattern: pattern.name)
def test_every_page_of_a_runbook_follows_it(as_user, runbook, pattern):
    """A page that does not was added with `path`: take `on_runbook` (runbooks/urls.py)."""
    ben = as_user(make_user("ben", role=ADMINISTRATOR))
    move(runbook, slug="counter")
    rest = {name: VALUES.get(name, "1-x") for name in pattern.pattern.converters if name not in ("service", "slug")}
    places = [{"service": "ticket-desk", "slug": slug} | rest for slug in ("ticket-desk", "counter")]
    old, new = (reverse(f"runbooks:{pattern.name}", kwargs=place) for place in places)
    answers = {(response.status_code, response.headers.get("Location")) for response in (ben.get(old), ben.post(old))}
    assert {answer for answer in answers if answer[0] != 405} <= {(301, new), (308, new)}
    assert answers & {(301, new), (308, new)}


def test_an_address_that_was_left_is_not_given_to_another_runbook(runbook):
    move(runbook, slug="counter")
    version = create_runbook(
        service=runbook.service,
        title="Ticket desk",
        kind="service",
        markdown="# Ticket desk\n",
        author=make_user("ben", role=EDITOR),
        now=NOW,
    )
    assert version.runbook.slug == "ticket-desk-2"


def test_an_address_left_in_one_service_is_free_in_another(runbook):
    move(runbook, slug="counter")
    version = create_runbook(
        service=make_service("Pier"),
        title="Ticket desk",
        kind="service",
        markdown="# Ticket desk\n",
        author=make_user("ben", role=EDITOR),
        now=NOW,
    )
    assert version.runbook.slug == "ticket-desk"


def test_the_former_slug_of_a_service_still_means_it():
    desk = make_service()
    rename(desk, "counters")
    assert ensure_service("Ticket desk") == desk
    assert Service.objects.count() == 1
