"""How ready a runbook is, explained."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import APPROVER, EDITOR
from oncall.models import Classification
from runbooks.models import Runbook
from runbooks.services import EditBase, save_edit
from tests.factories import NOW, make_active, make_draft, make_published, make_user

pytestmark = pytest.mark.django_db
URL = "/runbooks/ticket-desk/ticket-desk/readiness/"
TEXT = """\
# Ticket desk

**Owner:** Ada Winter
**Review Frequency:** Quarterly

See [the end](#the-end) and [the start](#the-start).

## Restart

Ask [Team Name] before you restart [Service Name].

```
kubectl -n desk rollout restart deploy/desk
```
"""


@pytest.fixture
def runbook(db):
    return make_published(text=TEXT)


def test_stranger_gets_404_for_a_confidential_runbook(as_user):
    make_published(text=TEXT, classification=Classification.CONFIDENTIAL)
    assert as_user(make_user("cy")).get(URL).status_code == 404


def test_each_finding_says_its_sentence_and_its_line(runbook, as_ada):
    page = as_ada.get(URL).content.decode()
    assert "“#the-end” leads to no heading of this document" in page
    assert "line 6" in page
    assert "[Team Name]” is still a placeholder" in page


def test_findings_stand_under_their_severity_the_worst_first(runbook, as_ada):
    groups = as_ada.get(URL).context["groups"]
    assert [group["severity"] for group in groups] == ["error", "warning", "info"]
    assert {row["line"] for row in groups[0]["rows"]} == {6}


def test_an_editor_gets_a_link_to_the_section_that_is_to_be_mended(runbook, as_user):
    page = as_user(make_user("ada", role=EDITOR)).get(URL).content.decode()
    assert 'href="/runbooks/ticket-desk/ticket-desk/edit/?section=restart"' in page


def test_a_reader_gets_no_link_to_the_editor(runbook, as_ada):
    assert "/edit/" not in as_ada.get(URL).content.decode()


def test_a_finding_without_a_section_leads_to_the_whole_editor(as_user):
    make_published(text="# Ticket desk\n\nSells tickets.\n")
    groups = as_user(make_user("ada", role=EDITOR)).get(URL).context["groups"]
    rows = [row for group in groups for row in group["rows"] if "Nobody owns this" in row["message"]]
    assert {row["edit_url"] for row in rows} == {"/runbooks/ticket-desk/ticket-desk/edit/"}


def test_the_table_of_points_adds_up_to_the_score(runbook, as_ada):
    context = as_ada.get(URL).context
    lost = sum(line["cost"].points for line in context["costs"])
    assert context["readiness"] == runbook.shown_version.readiness == max(0, 100 - lost)
    assert lost > 0


def test_what_a_limit_holds_back_is_said(as_ada):
    make_published(text="# Desk\n\n" + "".join(f"[Some name {n}] is asked.\n\n" for n in range(40)))
    page = as_ada.get("/runbooks/ticket-desk/ticket-desk/readiness/").content.decode()
    assert "40 × Unfilled placeholders" in page
    assert "at most 30" in page


def test_a_review_that_is_overdue_is_said_and_not_counted(runbook, as_ada):
    before = as_ada.get(URL).context["readiness"]
    Runbook.objects.update(next_review_on=timezone.localdate() - dt.timedelta(days=3))
    response = as_ada.get(URL)
    assert "3 days overdue" in response.content.decode()
    assert response.context["readiness"] == before


def test_another_version_is_chosen_in_the_address(as_user):
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    mended = TEXT.replace("#the-end", "#restart").replace("#the-start", "#restart")
    whole = mended.replace("[Team Name]", "the harbour office").replace("[Service Name]", "the desk")
    first = make_active(ada, ben, text=whole)
    base = EditBase(first.pk, first.revision)
    save_edit(first.runbook, base=base, markdown=whole + "\n[x](#gone)\n", author=ada, now=NOW)
    response = as_user(ada).get(URL, {"version": "1.1"})
    assert "#gone" in response.content.decode()
    assert "This is about version 1.1, draft" in response.content.decode()
    assert "#gone" not in as_user(ada).get(URL).content.decode()


@pytest.mark.parametrize("number", ["9.9", "1", "x", "1.0.0", "-1.0", "1.٣", "99999999.1", "1.0\x00"])
def test_a_version_that_does_not_exist_is_not_found(runbook, as_ada, number):
    assert as_ada.get(URL, {"version": number}).status_code == 404


def test_a_draft_that_nobody_activated_has_a_readiness_too(as_user):
    version = make_draft(text=TEXT)
    assert as_user(version.author).get(URL).context["readiness"] == version.readiness


def test_hostile_words_in_findings_are_shown_as_text(as_ada):
    make_published(text="# Desk\n\n[x](#<script>alert(1)</script>) [<script>alert(2)</script>]\n")
    assert "<script>alert" not in as_ada.get(URL).content.decode()


def test_the_page_links_from_the_runbook_and_from_its_versions(runbook, as_ada):
    assert "/runbooks/ticket-desk/ticket-desk/readiness/" in as_ada.get(runbook.get_absolute_url()).content.decode()
    versions = as_ada.get(f"{runbook.get_absolute_url()}versions/").content.decode()
    assert "/runbooks/ticket-desk/ticket-desk/readiness/?version=1.0" in versions


def test_lists_say_the_readiness_in_words(runbook, as_ada):
    assert "of 100, some gaps" in as_ada.get("/runbooks/").content.decode()


def test_what_was_not_understood_is_named(as_ada):
    make_published(text="---\nowner: [\n---\n# Desk\n")
    response = as_ada.get(URL)
    assert response.context["not_understood"]
    assert "Not understood" in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_findings(as_ada, django_assert_max_num_queries):
    make_published(text="# Desk\n\n" + "".join(f"[Some name {n}] is asked.\n\n" for n in range(60)))
    with django_assert_max_num_queries(12):
        as_ada.get(URL)
