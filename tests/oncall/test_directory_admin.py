"""The directory in the admin: through the services, and without numbers that may not be seen."""

import pytest
from django.urls import reverse

from accounts.roles import EDITOR, READER
from oncall.models import Channel, Contact, Vendor, Way
from tests.factories import make_team, make_user
from tests.oncall.directory import DESK, MAIL, MOBILE, make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(db):
    return make_user("ben", role=EDITOR, is_staff=True)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def form_of(*ways, initial=0, **facts):
    data = {"name": "Edda Brekke", "kind": "person", "ways-TOTAL_FORMS": len(ways), "ways-INITIAL_FORMS": initial}
    for number, way in enumerate(ways):
        data |= {f"ways-{number}-{name}": value for name, value in way.items()}
    return data | facts


def test_a_contact_is_made_with_its_ways_and_counts_as_confirmed(as_ben, ben):
    data = form_of({"kind": "phone", "value": "+442079460150"}, {"kind": "email", "value": MAIL})
    response = as_ben.post(reverse("admin:oncall_contact_add"), data)
    assert response.status_code == 302
    contact = Contact.objects.get()
    assert contact.confirmed_by == ben
    assert sorted(way.value for way in contact.ways.all()) == [DESK, MAIL]
    assert contact.ways.filter(confirmed_by=ben).count() == 2


def test_a_number_that_is_none_comes_back_with_the_form(as_ben):
    response = as_ben.post(reverse("admin:oncall_contact_add"), form_of({"kind": "phone", "value": "020"}))
    assert response.status_code == 422
    assert "Begin with +" in response.content.decode()
    assert not Contact.objects.exists()


def test_ways_are_changed_and_taken_out(as_ben):
    contact = make_contact()
    phone, mail = contact.ways.get(kind="phone"), contact.ways.get(kind="email")
    data = form_of(
        {"id": mail.pk, "contact": contact.pk, "kind": "email", "value": MAIL, "DELETE": "on"},
        {"id": phone.pk, "contact": contact.pk, "kind": "phone", "value": "+44 20 7946 0199"},
        initial=2,
    )
    response = as_ben.post(reverse("admin:oncall_contact_change", args=[contact.pk]), data)
    assert response.status_code == 302
    assert [way.value for way in contact.ways.all()] == ["+44 20 7946 0199"]


def test_what_the_row_itself_refuses_is_said_on_the_form(as_ben):
    response = as_ben.post(reverse("admin:oncall_contact_add"), form_of(time_zone="Europe/Atlantis"))
    assert response.status_code == 422
    assert "is not a time zone" in response.content.decode()


def test_a_vendor_and_a_channel_are_made(as_ben):
    vendor = {"name": "Fjordlink", "ways-TOTAL_FORMS": 0, "ways-INITIAL_FORMS": 0}
    as_ben.post(reverse("admin:oncall_vendor_add"), vendor)
    as_ben.post(reverse("admin:oncall_channel_add"), {"purpose": "Incidents", "channel": "#harbour"})
    assert Vendor.objects.get().confirmed_at is not None
    assert Channel.objects.get().confirmed_at is not None


def test_one_action_confirms_and_another_says_who_left(as_ben, ben):
    rows = [make_contact(), make_contact("Sigrid Haugen")]
    chosen = {"_selected_action": [row.pk for row in rows]}
    address = reverse("admin:oncall_contact_changelist")
    as_ben.post(address, chosen | {"action": "confirm"})
    assert Contact.objects.filter(confirmed_by=ben).count() == 2
    for said in ("Marked as left: 2", "was marked as left before"):
        page = as_ben.post(address, chosen | {"action": "mark_as_left"}, follow=True).content.decode()
        assert said in page
    assert Contact.objects.departed().count() == 2


@pytest.mark.parametrize("query", [{}, {"q": "edda"}, {"left": "yes"}, {"left": "no"}, {"q": "'\"%\x00"}])
def test_lists_open(as_ben, query):
    make_contact(team=make_team())
    assert as_ben.get(reverse("admin:oncall_contact_changelist"), query).status_code in {200, 302}


def test_a_reader_sees_no_personal_value_in_the_admin(as_user):
    contact = make_contact(mobile=MOBILE, notes="Phone as written: 900 150")
    client = as_user(make_user("dee", role=READER, is_staff=True))
    for address in (
        reverse("admin:oncall_contact_changelist"),
        reverse("admin:oncall_contact_changelist") + "?q=7700",
        reverse("admin:oncall_contact_change", args=[contact.pk]),
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert "900150" not in response.content.decode().replace(" ", "")


@pytest.mark.parametrize("name", ["contact", "vendor", "channel"])
def test_lists_take_as_many_queries_for_two_rows_as_for_twenty(as_ben, name, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(15) as asked:
            as_ben.get(reverse(f"admin:oncall_{name}_changelist"))
        return len(asked)

    def grow(begin, end):
        for n in range(begin, end):
            make_contact(f"Edda {n}", team=team, mobile=MOBILE, user=make_user(f"edda{n}"))
            vendor = Vendor.objects.create(name=f"Vendor {n}", team=team)
            Way.objects.create(vendor=vendor, kind="phone", value=DESK)
            Channel.objects.create(purpose=f"Purpose {n}", channel="#harbour", team=team)

    team = make_team()
    grow(0, 2)
    few = count()
    grow(2, 20)
    assert count() == few
