"""vCards: RFC 6350, as a telephone reads them."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import RESPONDER
from oncall.pages.vcards import escape, fold
from tests.factories import make_team, make_user
from tests.oncall.directory import DESK, MAIL, MOBILE, make_contact


def unfold(octets):
    """Lines as a reader of vCards sees them."""
    return octets.replace(b"\r\n ", b"").decode().split("\r\n")


def read_cards(octets):
    """Each card as a list of (name with parameters, value as text)."""
    cards = []
    for line in unfold(octets):
        if line == "BEGIN:VCARD":
            cards.append([])
        if line:
            name, value = line.split(":", 1)
            cards[-1].append((name, unescape(value)))
    return cards


def unescape(value):
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def card_of(client, contact):
    response = client.get(reverse("oncall:contact_card", args=[contact.pk]))
    assert response.status_code == 200
    (card,) = read_cards(response.content)
    return card


TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=300)


@given(TEXT)
def test_lines_are_short_end_with_crlf_and_come_back_whole(text):
    line = f"NOTE:{escape(text)}"
    folded = fold(line)
    assert folded.endswith(b"\r\n")
    physical = folded[:-2].split(b"\r\n")
    assert all(len(part) <= 75 for part in physical)
    assert all(part.startswith(b" ") for part in physical[1:])
    for part in physical:
        part.decode()  # no letter is cut in two
    assert unfold(folded)[0] == line


@given(TEXT)
def test_what_is_escaped_comes_back(text):
    told = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160))
    assert unescape(escape(text)) == told
    assert "\n" not in escape(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", escape(text))


@pytest.mark.django_db
def test_a_card_says_who_and_how(as_ada):
    contact = make_contact("Brekke, Edda; “Captain”", role="Harbour master", team=make_team("Harbour"))
    contact.availability, contact.language, contact.time_zone = "Always", "Norwegian, English", "Europe/Oslo"
    contact.save()
    card = card_of(as_ada, contact)
    assert card[:2] == [("BEGIN", "VCARD"), ("VERSION", "4.0")]
    assert card[-1] == ("END", "VCARD")
    values = dict(card)
    assert values["FN"] == "Brekke, Edda; “Captain”"
    assert values["ORG"] == "Harbour"
    assert values["TITLE"] == "Harbour master"
    assert values["TEL;TYPE=work"] == DESK
    assert values["EMAIL;TYPE=work"] == MAIL
    assert values["TZ"] == "Europe/Oslo"
    assert values["NOTE"] == "Available: Always\nLanguages: Norwegian, English"
    assert values["KIND"] == "individual"


@pytest.mark.django_db
def test_a_mobile_number_is_marked_as_one_for_those_who_may_see_it(as_user):
    card = dict(card_of(as_user(make_user("dee", role=RESPONDER)), make_contact(mobile=MOBILE)))
    assert card["TEL;TYPE=cell"] == MOBILE


@pytest.mark.django_db
def test_a_shared_line_is_no_individual(as_ada):
    card = dict(card_of(as_ada, make_contact("Ticket Office", kind="shared")))
    assert card["KIND"] == "org"
    assert "N" not in card


@pytest.mark.django_db
def test_the_same_contact_keeps_its_uid(as_ada):
    contact = make_contact()
    assert dict(card_of(as_ada, contact))["UID"] == dict(card_of(as_ada, contact))["UID"]


@pytest.mark.django_db
def test_the_file_is_a_vcard_with_a_name_in_any_script(as_ada):
    contact = make_contact("Edda Brække/“x”\n")
    response = as_ada.get(reverse("oncall:contact_card", args=[contact.pk]))
    assert response["Content-Type"] == "text/vcard; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=utf-8''Edda%20Br%C3%A6kke-" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_team_is_one_file_without_those_who_left(as_ada):
    team = make_team("Harbour")
    make_contact(team=team)
    make_contact("Sigrid Haugen", team=team)
    make_contact("Somebody Else")
    gone = make_contact("Old Magnus", team=team, user=make_user("gone", is_active=False))
    response = as_ada.get(reverse("oncall:contact_cards"), {"team": "harbour"})
    cards = read_cards(response.content)
    assert [dict(card)["FN"] for card in cards] == ["Edda Brekke", "Sigrid Haugen"]
    assert gone.name.encode() not in response.content
    assert "Harbour.vcf" in response["Content-Disposition"]


@pytest.mark.django_db
def test_a_team_that_is_not_there_is_404(as_ada):
    assert as_ada.get(reverse("oncall:contact_cards"), {"team": "nobody"}).status_code == 404
