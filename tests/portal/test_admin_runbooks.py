"""Runbooks in the admin: the same services as the pages, so the same rules, on one form."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import ADMINISTRATOR, EDITOR, READER
from oncall.models import Classification
from runbooks.models import (
    DraftSave,
    FormerAddress,
    Runbook,
    RunbookTemplate,
    RunbookVersion,
    SearchEntry,
)
from runbooks.services import EditBase, create_runbook, keep_working_copy, retire_runbook, save_edit
from tests.factories import (
    NOW,
    TEXT,
    make_active,
    make_draft,
    make_published,
    make_service,
    make_team,
    make_user,
    reload_user,
)
from tests.portal.admin_forms import ADD, LIST, change_url, form_data

pytestmark = pytest.mark.django_db


# A new runbook


def test_a_new_runbook_begins_as_a_draft_of_whoever_wrote_it(as_dee, dee):
    service = make_service()
    data = {
        "service": service.pk,
        "title": "Ferry radio",
        "kind": "procedure",
        "markdown": "# Ferry radio\r\n\r\nCall.\r\n",
    }
    assert as_dee.post(ADD, data).status_code == 302
    version = RunbookVersion.objects.get()
    assert (version.runbook.title, version.number, version.status) == ("Ferry radio", "1.0", "draft")
    assert (version.author, version.runbook.owner, version.runbook.slug) == (dee, dee, "ferry-radio")
    assert LogEntry.objects.get().change_message == "Began with version 1.0."


def test_without_text_and_template_it_is_said_what_is_missing(as_dee):
    response = as_dee.post(ADD, {"service": make_service().pk, "title": "Ferry radio", "kind": "service"})
    assert response.status_code == 422
    assert "Write a text, or choose a template." in response.content.decode()


def test_a_template_gives_the_text(as_dee):
    template = RunbookTemplate.objects.create(
        name="Harbour form", slug="harbour-form", markdown="# {{ title }}\n\nGo.\n"
    )
    data = {"service": make_service().pk, "title": "Ferry radio", "kind": "service", "template": template.pk}
    assert as_dee.post(ADD, data).status_code == 302
    assert RunbookVersion.objects.get().markdown == "# Ferry radio\n\nGo.\n"


def test_without_a_title_the_text_gives_it(as_dee):
    data = {"service": make_service().pk, "title": "   ", "markdown": "# Ferry radio\r\n\r\nCall.\r\n"}
    assert as_dee.post(ADD, data).status_code == 302
    version = RunbookVersion.objects.get()
    assert version.runbook.title == "Ferry radio"
    assert version.markdown == "# Ferry radio\n\nCall.\n"


def test_words_left_unsaved_in_the_editor_are_pointed_out(as_dee, dee):
    version = make_active()
    keep_working_copy(
        version.runbook, base=EditBase(version.pk, version.revision), markdown="# Other\n", author=dee, now=NOW
    )
    assert "You left words unsaved" in as_dee.get(change_url(version.runbook)).content.decode()


@pytest.mark.parametrize(
    ("text", "said"), [("# A\n\nb\x00c\n", "Line 3 holds a NUL byte"), ("x" * 1_000_001, "1,000,000 is the most")]
)
def test_a_text_that_cannot_be_stored_comes_back_with_the_reason(as_dee, text, said):
    data = {"service": make_service().pk, "title": "A", "kind": "service", "markdown": text}
    response = as_dee.post(ADD, data)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Runbook.objects.exists()


def test_a_service_that_one_may_not_know_of_is_no_choice(as_dee):
    secret = make_service("Vault", classification=Classification.CONFIDENTIAL, team=make_team("Keepers"))
    response = as_dee.post(ADD, {"service": secret.pk, "title": "A", "kind": "service", "markdown": "# A\n"})
    assert response.status_code == 422
    assert "Vault" not in response.content.decode()


# A change


def test_the_form_shows_the_newest_text_and_all_versions(as_dee):
    version = make_active()
    page = as_dee.get(change_url(version.runbook)).content.decode()
    assert "Sells tickets at the pier." in page
    assert version.get_absolute_url() in page
    assert 'name="versions-0-change_summary"' not in page


def test_a_new_text_becomes_the_draft_and_the_history_says_so(as_dee, dee):
    runbook = make_active().runbook
    new = TEXT.replace("at the pier", "at the quay")
    data = form_data(runbook, markdown=new.replace("\n", "\r\n"), change_summary="Moved")
    assert as_dee.post(change_url(runbook), data).status_code == 302
    draft = runbook.versions.open().get()
    assert (draft.number, draft.status, draft.markdown, draft.author) == ("1.1", "draft", new, dee)
    assert draft.change_summary == "Moved"
    assert runbook.versions.active().get().markdown == TEXT
    history = as_dee.get(reverse("admin:runbooks_runbook_history", args=[runbook.pk])).content.decode()
    assert "Saved the text as version 1.1" in history


def test_saving_without_a_change_makes_no_version_and_touches_nothing(as_dee):
    runbook = make_active().runbook
    before = Runbook.objects.values().get()
    assert as_dee.post(change_url(runbook), form_data(runbook)).status_code == 302
    assert runbook.versions.count() == 1
    assert Runbook.objects.values().get() == before


def test_details_are_changed_without_touching_the_text(as_dee, dee):
    runbook = make_active().runbook
    team = make_team("Harbour", dee)
    data = form_data(runbook, title="Ticket office", team=team.pk, review_days=30, next_review_on="2027-02-01")
    assert as_dee.post(change_url(runbook), data).status_code == 302
    runbook.refresh_from_db()
    assert (runbook.title, runbook.team, runbook.review_days) == ("Ticket office", team, 30)
    assert runbook.next_review_on == dt.date(2027, 2, 1)
    assert runbook.versions.count() == 1
    said = LogEntry.objects.get().change_message
    assert "title" in said and "team" in said and "kind" not in said


def test_only_what_was_changed_on_the_page_is_written(as_dee):
    runbook = make_published()
    data = form_data(runbook, kind="procedure")
    Runbook.objects.update(title="Renamed meanwhile")
    as_dee.post(change_url(runbook), data)
    runbook.refresh_from_db()
    assert (runbook.title, runbook.kind) == ("Renamed meanwhile", "procedure")


def test_a_new_address_leaves_the_old_one_leading_there(as_dee):
    runbook = make_published()
    as_dee.post(change_url(runbook), form_data(runbook, slug="ticket-office"))
    assert FormerAddress.objects.get().slug == "ticket-desk"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"slug": "other"}, "This service already has a runbook with that address."),
        ({"slug": "edit"}, "is an address of the portal itself"),
        ({"slug": "no/slash"}, "valid “slug”"),
        ({"title": ""}, "This field is required."),
        ({"review_days": "-3"}, "greater than or equal to 0"),
        ({"last_reviewed_on": "2999-01-01"}, "can’t be in the future"),
        ({"last_reviewed_on": "2026-01-02", "next_review_on": "2026-01-01"}, "comes after the last one"),
        ({"next_review_on": "soon"}, "Enter a valid date."),
        ({"service": "999999"}, "not one of the available choices"),
        ({"owner": "nobody"}, "not one of the available choices"),
        ({"base": "garbage"}, "The form was not complete"),
        ({"bump": "huge"}, "Select a valid choice."),
    ],
)
def test_bad_values_come_back_with_the_reason_and_nothing_is_changed(as_dee, changed, said):
    make_published("Other", slug="other")
    runbook = make_published()
    before = Runbook.objects.filter(pk=runbook.pk).values().get()
    response = as_dee.post(change_url(runbook), form_data(runbook, kind="procedure", **changed))
    assert response.status_code == 422
    assert said in response.content.decode().replace("&#x27;", "'")
    assert Runbook.objects.filter(pk=runbook.pk).values().get() == before


def test_nobody_hides_a_runbook_from_themselves(as_dee):
    runbook = make_published()
    response = as_dee.post(change_url(runbook), form_data(runbook, classification="confidential"))
    assert response.status_code == 422
    assert "You would not see this runbook any more" in response.content.decode()
    runbook.refresh_from_db()
    assert runbook.classification == Classification.INTERNAL


def test_a_late_save_changes_nothing_keeps_the_words_and_offers_the_merge(as_dee):
    version = make_draft()
    runbook = version.runbook
    data = form_data(runbook, markdown=TEXT + "\r\nAsk Dee.\r\n", title="New title")
    save_edit(
        runbook,
        base=EditBase(version.pk, 1),
        markdown=TEXT.replace("pier", "quay"),
        author=version.author and reload_user(version.author),
        now=NOW,
    )
    response = as_dee.post(change_url(runbook), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Ask Dee." in page and 'value="New title"' in page
    assert f'formaction="{reverse("runbooks:edit", args=["ticket-desk", "ticket-desk"])}"' in page
    runbook.refresh_from_db()
    assert runbook.title == "Ticket desk"
    assert "quay" in runbook.versions.get().markdown
    assert DraftSave.objects.filter(is_accepted=False, markdown__contains="Ask Dee.").count() == 1
    merge = as_dee.post(reverse("runbooks:edit", args=["ticket-desk", "ticket-desk"]), data)
    assert merge.status_code == 409 and "quay" in merge.content.decode() and "Ask Dee." in merge.content.decode()


def test_changing_a_title_while_somebody_saves_the_text_is_no_conflict(as_dee):
    version = make_draft()
    runbook = version.runbook
    data = form_data(runbook, title="Ticket office")
    author = reload_user(version.author)
    save_edit(runbook, base=EditBase(version.pk, 1), markdown=TEXT + "\nMore.\n", author=author, now=NOW)
    assert as_dee.post(change_url(runbook), data).status_code == 302
    runbook.refresh_from_db()
    assert runbook.title == "Ticket office" and "More." in runbook.versions.get().markdown


def test_a_version_in_review_goes_back_to_draft_when_its_text_is_changed(as_dee):
    runbook = make_draft().runbook
    runbook.versions.update(status="review")
    as_dee.post(change_url(runbook), form_data(runbook, markdown=TEXT + "\r\nMore.\r\n"))
    assert runbook.versions.get().status == "draft"


def test_the_text_of_a_retired_runbook_stays_and_its_title_may_change(as_dee):
    runbook = make_active().runbook
    retire_runbook(runbook, user=make_user("chief", role=ADMINISTRATOR), now=NOW)
    assert "Reinstate it before you edit" in as_dee.get(change_url(runbook)).content.decode()
    as_dee.post(change_url(runbook), form_data(runbook, markdown="# Gone\n", title="Old desk"))
    runbook.refresh_from_db()
    assert runbook.title == "Old desk" and runbook.versions.count() == 1


def test_a_reader_looks_and_changes_nothing(as_user):
    runbook = make_published()
    client = as_user(make_user("eve", role=READER, is_staff=True))
    page = client.get(change_url(runbook)).content.decode()
    assert 'name="markdown"' not in page and runbook.get_absolute_url() in page
    assert client.post(change_url(runbook), form_data(runbook, title="Mine")).status_code == 403
    assert client.get(ADD).status_code == 403


def test_a_runbook_cannot_be_deleted_here(as_user):
    runbook = make_published()
    client = as_user(make_user("root", role=ADMINISTRATOR, is_staff=True, is_superuser=True))
    assert client.post(reverse("admin:runbooks_runbook_delete", args=[runbook.pk]), {"post": "yes"}).status_code == 403


# Who may know


def test_a_confidential_runbook_does_not_exist_for_staff_outside_the_team(as_dee, dee):
    secret = make_published("Vault keys", classification=Classification.CONFIDENTIAL, team=make_team("Keepers"))
    make_published("Plain", slug="plain")
    for path in (LIST, f"{LIST}?q=vault", f"{LIST}?status=active", f"{LIST}?_facets=True"):
        page = as_dee.get(path).content.decode()
        assert "Vault" not in page and "Keepers" not in page
    assert as_dee.get(change_url(secret)).status_code == 302
    assert as_dee.post(change_url(secret), form_data(secret, title="Open")).status_code in {302, 403}
    secret.refresh_from_db()
    assert secret.title == "Vault keys"


def test_a_confidential_runbook_is_found_by_its_team(as_dee, dee):
    team = make_team("Keepers")
    Membership.objects.create(user=dee, team=team)
    make_published("Vault keys", classification=Classification.CONFIDENTIAL, team=team)
    assert "Vault keys" in as_dee.get(LIST).content.decode()


def test_former_addresses_of_confidential_runbooks_are_not_listed(as_user, dee):
    secret = make_published("Vault keys", classification=Classification.CONFIDENTIAL, team=make_team("Keepers"))
    Runbook.objects.filter(pk=secret.pk).update(slug="moved")
    dee.user_permissions.add(dee.user_permissions.model.objects.get(codename="view_formeraddress"))
    assert "vault" not in as_user(dee).get("/admin/runbooks/formeraddress/").content.decode().lower()


# The list


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=active", {"Ticket desk", "Late"}),
        ("status=draft", {"New"}),
        ("status=never", {"New"}),
        ("status=retired", {"Gone"}),
        ("review=overdue", {"Late"}),
        ("review=none", set()),
        ("q=late", {"Late"}),
        ("kind=procedure", {"New"}),
        ("status=nonsense&review=nonsense", {"Ticket desk", "Late", "New", "Gone"}),
    ],
)
def test_the_list_is_filtered_and_searched(as_dee, query, expected):
    make_published("Ticket desk")
    make_published("Late", slug="late")
    make_published("Gone", slug="gone", retired_at=NOW)
    Runbook.objects.update(next_review_on=dt.date(2999, 1, 1))
    Runbook.objects.filter(slug="late").update(next_review_on=dt.date(2020, 1, 1))
    ada = make_user("ada", role=EDITOR)
    service = Runbook.objects.first().service
    create_runbook(service=service, title="New", kind="procedure", markdown="# New\n", author=ada, now=NOW)
    shown = as_dee.get(f"{LIST}?{query}").context["cl"].queryset
    assert {runbook.title for runbook in shown} == expected


def test_the_list_shows_status_readiness_review_and_the_version_on_its_way(as_dee):
    runbook = make_active().runbook
    Runbook.objects.update(next_review_on=dt.date(2020, 1, 31))
    RunbookVersion.objects.update(readiness=83)
    draft = as_dee.post(change_url(runbook), form_data(runbook, markdown=TEXT + "\nMore.\n"))
    assert draft.status_code == 302
    page = as_dee.get(LIST).content.decode()
    assert 'data-status="active">Active' in page
    assert "83 %" in page
    assert '31 Jan 2020 <span class="badge" data-due="overdue">overdue' in page
    assert '1.1 <span class="badge" data-status="draft">Draft' in page


def test_hostile_words_are_shown_as_words(as_dee):
    make_published("<script>alert(1)</script>", slug="hostile")
    assert "<script>alert" not in as_dee.get(LIST).content.decode()


def test_the_list_takes_as_many_queries_for_many_rows_as_for_few(as_dee, django_assert_max_num_queries):
    def fill(numbers):
        for n in numbers:
            team = make_team(f"Team {n}", make_user(f"p{n}"))
            make_published(f"Runbook {n}", slug=f"r{n}", service=make_service(f"Service {n}", team=team), team=team)

    fill(range(2))
    as_dee.get(LIST)
    with django_assert_max_num_queries(16) as few:
        as_dee.get(LIST)
    fill(range(2, 20))
    with django_assert_max_num_queries(len(few)):
        as_dee.get(LIST)


def test_the_form_takes_as_many_queries_for_many_versions_as_for_few(as_dee, django_assert_max_num_queries):
    version = make_active()
    url = change_url(version.runbook)
    as_dee.get(url)
    with django_assert_max_num_queries(25) as few:
        as_dee.get(url)
    for minor in range(1, 10):
        RunbookVersion.objects.create(
            runbook=version.runbook,
            minor=minor,
            major=2,
            markdown="# A\n",
            status="superseded",
            status_changed_at=NOW,
            activated_at=NOW,
            superseded_at=NOW,
            author=make_user(f"writer{minor}"),
        )
    with django_assert_max_num_queries(len(few)):
        as_dee.get(url)


def test_a_runbook_is_found_by_its_new_title(as_dee, dee):
    runbook = make_active().runbook
    as_dee.post(change_url(runbook), form_data(runbook, title="Lantern office"))
    assert SearchEntry.objects.filter(runbook=runbook, name="Lantern office").exists()
