"""On-call in the search: people and lines of the directory, vendors, channels, teams and escalation paths."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from oncall.models import Channel, Contact, EscalationPath, Vendor, Way
from oncall.pages.finding import find_words
from tests.factories import make_published, make_rotation, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 17, 3, 14, tzinfo=dt.UTC)


@pytest.fixture
def reader():
    return make_user("reader")


@pytest.fixture
def directory():
    team = make_team("Harbour")
    contact = Contact.objects.create(name="Edda Brekke", role="Harbour master", team=team)
    Way.objects.create(contact=contact, kind="phone", value="+44 20 7946 0150")
    Way.objects.create(contact=contact, kind="phone", value="+44 20 7946 0999", is_personal=True)
    Vendor.objects.create(name="Fjordlink", support_type="24/7 phone")
    Channel.objects.create(purpose="Incidents", channel="#incidents")
    EscalationPath.objects.create(name="Ships and gates", slug="ships-and-gates")
    return team


def found(user, *words):
    return [(one.kind, one.name) for one in find_words(user, words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["edda"], ("person", "Edda Brekke")),
        (["brek"], ("person", "Edda Brekke")),
        (["master"], ("person", "Edda Brekke")),
        (["0150"], ("person", "Edda Brekke")),
        (["fjord"], ("vendor", "Fjordlink")),
        (["incidents"], ("channel", "#incidents")),
        (["oncall", "harbour"], ("team", "Harbour")),
        (["ships"], ("path", "Ships and gates")),
        (["escalation", "gates"], ("path", "Ships and gates")),
    ],
)
def test_each_word_begins_one_of_the_names_or_facts(directory, reader, words, expected):
    assert expected in found(reader, *words)


def test_accents_make_no_difference(reader):
    Contact.objects.create(name="Elif Aydın")
    assert found(reader, "aydin") == [("person", "Elif Aydın")]


def test_nobody_finds_a_person_by_a_number_that_is_kept_from_them(directory, reader):
    assert found(reader, "0999") == []
    assert found(make_user("dee", role=RESPONDER), "0999") == [("person", "Edda Brekke")]


def test_the_answer_does_not_tell_a_personal_number(directory, reader):
    (one,) = find_words(reader, ["edda"])
    assert "0150" in one.about and "0999" not in one.about


def test_who_left_is_not_found(directory, reader):
    Contact.objects.update(left_at=NOW)
    assert found(reader, "edda") == []


def test_an_account_that_was_switched_off_is_not_found(reader):
    Contact.objects.create(name="Gone", user=make_user("gone", is_active=False))
    assert found(reader, "gone") == []


def test_unwanted_words_leave_answers_out(directory, reader):
    assert [one.name for one in find_words(reader, ["harbour"], ["brekke"])] == ["Harbour"]


def test_somebody_without_a_role_finds_nothing(directory, reader):
    reader.groups.clear()
    assert found(reload_user(reader), "edda") == []


# ---- The search page and the palette ----


def page(client, **query):
    return client.get("/search/", query).content.decode()


def test_a_contact_of_that_very_name_is_the_best_answer(directory, reader, as_user):
    contact = Contact.objects.get()
    response = as_user(reader).get("/search/", {"q": "edda brekke"})
    assert response.context["best"].url == f"/contacts/{contact.pk}/"


def test_the_one_person_of_a_first_name_is_the_best_answer(directory, reader, as_user):
    make_published("Edda's gates", slug="gates")
    assert as_user(reader).get("/search/", {"q": "edda"}).context["best"].name == "Edda Brekke"
    Contact.objects.create(name="Edda Lund")
    assert as_user(reader).get("/search/", {"q": "edda"}).context["best"].name != "Edda Brekke"


def test_a_team_leads_to_its_on_call(directory, reader, as_user):
    make_rotation(directory, reader)
    html = page(as_user(reader), q="harbour")
    assert 'href="/oncall/harbour/"' in html and "On call: " in html


def test_one_kind_alone_can_be_asked_for(directory, reader, as_user):
    make_published("Harbour gates", slug="gates")
    html = page(as_user(reader), q="harbour", kind="directory")
    assert "Edda Brekke" in html and "/runbooks/ticket-desk/gates/" not in html
    html = page(as_user(reader), q="harbour", kind="runbook")
    assert "Edda Brekke" not in html and "/runbooks/ticket-desk/gates/" in html


def test_the_palette_offers_people_while_somebody_types(directory, reader, as_user):
    html = as_user(reader).get("/search/suggest/", {"q": "edd"}).content.decode()
    assert "<mark>Edd</mark>a Brekke" in html or "Brekke" in html


def test_filters_of_runbooks_leave_on_call_out(directory, reader, as_user):
    assert "Edda Brekke" not in page(as_user(reader), q="edda status:draft")


@pytest.mark.parametrize("text", ["'; --", "%", "_", "\x00", "🚢", "a" * 400, '"edda', "-edda", "{visible}", "%s"])
def test_any_text_is_answered(directory, reader, as_user, text):
    assert as_user(reader).get("/search/", {"q": text}).status_code == 200
    assert as_user(reader).get("/search/suggest/", {"q": text}).status_code == 200


def test_names_are_shown_as_text(reader, as_user):
    Contact.objects.create(name="<b>Bold</b> <script>alert(1)</script>")
    assert "<script>alert" not in page(as_user(reader), q="bold")
