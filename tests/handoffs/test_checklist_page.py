"""The pages of checklists, and the admin: rows without JavaScript, and nothing that was typed is lost."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import ADMINISTRATOR, EDITOR, READER, RESPONDER
from handoffs.models import Checklist, ChecklistItem
from handoffs.services.checklists import Item, items_for, save_items, state_of
from oncall.models import Classification
from tests.factories import NOW, make_published, make_service, make_team, make_user
from tests.handoffs.test_checklists import TEXT, write

pytestmark = pytest.mark.django_db
LIST = "/handoffs/checklists/"
PAGE = "/handoffs/checklists/harbour/"


@pytest.fixture
def team():
    return make_team("Harbour")


@pytest.fixture
def browser(as_user, team):
    return as_user(make_user("ada", role=EDITOR))


def rows(*texts, began_with="default", **more):
    data = {"rows": len(texts), "began_with": began_with}
    for number, text in enumerate(texts):
        data |= {f"row-{number}-text": text, f"row-{number}-facts": "", f"row-{number}-is_required": "on"}
    return data | more


def typed(response):
    return [row["text"].value() for row in response.context["form"].rows]


def test_all_teams_are_listed_ones_own_first(as_user, team):
    make_team("Anchor")
    cy = make_user("cy", role=READER)
    Membership.objects.create(team=team, user=cy)
    text = as_user(cy).get(LIST).text
    assert text.index("Harbour") < text.index("Anchor")
    assert text.count(">Default<") == 2


def test_a_list_of_twenty_teams_takes_as_many_queries_as_of_two(browser, django_assert_max_num_queries):
    for number in range(20):
        save_items(make_team(f"Team {number}"), [Item("Look")], user=make_user(f"e{number}", role=EDITOR), now=NOW)
    with django_assert_max_num_queries(9):
        browser.get(LIST)


def test_somebody_without_a_role_may_not_look(as_user, team):
    person = make_user("cy")
    person.groups.clear()
    assert as_user(person).get(PAGE).status_code == 403


def test_a_team_that_is_none_is_not_found(browser):
    assert browser.get("/handoffs/checklists/nobody/").status_code == 404


def test_a_reader_sees_the_items_and_no_fields(as_user, team):
    text = as_user(make_user("cy", role=READER)).get(PAGE).text
    assert "Review open incidents" in text
    assert "Save the list" not in text


@pytest.mark.parametrize("path", ["", "take/", "reset/"])
def test_a_responder_may_change_nothing(as_user, team, path):
    assert as_user(make_user("cy", role=RESPONDER)).post(PAGE + path, rows("Mine")).status_code == 403
    assert not Checklist.objects.exists()


def test_rows_are_saved_in_their_order_and_empty_ones_left_out(browser, team):
    response = browser.post(PAGE, rows("Second", "", "First"))
    assert response["Location"] == PAGE
    assert [item.text for item in items_for(team)] == ["Second", "First"]


@pytest.mark.parametrize(
    ("act", "shown"),
    [
        ("add", ["A", "B", ""]),
        ("up:1", ["B", "A"]),
        ("down:0", ["B", "A"]),
        ("up:0", ["A", "B"]),
        ("down:1", ["A", "B"]),
        ("remove:0", ["B"]),
        ("remove:7", ["A", "B"]),
        ("dance:1", ["A", "B"]),
        ("up:-1", ["A", "B"]),
    ],
)
def test_buttons_move_rows_and_save_nothing(browser, team, act, shown):
    response = browser.post(PAGE, rows("A", "B", act=act))
    assert (response.status_code, typed(response)) == (200, shown)
    assert not Checklist.objects.exists()


def test_what_was_chosen_moves_with_its_row(browser):
    data = rows("A", "B", act="up:1") | {"row-1-facts": "changes"}
    del data["row-1-is_required"]
    first = browser.post(PAGE, data).context["form"].rows[0]
    assert (first["facts"].value(), first["is_required"].value()) == ("changes", False)


def test_an_error_keeps_every_row(browser, team):
    response = browser.post(PAGE, rows("Fine", "x" * 301))
    assert (response.status_code, typed(response)) == (422, ["Fine", "x" * 301])
    assert "Nothing was saved yet" in response.text
    assert not Checklist.objects.exists()


def test_an_empty_list_is_refused_with_a_sentence(browser):
    response = browser.post(PAGE, rows(""))
    assert response.status_code == 422
    assert "at least one item" in response.text


def test_more_rows_than_fit_are_refused_and_kept(browser):
    response = browser.post(PAGE, rows(*["A"] * 41))
    assert (response.status_code, len(typed(response))) == (422, 41)


@pytest.mark.parametrize("given", ["", "many", "-1", "99999", "\x00"])
def test_a_number_of_rows_that_is_none_is_an_empty_list(browser, given):
    assert browser.post(PAGE, rows("A") | {"rows": given}).status_code == 422


def test_a_save_that_came_too_late_shows_both_lists_and_can_be_saved_again(browser, team):
    save_items(team, [Item("Theirs")], user=make_user("ben", role=EDITOR), now=NOW)
    response = browser.post(PAGE, rows("Mine"))
    assert response.status_code == 409
    assert "Ben changed this list" in response.text
    assert "Theirs" in response.text
    assert typed(response) == ["Mine"]
    again = browser.post(PAGE, rows("Mine", began_with=response.context["form"].began_with))
    assert again.status_code == 302
    assert [item.text for item in items_for(team)] == ["Mine"]


def test_words_are_text_and_no_markup(browser, team):
    save_items(team, [Item('<script>alert(1)</script>"')], user=make_user("ben", role=EDITOR), now=NOW)
    text = browser.get(PAGE).text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_going_back_to_the_default(browser, team):
    save_items(team, [Item("Mine")], user=make_user("ben", role=EDITOR), now=NOW)
    browser.post(f"{PAGE}reset/")
    assert not Checklist.objects.exists()


def test_a_list_is_looked_at_before_it_is_taken(browser, team):
    runbook = make_published(text=TEXT)
    text = browser.get(f"{PAGE}take/", {"runbook": runbook.pk}).text
    assert text.index("On-Call Handoff") < text.index("Before a deployment")
    assert not Checklist.objects.exists()
    browser.post(f"{PAGE}take/", {"runbook": runbook.pk, "section": "on-call-handoff"})
    assert items_for(team)[0].text == "Review open incidents"


def test_the_teams_own_handoff_checklists_are_offered_at_once(browser, team):
    make_published("Pier", text=TEXT, service=make_service("Pier", team=team))
    make_published("Quay", text=TEXT, service=make_service("Quay"))
    response = browser.get(f"{PAGE}take/")
    assert [(str(runbook), one.title) for runbook, one in response.context["own"]] == [("Pier", "On-Call Handoff")]


def test_a_runbook_that_is_none_is_an_error_of_the_form(browser):
    assert browser.get(f"{PAGE}take/", {"runbook": "x"}).status_code == 422
    assert browser.post(f"{PAGE}take/", {"runbook": "77", "section": "a"}).status_code == 422


def test_a_changed_runbook_is_said_and_taken_anew_with_one_click(browser, team):
    runbook = make_published(text=TEXT)
    browser.post(f"{PAGE}take/", {"runbook": runbook.pk, "section": "on-call-handoff"})
    write(runbook, TEXT.replace("Note scheduled maintenance", "Note planned work"))
    text = browser.get(PAGE).text
    assert "has changed since" in text
    assert "New there: Note planned work" in text
    browser.post(f"{PAGE}take/", {"runbook": runbook.pk, "section": "on-call-handoff"})
    assert "Note planned work" in [item.text for item in items_for(team)]
    assert "has changed since" not in browser.get(PAGE).text


def test_a_runbook_that_became_confidential_is_not_named(browser, as_user, team):
    runbook = make_published("Vault keys", text=TEXT)
    browser.post(f"{PAGE}take/", {"runbook": runbook.pk, "section": "on-call-handoff"})
    type(runbook).objects.filter(pk=runbook.pk).update(classification=Classification.CONFIDENTIAL)
    assert "Vault keys" not in as_user(make_user("cy", role=READER)).get(PAGE).text


def test_a_lead_without_the_role_may_edit_the_own_list(as_user, team):
    cy = make_user("cy", role=READER)
    Membership.objects.create(team=team, user=cy, is_lead=True)
    browser = as_user(cy)
    assert "Save the list" in browser.get(PAGE).text
    assert browser.post(PAGE, rows("Mine")).status_code == 302


def admin_rows(*texts, initial=0):
    data = {"items-TOTAL_FORMS": len(texts), "items-INITIAL_FORMS": initial}
    for number, text in enumerate(texts):
        data |= {f"items-{number}-position": 10 - number, f"items-{number}-text": text, f"items-{number}-facts": ""}
    return data


def test_the_admin_saves_a_list_by_its_positions(as_user, team):
    browser = as_user(make_user("dee", role=ADMINISTRATOR, is_staff=True))
    address = reverse("admin:handoffs_checklist_add")
    assert browser.get(address).status_code == 200
    response = browser.post(address, {"team": team.pk} | admin_rows("Second", "First"))
    assert response.status_code == 302
    assert [item.text for item in items_for(team)] == ["First", "Second"]
    assert Checklist.objects.get().changed_by.display_name == "Dee"


def test_the_admin_changes_and_removes_items(as_user, team):
    browser = as_user(make_user("dee", role=ADMINISTRATOR, is_staff=True))
    kept = save_items(team, [Item("One"), Item("Two")], user=make_user("ben", role=EDITOR), now=NOW)
    one, two = kept.items.all()
    data = admin_rows("One, again", "Two", initial=2) | {
        "items-0-id": one.pk,
        "items-1-id": two.pk,
        "items-1-DELETE": "on",
    }
    data |= {"items-0-checklist": kept.pk, "items-1-checklist": kept.pk}
    response = browser.post(reverse("admin:handoffs_checklist_change", args=[kept.pk]), data)
    assert response.status_code == 302
    assert [item.text for item in items_for(team)] == ["One, again"]


def test_the_admin_refuses_an_empty_list_with_the_sentence(as_user, team):
    browser = as_user(make_user("dee", role=ADMINISTRATOR, is_staff=True))
    response = browser.post(reverse("admin:handoffs_checklist_add"), {"team": team.pk} | admin_rows())
    assert response.status_code == 422
    assert "at least one item" in response.text
    assert not Checklist.objects.exists()


def test_deleting_in_the_admin_gives_the_default_back(as_user, team):
    browser = as_user(make_user("dee", role=ADMINISTRATOR, is_staff=True))
    kept = save_items(team, [Item("One")], user=make_user("ben", role=EDITOR), now=NOW)
    browser.post(reverse("admin:handoffs_checklist_delete", args=[kept.pk]), {"post": "yes"})
    assert not ChecklistItem.objects.exists()
    assert len(items_for(team)) == 5


def test_the_state_of_a_list_changes_with_every_save(team):
    editor = make_user("ada", role=EDITOR)
    first = state_of(save_items(team, [Item("One")], user=editor, now=NOW))
    assert first != state_of(save_items(team, [Item("One")], user=editor, now=NOW + dt.timedelta(seconds=1)))
