"""The directory's pages: found by everybody, changed by those who may, and no personal number where it does not belong."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import EDITOR, RESPONDER
from oncall.models import Channel, Contact, EscalationLevel, EscalationPath, EscalationTarget, Vendor, Way
from tests.factories import make_rotation, make_team, make_user
from tests.oncall.directory import DESK, MAIL, MOBILE, make_contact, way_lines

pytestmark = pytest.mark.django_db
LIST = "/contacts/"


@pytest.fixture
def ben(db):
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def names(response):
    return [line.contact.name for line in response.context["lines"]]


# Finding


def test_a_tap_calls_or_writes(as_ada):
    make_contact(role="Harbour master")
    page = text_of(as_ada.get(LIST))
    assert 'href="tel:+442079460150"' in page
    assert f'href="mailto:{MAIL}"' in page
    assert "Harbour master" in page


@pytest.mark.parametrize("words", ["brekke", "harbour mast", "EDDA", "skerry.example", "7946 0150", "79460150", "édda"])
def test_words_find_by_name_role_mail_and_number(as_ada, words):
    make_contact(role="Harbour master")
    make_contact("Sigrid Haugen", ways=())
    assert names(as_ada.get(LIST, {"q": words})) == ["Edda Brekke"]


def test_a_team_can_be_chosen_and_an_unknown_one_filters_nothing(as_ada):
    make_contact(team=make_team("Harbour"))
    make_contact("Sigrid Haugen")
    assert names(as_ada.get(LIST, {"team": "harbour"})) == ["Edda Brekke"]
    assert names(as_ada.get(LIST, {"team": "no-such-team"})) == ["Edda Brekke", "Sigrid Haugen"]


def test_who_has_left_stands_behind_a_switch(as_ada):
    make_contact("Old Magnus", left_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    make_contact("Gone Account", user=make_user("gone", is_active=False))
    make_contact()
    assert names(as_ada.get(LIST)) == ["Edda Brekke"]
    assert names(as_ada.get(LIST, {"left": "1"})) == ["Edda Brekke", "Gone Account", "Old Magnus"]


@pytest.mark.parametrize("query", ["q=%00%27%22%25_%5C", "q=%28%5B%2A", "page=-1", "page=zz", "team=%00", "left=2"])
def test_odd_queries_are_harmless(as_ada, query):
    make_contact()
    assert as_ada.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("address", [LIST, "/contacts/vendors/", "/contacts/channels/"])
def test_lists_say_what_to_do_while_they_are_empty(as_ada, address):
    assert "Nothing here yet" in text_of(as_ada.get(address))
    assert "Nothing fits" in text_of(as_ada.get(address, {"q": "zzz"}))


@pytest.mark.parametrize(("address", "most"), [(LIST, 12), ("/contacts/vendors/", 12), ("/contacts/channels/", 10)])
def test_lists_take_as_many_queries_for_two_rows_as_for_twenty(as_ada, address, most, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(most) as asked:
            as_ada.get(address)
        return len(asked)

    def grow(begin, end):
        for n in range(begin, end):
            make_contact(f"Edda {n}", mobile=MOBILE, team=team)
            vendor = Vendor.objects.create(name=f"Vendor {n}", team=team)
            Way.objects.create(vendor=vendor, kind="phone", value=DESK)
            Channel.objects.create(purpose=f"Purpose {n}", channel="#harbour", team=team)

    team = make_team()
    grow(0, 2)
    few = count()
    grow(2, 20)
    assert count() == few


# Personal numbers


PAGES = ["list", "search", "page", "card", "cards"]


@pytest.fixture
def looks():
    def look(client, contact, page):
        address = {
            "list": LIST,
            "search": f"{LIST}?q=Edda",
            "page": contact.get_absolute_url(),
            "card": reverse("oncall:contact_card", args=[contact.pk]),
            "cards": reverse("oncall:contact_cards"),
        }[page]
        return text_of(client.get(address))

    return look


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_sees_no_personal_number_anywhere(as_ada, looks, page):
    shown = looks(as_ada, make_contact(mobile=MOBILE, notes="Phone as written: 900 150"), page)
    assert DESK in shown
    assert "900150" not in shown.replace(" ", "")
    if page in ("list", "search", "page"):
        assert "Phone: for responders" in shown


@pytest.mark.parametrize("page", PAGES)
def test_a_responder_sees_it_everywhere(as_user, looks, page):
    client = as_user(make_user("dee", role=RESPONDER))
    assert MOBILE in looks(client, make_contact(mobile=MOBILE), page)


@pytest.mark.parametrize("page", PAGES)
def test_everybody_sees_their_own(as_ada, ada, looks, page):
    assert MOBILE in looks(as_ada, make_contact("Edda", user=ada, mobile=MOBILE), page)


@pytest.mark.parametrize("words", ["7700", "900150", "+44 7700 900150"])
def test_searching_for_a_personal_number_tells_a_reader_nothing(as_ada, as_user, words):
    make_contact(mobile=MOBILE)
    assert names(as_ada.get(LIST, {"q": words})) == []
    assert names(as_user(make_user("dee", role=RESPONDER)).get(LIST, {"q": words})) == ["Edda Brekke"]


def test_a_vendors_personal_number_is_kept_back_too(as_ada):
    vendor = Vendor.objects.create(name="Fjordlink", notes="Phone as written: 900 150")
    Way.objects.create(vendor=vendor, kind="phone", value=MOBILE, is_personal=True)
    for address in ("/contacts/vendors/", vendor.get_absolute_url()):
        page = text_of(as_ada.get(address))
        assert "Phone: for responders" in page
        assert "900150" not in page.replace(" ", "")


def test_a_reader_can_not_confirm_a_number_they_can_not_see(as_ada):
    way = make_contact(mobile=MOBILE).ways.get(is_personal=True)
    assert as_ada.post(reverse("oncall:confirm_way", args=[way.pk]), {"seen": MOBILE}).status_code == 404


# One contact


def test_the_page_says_turns_ladders_and_the_shift_of_now(as_ada):
    team, edda = make_team(), make_user("edda", display_name="Edda Brekke", time_zone="Europe/Oslo")
    rotation = make_rotation(team, edda)
    contact = make_contact(user=edda)
    path = EscalationPath.objects.create(name="Gates", slug="gates")
    level = EscalationLevel.objects.create(path=path, position=1, label="L1")
    EscalationTarget.objects.create(level=level, layer=rotation.layers.get())
    page = text_of(as_ada.get(contact.get_absolute_url()))
    assert "On call now" in page
    assert rotation.get_absolute_url() in page
    assert path.get_absolute_url() in page
    assert "when they are on call" in page
    assert "Europe/Oslo" in page


def test_who_left_and_still_takes_turns_can_be_replaced(as_ben):
    edda = make_user("edda")
    make_rotation(make_team(), edda)
    contact = make_contact(user=edda, left_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    page = text_of(as_ben.get(contact.get_absolute_url()))
    assert "They still take turns in 1 rotation" in page
    assert reverse("oncall:replace_person", args=[edda.pk]) in page


def test_the_page_takes_few_queries_however_much_is_known(as_ada, django_assert_max_num_queries):
    edda = make_user("edda")
    for n in range(5):
        make_rotation(make_team(f"Team {n}"), edda)
    contact = make_contact(user=edda, ways=[("chat", f"@edda{n}") for n in range(15)])
    with django_assert_max_num_queries(30):
        as_ada.get(contact.get_absolute_url())


def test_hostile_names_are_only_text(as_ada):
    contact = make_contact("<script>alert(1)</script>", role="<img src=x onerror=alert(1)>")
    page = text_of(as_ada.get(contact.get_absolute_url()))
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_a_contact_that_is_not_there_is_404(as_ada):
    assert as_ada.get("/contacts/999999999999999999999/").status_code == 404


# Writing


def test_an_editor_adds_a_contact_with_two_ways(as_ben):
    data = way_lines(("phone", "+442079460150"), ("email", MAIL), ("chat", ""))
    response = as_ben.post("/contacts/new/", data)
    contact = Contact.objects.get()
    assert response.status_code == 302
    assert response["Location"] == contact.get_absolute_url()
    assert sorted(way.value for way in contact.ways.all()) == [DESK, MAIL]


def test_a_bad_number_comes_back_with_how_to_write_it_and_all_that_was_typed(as_ben):
    response = as_ben.post("/contacts/new/", way_lines(("phone", "020 7946"), ("email", MAIL), role="Harbour master"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Begin with + and the code of the country" in page
    assert 'value="020 7946"' in page
    assert 'value="Harbour master"' in page
    assert not Contact.objects.exists()


def test_the_same_number_twice_is_said_at_the_second_line(as_ben):
    response = as_ben.post("/contacts/new/", way_lines(("phone", DESK), ("phone", "+442079460150")))
    assert response.status_code == 422
    assert response.context["lines"].forms[1].errors["value"] == ["This is there twice."]


def test_an_unknown_zone_is_said_at_its_field(as_ben):
    response = as_ben.post("/contacts/new/", way_lines(time_zone="Europe/Atlantis"))
    assert response.status_code == 422
    assert "is not a time zone" in response.context["form"].errors["time_zone"][0]


def test_more_lines_are_given_without_losing_what_was_typed(as_ben):
    response = as_ben.post("/contacts/new/", way_lines(("phone", "half a num"), more="1"))
    page = text_of(response)
    assert 'value="half a num"' in page
    assert len(response.context["lines"].forms) == 4


def test_no_more_than_twenty_lines_are_drawn(as_ben):
    response = as_ben.post("/contacts/new/", way_lines(more="1") | {"ways": "999"})
    assert len(response.context["lines"].forms) == 20


def test_clearing_a_line_takes_the_way_out(as_ben):
    contact = make_contact()
    phone, mail = contact.ways.get(kind="phone"), contact.ways.get(kind="email")
    as_ben.post(
        reverse("oncall:edit_contact", args=[contact.pk]), way_lines(("phone", "", phone), ("email", MAIL, mail))
    )
    assert [way.value for way in contact.ways.all()] == [MAIL]


def test_what_changed_meanwhile_is_said_and_nothing_is_lost(as_ben):
    contact = make_contact()
    address = reverse("oncall:edit_contact", args=[contact.pk])
    seen = as_ben.get(address).context["form"].initial["seen"]
    as_ben.post(address, way_lines(role="Cook", seen=seen))
    response = as_ben.post(address, way_lines(role="Bosun", seen=seen))
    assert response.status_code == 422
    assert "Somebody else changed this" in response.content.decode()
    assert Contact.objects.get().role == "Cook"


def test_readers_add_and_change_nobody_else(as_ada):
    contact = make_contact()
    assert as_ada.get(reverse("oncall:edit_contact", args=[contact.pk])).status_code == 403
    assert as_ada.post(reverse("oncall:mark_left", args=[contact.pk])).status_code == 403
    assert as_ada.post(reverse("oncall:confirm_contact", args=[contact.pk])).status_code == 403
    assert as_ada.get("/contacts/vendors/new/").status_code == 403
    assert as_ada.get("/contacts/channels/new/").status_code == 403


def test_a_reader_writes_their_own_entry_and_only_once(as_ada, ada):
    assert as_ada.get("/contacts/me/")["Location"] == "/contacts/new/"
    page = as_ada.get("/contacts/new/")
    assert page.context["form"].initial["name"] == "Ada"
    as_ada.post("/contacts/new/", way_lines(("email", ada.email), name="Ada"))
    own = Contact.objects.get()
    assert own.user == ada
    assert as_ada.get("/contacts/new/")["Location"] == own.get_absolute_url()
    assert as_ada.get("/contacts/me/")["Location"] == own.get_absolute_url()


def test_a_reader_can_not_post_an_entry_for_somebody_else(as_ada, ada):
    other = make_user("cy")
    as_ada.post("/contacts/new/", way_lines(name="Cy", user=str(other.pk)))
    assert not Contact.objects.filter(user=other).exists()


def test_a_click_says_still_right(as_ben, ben):
    contact = make_contact()
    as_ben.post(reverse("oncall:confirm_contact", args=[contact.pk]))
    way = contact.ways.get(kind="phone")
    as_ben.post(reverse("oncall:confirm_way", args=[way.pk]), {"seen": DESK})
    contact.refresh_from_db()
    way.refresh_from_db()
    assert contact.confirmed_by == way.confirmed_by == ben


def test_leaving_and_coming_back(as_ben):
    contact = make_contact()
    page = as_ben.post(reverse("oncall:mark_left", args=[contact.pk]), follow=True).content.decode()
    assert "has left" in page
    page = as_ben.post(reverse("oncall:bring_back", args=[contact.pk]), follow=True).content.decode()
    assert "is back" in page


@pytest.mark.parametrize("name", ["mark_left", "bring_back", "confirm_contact", "confirm_vendor", "confirm_way"])
def test_changes_are_posts(as_ben, name):
    assert as_ben.get(reverse(f"oncall:{name}", args=[1])).status_code == 405


# Vendors and channels


def test_a_vendor_is_written_down_in_the_browser(as_ben):
    data = way_lines(("phone", DESK), name="Fjordlink", account_number="SKERRY-02", support_type="24/7")
    response = as_ben.post("/contacts/vendors/new/", data, follow=True)
    page = text_of(response)
    assert "SKERRY-02" in page
    assert "tel:+442079460150" in page


def test_a_vendor_that_is_there_already_is_said(as_ben):
    Vendor.objects.create(name="Fjordlink")
    response = as_ben.post("/contacts/vendors/new/", way_lines(name="Fjordlink"))
    assert response.status_code == 422
    assert "already there" in response.content.decode()


def test_a_channel_is_written_down_changed_and_found(as_ben):
    data = {"purpose": "Incidents", "channel": "#harbour", "url": "chat.example.net/harbour"}
    as_ben.post("/contacts/channels/new/", data)
    channel = Channel.objects.get()
    assert channel.url == "https://chat.example.net/harbour"
    as_ben.post(reverse("oncall:edit_channel", args=[channel.pk]), data | {"details": "By day"})
    assert "By day" in text_of(as_ben.get("/contacts/channels/", {"q": "harbour"}))


def test_a_channel_to_a_script_is_refused(as_ben):
    data = {"purpose": "Incidents", "channel": "#harbour", "url": "javascript:alert(1)"}
    assert as_ben.post("/contacts/channels/new/", data).status_code == 422


def test_an_editor_may_not_delete_a_vendor(as_ben):
    vendor = Vendor.objects.create(name="Fjordlink")
    assert as_ben.post(reverse("oncall:delete_vendor", args=[vendor.pk])).status_code == 403
