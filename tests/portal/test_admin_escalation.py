"""Escalation paths in the admin: the same rules as on the pages."""

import pytest
from django.urls import reverse

from accounts.roles import APPROVER, EDITOR, READER
from oncall.models import Contact, EscalationPath, Service
from tests.factories import make_path, make_service, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/oncall/escalationpath/add/"
LIST = "/admin/oncall/escalationpath/"


@pytest.fixture
def as_ed(as_user):
    return as_user(make_user("ed", role=EDITOR, is_staff=True))


@pytest.fixture
def as_boss(as_user):
    return as_user(make_user("boss", role=APPROVER, is_staff=True))


@pytest.fixture
def morag():
    return Contact.objects.create(name="Morag", role="Lead")


def change_url(path):
    return reverse("admin:oncall_escalationpath_change", args=[path.pk])


def data(*levels, path=None, **changed):
    """The form as a browser sends it: each level is (position, texts of whom it calls, minutes)."""
    known = list(path.levels.all()) if path else []
    sent = {
        "name": "Tickets",
        "slug": "tickets",
        "levels-TOTAL_FORMS": str(len(levels)),
        "levels-INITIAL_FORMS": str(len(known)),
    }
    for number, (position, whom, minutes) in enumerate(levels):
        sent |= {
            f"levels-{number}-position": position,
            f"levels-{number}-whom": whom,
            f"levels-{number}-response_minutes": minutes,
            f"levels-{number}-label": "",
            f"levels-{number}-id": known[number].pk if number < len(known) else "",
            f"levels-{number}-path": path.pk if path else "",
        }
    return sent | changed


def ladder(path):
    return [
        (level.label, level.response_minutes, [str(target) for target in level.targets.all()])
        for level in path.levels.all()
    ]


def test_a_path_is_made_with_its_ladder(as_ed, morag):
    ann = Contact.objects.create(name="Ann Lee")
    assert as_ed.post(ADD, data((2, ["Morag"], 30), (1, ["Ann Lee"], 5))).status_code == 302
    assert ladder(EscalationPath.objects.get()) == [("L1", 5, [ann.name]), ("L2", 30, ["Morag"])]


def test_the_form_offers_whom_there_is_and_shows_whom_there_was(as_ed, morag):
    page = as_ed.get(change_url(make_path([morag]))).content.decode()
    assert '<datalist id="call-list"><option value="Morag, Lead">' in page
    assert page.count('value="Morag, Lead"') == 2


def test_a_ladder_is_changed(as_ed, morag):
    path = make_path([morag], minutes=[7])
    response = as_ed.post(change_url(path), data((1, ["Morag, Lead"], 9), path=path, name="Harbour"))
    assert response.status_code == 302
    assert ladder(path) == [("L1", 9, ["Morag"])]


@pytest.mark.parametrize(
    ("levels", "why"),
    [
        ((), "at least one level"),
        (((1, ["Morag", "Morag"], 5),), "calls Morag twice"),
        (((1, [], 5),), "Say whom this level calls"),
        (((1, ["Nobody"], 5),), "is not known"),
        (((1, ["Morag"], 0),), "greater than or equal to 1"),
        (((1, ["Morag"], 99999),), "Between one minute and a week"),
    ],
)
def test_what_the_pages_refuse_is_refused_here(as_ed, morag, levels, why):
    page = as_ed.post(ADD, data(*levels))
    assert page.status_code == 422
    assert why in page.content.decode()
    assert not EscalationPath.objects.exists()


def test_the_address_of_another_page_is_refused(as_ed, morag):
    page = as_ed.post(ADD, data((1, ["Morag"], 5), slug="new"))
    assert page.status_code == 422
    assert "address of another page" in page.content.decode()


def test_a_name_that_another_path_has_is_refused(as_ed, morag):
    make_path([morag], name="Tickets", slug="other")
    page = as_ed.post(ADD, data((1, ["Morag"], 5), name="TICKETS"))
    assert page.status_code == 422
    assert "already a path of this name" in page.content.decode()


def test_a_path_that_a_service_follows_is_not_deleted(as_boss, morag):
    path = make_path([morag])
    service = make_service(escalation_path=path)
    url = reverse("admin:oncall_escalationpath_delete", args=[path.pk])
    page = as_boss.post(url, {"post": "yes"}, follow=True)
    assert "Ticket desk would have no escalation path" in page.content.decode()
    data = {"action": "delete_selected", "_selected_action": [path.pk], "post": "yes"}
    assert "Ticket desk would have" in as_boss.post(LIST, data, follow=True).content.decode()
    Service.objects.filter(pk=service.pk).update(escalation_path=None)
    as_boss.post(url, {"post": "yes"})
    assert not EscalationPath.objects.exists()


def test_a_reader_looks_and_changes_nothing(as_user, morag):
    path = make_path([morag])
    client = as_user(make_user("cy", role=READER, is_staff=True))
    assert client.get(change_url(path)).status_code == 200
    assert client.post(change_url(path), data((1, ["Morag"], 9), path=path)).status_code == 403


def test_a_service_is_given_its_path_in_the_admin(as_ed, morag):
    service, path = make_service(), make_path([morag])
    page = as_ed.get(reverse("admin:oncall_service_change", args=[service.pk]))
    assert 'name="escalation_path"' in page.content.decode()
    sent = {"name": service.name, "slug": service.slug, "tier": "3", "classification": "internal"}
    sent |= {f"{p}-{n}_FORMS": "0" for p in ("links", "dependencies", "former_slugs") for n in ("TOTAL", "INITIAL")}
    as_ed.post(reverse("admin:oncall_service_change", args=[service.pk]), sent | {"escalation_path": path.pk})
    assert Service.objects.get().escalation_path == path


@pytest.mark.parametrize("number", [2, 20])
def test_queries_do_not_grow_with_paths_and_levels(as_ed, number, django_assert_max_num_queries):
    contacts = [Contact.objects.create(name=f"Contact {count}") for count in range(number)]
    for count in range(number):
        path = make_path(*([contact] for contact in contacts[:8]), name=f"Path {count}")
    for url in (LIST, change_url(path)):
        as_ed.get(url)
        with django_assert_max_num_queries(20):
            as_ed.get(url)
