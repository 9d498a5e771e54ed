"""Flags where a runbook is read: at the top, at the section, in the lists, until they are answered."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import APPROVER, EDITOR, RESPONDER
from runbooks.flag_pages import mark_sections
from runbooks.models import Flag
from runbooks.services import EditBase, retire_runbook, save_edit
from runbooks.services.flags import answer_flag, raise_flag
from tests.factories import NOW, TEXT, go_active, make_published, make_user

pytestmark = pytest.mark.django_db
PATH = "/runbooks/ticket-desk/ticket-desk/"


def page(client, path=PATH):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def flag(runbook, user, text="The deployment has another name", **fields):
    return raise_flag(runbook, version=runbook.shown_version, text=text, user=user, now=NOW, **fields)


def test_it_stands_at_the_top_at_once_and_goes_when_it_is_answered(as_ada, ada):
    runbook = make_published()
    assert "said to be wrong" not in page(as_ada)
    raised = flag(runbook, ada, anchor="restart", suggestion="kubectl -n desk rollout restart deploy/desk-api")
    html = page(as_ada)
    assert "1 thing here is said to be wrong" in html and "deploy/desk-api" in html and "03:14 UTC" in html
    answer_flag(raised, "changed", user=make_user("ben", role=EDITOR), now=NOW)
    assert "said to be wrong" not in page(as_ada)


def test_the_section_carries_a_mark(as_ada, ada):
    flag(make_published(), ada, anchor="restart")
    html = page(as_ada)
    heading = html.index('<h2 id="restart"')
    assert html.index('class="flagged no-print"><a href="#h-flags"') > heading


def test_two_flags_of_a_section_are_one_mark():
    flags = [Flag(anchor="a&b"), Flag(anchor="a&b"), Flag(anchor="")]
    html = mark_sections('<h2 id="a&amp;b">A</h2><p>x</p><h2 id="a">B</h2>', flags)
    assert html.count("flagged") == 1 and "2 readers’ flags" in html


def test_a_section_that_is_no_more_has_no_mark(as_ada, ada):
    flag(make_published(), ada, anchor="gone")
    html = page(as_ada)
    assert "1 thing here" in html and 'href="#gone"' not in html


def test_hostile_words_are_words(as_ada, ada):
    bad = "<script>alert(1)</script> {{ user }} [x](javascript:alert(1))"
    flag(make_published(), ada, text=bad, suggestion=bad, step=bad, anchor='"><script>')
    html = page(as_ada)
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html


def test_a_cached_page_still_costs_two_queries(as_ada, ada):
    flag(make_published(), ada, anchor="restart")
    page(as_ada)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(as_ada)
    assert len(queries) <= 2, [query["sql"][:90] for query in queries]


def test_the_page_of_an_alert_shows_it_too(as_ada, ada):
    flag(make_published(), ada, anchor="restart")
    assert "1 thing here" in page(as_ada, f"{PATH}?service_name=desk")


def test_many_are_folded(as_ada, ada):
    runbook = make_published()
    for number in range(5):
        flag(runbook, ada, text=f"Wrong {number}")
    html = page(as_ada)
    assert "5 things here are said to be wrong" in html and "<summary>2 more</summary>" in html


def test_editors_are_led_to_the_answer_and_readers_to_a_look(as_ada, ada, as_user):
    flag(make_published(), ada)
    assert "Answer<span" not in page(as_ada)
    assert "Answer<span" in page(as_user(make_user("ben", role=EDITOR)))


def test_every_reader_finds_the_way_to_say_so(as_ada):
    make_published()
    html = page(as_ada)
    assert f'href="{PATH}flag/"' in html and f'data-flag="{PATH}flag/"' in html


def test_the_readiness_page_names_it_and_the_score_stays(as_ada, ada):
    runbook = make_published()
    flag(runbook, ada, step="Restart the desk", anchor="restart", line=12)
    html = page(as_ada, f"{PATH}readiness/")
    assert "“Restart the desk”: Ada says that this is wrong" in html and "line 12" in html
    before = runbook.shown_version.readiness
    runbook.shown_version.refresh_from_db()
    assert runbook.shown_version.readiness == before


def test_a_flag_without_a_line_claims_none(as_ada, ada):
    flag(make_published(), ada)
    assert "line 0" not in page(as_ada, f"{PATH}readiness/")


def test_the_list_carries_a_quiet_mark_at_once(as_ada, ada):
    runbook = make_published()
    assert "said to be wrong" not in page(as_ada, "/runbooks/")
    flag(runbook, ada)
    assert "1 said to be wrong" in page(as_ada, "/runbooks/")


def make_next(runbook, user):
    active = runbook.shown_version
    version = save_edit(
        runbook, base=EditBase(active.pk, 1), markdown=TEXT + "\nMore.\n", author=make_user("dee", role=EDITOR), now=NOW
    )
    return go_active(version, user)


def test_a_new_active_version_is_asked_what_it_answers(as_user, ada):
    ben = make_user("ben", role=APPROVER)
    runbook = make_published()
    first, second = flag(runbook, ada, text="one"), flag(runbook, ada, text="two")
    version = make_next(runbook, ben)
    client = as_user(ben)
    assert "Answered by version 1.1?" in page(client, f"{PATH}versions/")
    assert "Answered by version 1.1?" in page(client, f"{PATH}versions/1.1/")
    response = client.post(f"{PATH}versions/1.1/answer-flags/", {"flag": [first.pk, "x", "9" * 30]})
    assert response.status_code == 302
    first.refresh_from_db()
    assert (first.answer, first.answered_in) == ("changed", version)
    assert list(Flag.objects.open()) == [second]


def test_activating_says_how_many_wait(as_user, ada):
    ben = make_user("ben", role=APPROVER)
    runbook = make_published()
    flag(runbook, ada)
    active = runbook.shown_version
    dee = make_user("dee", role=EDITOR)
    version = save_edit(runbook, base=EditBase(active.pk, 1), markdown=TEXT + "\nMore.\n", author=dee, now=NOW)
    client = as_user(ben)
    for step in ("submit", "approve", "activate"):
        response = client.post(f"{PATH}versions/{version.number}/{step}/", follow=True)
    assert "1 of its flags waits for an answer below" in response.content.decode()


def test_readers_are_not_asked(as_ada, ada):
    flag(make_published(), ada)
    assert "Answered by version" not in page(as_ada, f"{PATH}versions/1.0/")
    response = as_ada.post(f"{PATH}versions/1.0/answer-flags/", {"flag": [Flag.objects.get().pk]})
    assert response.status_code == 403


def test_a_draft_shows_what_it_should_put_right(as_user, ada):
    runbook = make_published()
    flag(runbook, ada)
    dee = make_user("dee", role=EDITOR)
    active = runbook.shown_version
    save_edit(runbook, base=EditBase(active.pk, 1), markdown=TEXT + "\nMore.\n", author=dee, now=NOW)
    client = as_user(dee)
    assert "The deployment has another name" in page(client, f"{PATH}versions/1.1/")
    assert "The deployment has another name" in page(client, f"{PATH}diff/1.0/1.1/")
    assert "The deployment has another name" in page(client, f"{PATH}edit/")


def test_what_can_be_run_is_offered_to_those_who_may(as_ada, as_user):
    text = "# Desk\n\n## Restart\n\n- [ ] Tell the pier\n- [ ] Restart\n"
    runbook = make_published(text=text)
    start = f'href="/runs/new/?runbook={runbook.pk}&amp;section=restart"'
    html = page(as_ada)
    assert "Step by step" in html and "2 steps" in html and start not in html
    html = page(as_user(make_user("ben", role=RESPONDER)))
    assert start in html and f'href="/runs/?runbook={runbook.pk}"' in html


def test_the_labels_of_an_alert_go_along_into_a_run(as_user):
    text = "# Desk\n\n## Restart\n\n- [ ] Tell the pier\n- [ ] Restart\n"
    runbook = make_published(text=text)
    html = page(as_user(make_user("ben", role=RESPONDER)), f"{PATH}?pod=desk-1&runbook=7&section=x")
    assert f'href="/runs/new/?pod=desk-1&amp;runbook={runbook.pk}&amp;section=restart"' in html


def test_a_retired_runbook_offers_neither_runs_nor_flags(as_user):
    text = "# Desk\n\n## Restart\n\n- [ ] Tell the pier\n- [ ] Restart\n"
    ben = make_user("ben", role=APPROVER)
    retire_runbook(make_published(text=text), user=ben, now=NOW)
    html = page(as_user(ben))
    assert "Step by step" not in html and "Something wrong here?" not in html
