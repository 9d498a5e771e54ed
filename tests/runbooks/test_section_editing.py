"""Editing one section from its heading."""

import pytest

from accounts.roles import APPROVER, EDITOR
from runbooks.models import DraftSave, RunbookVersion
from tests.factories import TEXT, make_active, make_draft, make_user

pytestmark = pytest.mark.django_db
PATH = "/runbooks/ticket-desk/ticket-desk/"
RESTART = TEXT[TEXT.index("## Restart") :].rstrip()


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def open_section(client, anchor):
    return client.get(f"{PATH}edit/", {"section": anchor})


def post_section(client, version, words, section="restart", **extra):
    data = {"markdown": words, "change_summary": "", "bump": "minor", "section": section}
    return client.post(f"{PATH}edit/", data | {"base": f"{version.pk}.{version.revision}"} | extra)


def test_the_form_holds_the_section_alone(as_ben, ben):
    make_draft(ben)
    response = open_section(as_ben, "restart")
    assert response.context["form"]["markdown"].value() == RESTART
    assert "editing the section “Restart”" in response.content.decode()


@pytest.mark.parametrize("anchor", ["nowhere", "<script>", "x" * 3000, "a\x00b", "../../etc"])
def test_an_unknown_section_opens_the_whole_text_and_says_so(as_ben, ben, anchor):
    make_draft(ben)
    response = open_section(as_ben, anchor)
    html = response.content.decode()
    assert response.status_code == 200 and response.context["form"]["markdown"].value() == TEXT
    assert "has no section" in html and "<script>”" not in html


def test_a_save_leaves_every_other_byte(as_ben, ben):
    before = "\ufeff---\r\nowner: Ada\r\n---\r\n# Desk\r\n\r\n## One\r\n\r\nfirst  \r\n\r\n\r\n"
    text = before + "## Two\n\nsecond\r\n\r\n## Three\r\n\r\nlast"
    version = make_draft(ben, text=text)
    post_section(as_ben, version, "## Two\r\n\r\nother words", section="two")
    version.refresh_from_db()
    assert version.markdown == text.replace("second", "other words")


def test_a_save_of_the_active_text_starts_a_draft_with_all_of_it(as_ben, ben):
    active = make_active(ben, make_user("cy", role=APPROVER))
    post_section(as_ben, active, "## Restart\r\n\r\nAsk first.")
    draft = RunbookVersion.objects.get(minor=1)
    assert draft.markdown == TEXT.replace(RESTART, "## Restart\n\nAsk first.")


def test_edits_of_two_people_in_two_sections_are_put_together(as_ben, ben, as_user):
    version = make_draft(ben)
    other = as_user(make_user("cy", role=EDITOR))
    post_section(other, version, "## Overview\n\nSells tickets on the quay.", section="overview")
    response = post_section(as_ben, version, "## Restart\n\nAsk first.")
    merged = response.context["form"].initial["markdown"]
    assert response.status_code == 409 and not response.context["merge"].has_conflicts
    assert merged == TEXT.replace("at the pier", "on the quay").replace(RESTART, "## Restart\n\nAsk first.")
    assert DraftSave.objects.get(is_accepted=False).markdown == TEXT.replace(RESTART, "## Restart\n\nAsk first.")


def test_the_merged_text_is_saved_as_a_whole(as_ben, ben, as_user):
    version = make_draft(ben)
    post_section(as_user(make_user("cy", role=EDITOR)), version, "## Overview\n\nNew.", section="overview")
    form = post_section(as_ben, version, "## Restart\n\nAsk first.").context["form"]
    assert as_ben.post(f"{PATH}edit/", form.initial).status_code == 302
    version.refresh_from_db()
    assert "New." in version.markdown and "Ask first." in version.markdown


def test_going_on_comes_back_to_the_section(as_ben, ben):
    response = post_section(as_ben, make_draft(ben), "## Restart\n\nAsk first.", stay="1")
    assert response["Location"] == f"{PATH}edit/?section=restart"


def test_going_on_follows_a_heading_that_was_renamed(as_ben, ben):
    response = post_section(as_ben, make_draft(ben), "## Start again\n\nAsk first.", stay="1")
    assert response["Location"] == f"{PATH}edit/?section=start-again"


def test_going_on_after_the_heading_is_gone_opens_all_of_it(as_ben, ben):
    response = post_section(as_ben, make_draft(ben), "No heading any more.", stay="1")
    assert response["Location"] == f"{PATH}edit/"


def test_a_section_that_is_not_in_the_text_comes_back_with_every_word(as_ben, ben):
    response = post_section(as_ben, make_draft(ben), "precious words", section="nowhere")
    html = response.content.decode()
    assert response.status_code == 422 and "not there any more" in html and "precious words" in html


def test_a_refused_section_stays_a_section(as_ben, ben):
    response = post_section(as_ben, make_draft(ben), "a\x00b")
    assert response.status_code == 422
    assert response.context["form"]["section"].value() == "restart"


def test_the_reading_page_offers_it_only_to_those_who_may(as_ada, as_ben, ben):
    make_active(ben, make_user("cy", role=APPROVER))
    assert f'data-edit="{PATH}edit/"' in as_ben.get(PATH).content.decode()
    assert "data-edit" not in as_ada.get(PATH).content.decode()


def test_without_scripts_the_edit_page_lists_the_sections(as_ben, ben):
    make_draft(ben)
    assert f'href="{PATH}edit/?section=restart"' in as_ben.get(f"{PATH}edit/").content.decode()
