"""Services: the catalogue and what may be said about them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from oncall.models import Dependency, Service, ServiceLink
from oncall.services import ensure_link, ensure_service
from tests.factories import make_published, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db


def test_a_service_is_found_by_name_or_slug():
    service = ensure_service("Ticket Desk")
    assert ensure_service("ticket-desk") == service == ensure_service("Ticket  desk")


def test_a_team_is_given_to_a_service_that_has_none_but_never_taken():
    harbour, bridge = make_team("Harbour"), make_team("Bridge")
    assert ensure_service("Desk", team=harbour).team == harbour
    assert ensure_service("Desk", team=bridge).team == harbour


def test_a_service_cannot_depend_on_itself():
    desk = make_service()
    with pytest.raises(ValidationError, match="can't depend on itself"):
        Dependency(service=desk, needs=desk).full_clean()
    with pytest.raises(IntegrityError, match="dependency_not_on_itself"), transaction.atomic():
        Dependency.objects.create(service=desk, needs=desk)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example", "/local", "", "https://" + "x" * 600])
def test_only_web_addresses_become_links(url):
    ensure_link(make_service(), "dashboard", url)
    assert not ServiceLink.objects.exists()


def test_the_tier_is_one_to_four():
    with pytest.raises(IntegrityError, match="service_tier_1_to_4"), transaction.atomic():
        make_service(tier=5)


class TestPages:
    def test_list_has_the_most_important_first(self, as_ada):
        make_service("Gulls", tier=4)
        make_service("Gates", tier=1)
        services = as_ada.get("/services/").context["services"]
        assert [s.name for s in services] == ["Gates", "Gulls"]

    def test_list_counts_the_runbooks_that_the_reader_may_see(self, as_ada):
        make_published("One")
        make_published("Two", classification="confidential")
        (service,) = as_ada.get("/services/").context["services"]
        assert service.runbook_count == 1

    def test_page_shows_dependencies_both_ways(self, as_ada):
        desk, database, board = make_service(), make_service("Database"), make_service("Board")
        Dependency.objects.create(service=desk, needs=database)
        Dependency.objects.create(service=board, needs=desk)
        context = as_ada.get("/services/ticket-desk/").context
        assert ([*context["depends_on"]], [*context["dependents"]]) == ([database], [board])

    def test_page_shows_links_and_runbooks(self, as_ada):
        runbook = make_published()
        ensure_link(runbook.service, "logs", "https://logs.example/desk", "Desk logs")
        page = as_ada.get("/services/ticket-desk/").content.decode()
        assert "https://logs.example/desk" in page and "Desk logs" in page and runbook.get_absolute_url() in page

    def test_stranger_to_a_confidential_service_gets_404_and_no_name(self, as_ada):
        make_service("Brig", classification="confidential", team=make_team())
        assert as_ada.get("/services/brig/").status_code == 404
        assert "Brig" not in as_ada.get("/services/").content.decode()

    def test_its_team_sees_a_confidential_service(self, as_user):
        ben = make_user("ben")
        make_service("Brig", classification="confidential", team=make_team("Guard", ben))
        assert as_user(reload_user(ben)).get("/services/brig/").status_code == 200

    def test_a_confidential_dependency_is_not_named_to_strangers(self, as_ada):
        brig = make_service("Brig", classification="confidential", team=make_team())
        Dependency.objects.create(service=make_service(), needs=brig)
        assert "Brig" not in as_ada.get("/services/ticket-desk/").content.decode()

    def test_list_takes_the_same_number_of_queries_for_two_and_for_twenty(self, as_ada, django_assert_max_num_queries):
        def count():
            with django_assert_max_num_queries(6) as queries:
                as_ada.get("/services/")
            return len(queries)

        for name in ("One", "Two"):
            make_published(name, service=make_service(name))
        few = count()
        for n in range(18):
            make_service(f"S{n}")
        assert count() == few
        assert Service.objects.count() == 20
