"""People whom a runbook names, beside the directory: adopted with a click, and never twice."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts.roles import EDITOR, RESPONDER
from oncall.models import Channel, Classification, Contact, Vendor, Way
from runbooks.services.adopting import adopt_named
from tests.factories import NOW, make_published, make_service, make_team, make_user
from tests.oncall.directory import MOBILE, make_contact

pytestmark = pytest.mark.django_db
TEXT = f"""# Ticket desk

**Owner:** Old Magnus

## Contacts

| Role | Name | Phone | Email | Availability |
|---|---|---|---|---|
| Lead | Sigrid Haugen | +44 20 7946 0131 | sigrid@skerry.example | Weekdays |
| Bosun | Ann Lee | {MOBILE} | | |
| Night desk | | 7946 0158 | | Nights |
| Backup | [Name] | | | |

| Vendor | Support Type | Contact | Account/Contract # |
|---|---|---|---|
| Fjordlink | 24/7 phone | +44 20 7946 0177 | SKERRY-02 |

| Purpose | Channel | Details |
|---|---|---|
| Incidents | #harbour | By day |
"""


@pytest.fixture
def team(db):
    return make_team("Harbour")


@pytest.fixture
def runbook(team):
    return make_published(text=TEXT, service=make_service(team=team))


@pytest.fixture
def ben(db):
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def people_of(runbook):
    return reverse("runbooks:people", args=[runbook.service.slug, runbook.slug])


def adopt_of(runbook):
    return reverse("runbooks:adopt_people", args=[runbook.service.slug, runbook.slug])


def rows(response, what="contact"):
    return next(group["rows"] for group in response.context["groups"] if group["what"] == what)


def test_everybody_named_is_listed_and_gaps_are_not(as_ada, runbook):
    response = as_ada.get(people_of(runbook))
    assert [row["named"].title for row in rows(response)] == ["Sigrid Haugen", "Ann Lee", "Night desk"]
    page = response.content.decode()
    assert "Not in the directory" in page
    assert "Adopt" not in page  # a reader adds nobody
    assert "[Name]" not in page


def test_one_click_takes_a_line_over_as_it_is_written(as_ben, runbook, team):
    key = rows(as_ben.get(people_of(runbook)))[0]["named"].key
    as_ben.post(adopt_of(runbook), {"key": key})
    contact = Contact.objects.get()
    assert (contact.name, contact.role, contact.team, contact.availability) == (
        "Sigrid Haugen",
        "Lead",
        team,
        "Weekdays",
    )
    assert sorted(way.value for way in contact.ways.all()) == ["+44 20 7946 0131", "sigrid@skerry.example"]
    assert contact.confirmed_at is None
    assert not contact.ways.filter(confirmed_at__isnull=False).exists()
    assert "In the directory" in as_ben.get(people_of(runbook)).content.decode()


def test_adopting_all_makes_everything_once(as_ben, runbook):
    for _ in range(2):
        as_ben.post(adopt_of(runbook), {"all": "1"})
    assert sorted(Contact.objects.values_list("name", flat=True)) == ["Ann Lee", "Night desk", "Sigrid Haugen"]
    assert Vendor.objects.get().account_number == "SKERRY-02"
    assert Channel.objects.get().purpose == "Incidents"
    response = as_ben.get(people_of(runbook))
    assert response.context["missing"] == 0
    assert all(not row["differences"] for group in response.context["groups"] for row in group["rows"][:2])


def test_a_number_that_is_none_goes_into_the_notes(ben, runbook):
    adopt_named(runbook, None, user=ben, now=NOW)
    desk = Contact.objects.get(name="Night desk")
    assert desk.kind == Contact.Kind.SHARED
    assert desk.notes == "Phone as written: 7946 0158"
    assert not desk.ways.exists()


@pytest.mark.parametrize(
    ("name", "kind"), [("Booking rota", "shared"), ("Duty officer", "shared"), ("Ann Lee", "person")]
)
def test_a_rota_or_a_desk_is_a_shared_line(ben, team, name, kind):
    text = TEXT.replace("Ann Lee", "Bo Lee").replace("Sigrid Haugen", name)
    adopt_named(make_published(text=text, service=make_service(team=team)), None, user=ben, now=NOW)
    assert Contact.objects.get(name=name).kind == kind


def test_a_mobile_number_of_a_person_is_for_responders(ben, runbook):
    adopt_named(runbook, None, user=ben, now=NOW)
    assert list(Way.objects.filter(is_personal=True).values_list("value", flat=True)) == [MOBILE]


def test_everything_out_of_a_confidential_runbook_is_for_responders(ben, team):
    service = make_service(team=team, classification=Classification.CONFIDENTIAL)
    secret = make_published(text=TEXT, service=service)
    adopt_named(secret, None, user=ben, now=NOW)
    assert not Way.objects.filter(is_personal=False).exists()


def test_whoever_logs_in_with_the_address_is_tied_to_the_entry(ben, runbook):
    sigrid = make_user("x", display_name="Sigrid")
    sigrid.email = "Sigrid@skerry.example"
    sigrid.save()
    adopt_named(runbook, None, user=ben, now=NOW)
    assert Contact.objects.get(name="Sigrid Haugen").user == sigrid


def test_a_reader_adopts_nobody(as_ada, runbook):
    assert as_ada.post(adopt_of(runbook), {"all": "1"}).status_code == 403
    assert not Contact.objects.exists()


@pytest.mark.parametrize("data", [{}, {"key": "no-such-line"}, {"key": "\x00"}])
def test_an_unknown_line_adopts_nobody(as_ben, runbook, data):
    assert as_ben.post(adopt_of(runbook), data).status_code == 302
    assert not Contact.objects.exists()


def test_a_stranger_to_a_confidential_runbook_gets_404(as_ada, as_ben, team):
    service = make_service(team=team, classification=Classification.CONFIDENTIAL)
    secret = make_published(text=TEXT, service=service)
    assert as_ada.get(people_of(secret)).status_code == 404
    assert as_ben.post(adopt_of(secret), {"all": "1"}).status_code == 404


def test_what_differs_is_said_with_both_sides(as_ada, runbook):
    make_contact("Sigrid Haugen", ways=[("phone", "+44 20 7946 0199")])
    row = rows(as_ada.get(people_of(runbook)))[0]
    assert [one.label for one in row["differences"]] == ["phone", "e-mail"]
    page = as_ada.get(people_of(runbook)).content.decode()
    assert "the runbook says +44 20 7946 0131, the directory +44 20 7946 0199" in page


def test_a_personal_number_that_differs_is_not_told_to_a_reader(as_ada, as_user, runbook):
    make_contact("Sigrid Haugen", ways=(), mobile="+44 7700 900777")
    assert "900777" not in as_ada.get(people_of(runbook)).content.decode()
    assert "+44 7700 900777" in as_user(make_user("dee", role=RESPONDER)).get(people_of(runbook)).content.decode()


def test_the_page_takes_few_queries_however_many_are_named(as_ben, runbook, django_assert_max_num_queries):
    for n in range(20):
        make_contact(f"Edda {n}", mobile=MOBILE)
    with django_assert_max_num_queries(12):
        as_ben.get(people_of(runbook))


# All runbooks


FOUND = "/contacts/found/"


def test_runbooks_with_somebody_new_are_listed_and_done_ones_are_not(as_ben, runbook):
    assert runbook.title in as_ben.get(FOUND).content.decode()
    as_ben.post(adopt_of(runbook), {"all": "1"})
    (found,) = as_ben.get(FOUND).context["page"].object_list
    assert (found.is_new, found.differing) == (0, 1)  # the number that could not be taken over
    Way.objects.create(contact=Contact.objects.get(name="Night desk"), kind="phone", value="+44 20 7946 0158")
    assert "Everybody is known" in as_ben.get(FOUND).content.decode()


def test_runbooks_that_somebody_may_not_know_of_are_not_listed(as_ada, team):
    service = make_service("Manifest", team=team, classification=Classification.CONFIDENTIAL)
    make_published("Secret manifest", text=TEXT, service=service)
    page = as_ada.get(FOUND)
    assert "Secret manifest" not in page.content.decode()
    assert page.context["total"] == 0


def test_the_list_takes_as_many_queries_for_two_runbooks_as_for_ten(as_ben, team, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(12) as asked:
            as_ben.get(FOUND)
        return len(asked)

    service = make_service(team=team)
    for n in range(2):
        make_published(f"Desk {n}", text=TEXT, service=service)
    few = count()
    for n in range(2, 10):
        make_published(f"Desk {n}", text=TEXT, service=service)
    assert count() == few


# Who left


def leave(name="Old Magnus"):
    return make_contact(name, ways=(), left_at=NOW)


def test_a_runbook_that_names_who_left_says_so_on_its_readiness_page(as_ada, runbook):
    address = reverse("runbooks:readiness", args=[runbook.service.slug, runbook.slug])
    assert "has left" not in as_ada.get(address).content.decode()
    leave()
    response = as_ada.get(address)
    assert [(row["line"], row["message"]) for row in response.context["live"]] == [
        (3, "Old Magnus has left: name another owner.")
    ]


def test_an_account_that_was_switched_off_counts_as_having_left(as_ada, runbook):
    make_user("magnus", display_name="Old Magnus", is_active=False)
    address = reverse("runbooks:readiness", args=[runbook.service.slug, runbook.slug])
    assert len(as_ada.get(address).context["live"]) == 1


def test_coming_back_takes_the_finding_away(as_ada, runbook):
    contact = leave()
    Contact.objects.filter(pk=contact.pk).update(left_at=None)
    address = reverse("runbooks:readiness", args=[runbook.service.slug, runbook.slug])
    assert as_ada.get(address).context["live"] == []


def test_the_people_page_and_the_list_say_it_too(as_ada, runbook):
    leave("Sigrid Haugen")
    assert "Sigrid Haugen has left" in as_ada.get(people_of(runbook)).content.decode()
    (found,) = as_ada.get(FOUND).context["page"].object_list
    assert found.departed == 1


def test_the_entry_says_which_runbooks_name_them(as_ben, runbook):
    contact = make_contact("Sigrid Haugen")
    page = as_ben.post(reverse("oncall:mark_left", args=[contact.pk]), follow=True).content.decode()
    assert "1 runbook still names them" in page
    assert runbook.get_absolute_url() in page


def test_the_entry_keeps_quiet_about_confidential_runbooks(as_ada, team):
    service = make_service(team=team, classification=Classification.CONFIDENTIAL)
    make_published("Secret manifest", text=TEXT, service=service)
    contact = make_contact("Sigrid Haugen")
    assert "Secret manifest" not in as_ada.get(contact.get_absolute_url()).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_adopt_at_once_make_nobody_twice():
    team = make_team("Harbour")
    service = make_service(team=team)
    runbooks = [make_published(f"Desk {n}", text=TEXT, service=service) for n in range(2)]
    ben = make_user("ben", role=EDITOR)
    start = threading.Barrier(2)

    def adopt(runbook):
        start.wait(timeout=10)
        try:
            adopt_named(runbook, None, user=ben, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=adopt, args=(runbook,)) for runbook in runbooks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert Contact.objects.count() == 3
    assert Vendor.objects.count() == 1
