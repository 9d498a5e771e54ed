"""The search page, the palette's lines, and the list of what nobody found."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.roles import ADMINISTRATOR, EDITOR
from portal.finding import Asked, combine
from runbooks.models import UnansweredQuestion
from runbooks.search.results import Group, Hit, Results
from tests.factories import NOW, TEXT, make_draft, make_published, make_service, make_user

pytestmark = pytest.mark.django_db
DESK = "/runbooks/ticket-desk/ticket-desk/"
HTMX = {"HX-Request": "true"}
WILD = {
    "10,000 letters": "restart" * 1_430,
    "only punctuation": "?!.,;:-_*()[]{}#",
    "SQL": "'; DROP TABLE runbooks_runbook; --",
    "a quotation mark": "'",
    "a percent sign": "%",
    "NUL": "rest\x00art",
    "quotation marks that do not close": '"restart the',
    "emoji": "🚢 ⚓️",
    "another script": "перезапуск 再起動 إعادة",
    "a minus alone": "-",
    "only filters": "service: kind: -",
    "markup": "<script>alert(1)</script>",
}


@pytest.fixture
def shelf():
    """One runbook with a section `Restart`."""
    return make_published()


@pytest.fixture
def as_editor(as_user):
    return as_user(make_user("ben", role=EDITOR))


def page_of(client, query="", **headers):
    response = client.get(f"/search/{query}", headers=headers or None)
    assert response.status_code == 200
    return response.content.decode()


def labels(response):
    return [action.label for action in response.context["actions"]]


def asked_in_vain():
    return list(UnansweredQuestion.objects.values_list("kind", "words", "times"))


# ---- The page ----


def test_an_empty_question_shows_what_can_be_asked_and_the_services(shelf, as_ada):
    page = page_of(as_ada)
    assert "What you can ask" in page
    assert "/services/ticket-desk/" in page
    assert asked_in_vain() == []


def test_a_section_is_found_with_its_anchor_its_way_and_its_status(shelf, as_ada):
    page = page_of(as_ada, "?q=restart")
    assert f'href="{DESK}#restart"' in page
    assert f'<a href="{DESK}">Ticket desk</a>' in page
    assert '<a href="/services/ticket-desk/">Ticket desk</a>' in page
    assert 'data-status="active"' in page
    assert "<mark>Restart</mark>" in page


@pytest.mark.parametrize("question", ["restart", "rollout restart deploy"])
def test_the_best_match_comes_with_the_command_of_its_section(shelf, as_ada, question):
    page = as_ada.get("/search/", {"q": question}).content.decode()
    best = page[page.index("Best match") : page.index("</section>", page.index("Best match"))]
    assert "kubectl -n desk rollout restart deploy/[service-name]</code>" in best
    assert "Changes production" in best and "data-copy" in best


def test_the_title_says_what_was_asked(shelf, as_ada):
    assert "<title>restart: Search · " in page_of(as_ada, "?q=restart")


def test_htmx_gets_the_answers_alone(shelf, as_ada):
    page = page_of(as_ada, "?q=restart", **HTMX)
    assert page.lstrip().startswith('<div id="results"')
    assert "<html" not in page


def test_no_cache_mistakes_the_answers_for_the_page(shelf, as_ada):
    assert "HX-Request" in as_ada.get("/search/?q=restart")["Vary"]


def test_one_kind_alone_can_be_asked_for_and_left_again(shelf, as_ada):
    page = page_of(as_ada, "?q=restart&kind=section")
    assert 'href="/search/?q=restart"' in page
    assert '<a href="/search/?q=restart&amp;kind=section" aria-current="true">' in page
    assert '<input type="hidden" name="kind" value="section">' in page


@pytest.mark.parametrize(
    "query", ["&kind=nonsense", "&page=x", "&page=0", "&page=-3", "&page=" + "9" * 50, "&drafts=no"]
)
def test_what_means_nothing_in_the_address_is_ignored(shelf, as_ada, query):
    assert f"{DESK}#restart" in page_of(as_ada, f"?q=restart{query}")


def test_drafts_are_shown_on_request(as_ada):
    make_draft(make_user("ben", role=EDITOR), text=TEXT.replace("Restart", "Quayside lantern"))
    assert "#quayside-lantern" not in page_of(as_ada, "?q=quayside+lantern")
    page = page_of(as_ada, "?q=quayside+lantern&drafts=1")
    assert "#quayside-lantern" in page
    assert 'data-status="draft"' in page


def test_drafts_that_would_answer_are_offered_and_not_counted_as_missing(as_ada):
    make_draft(make_user("ben", role=EDITOR), text=TEXT.replace("Restart", "Quayside lantern"))
    assert "drafts=1" in page_of(as_ada, "?q=quayside+lantern")
    assert asked_in_vain() == []


def test_a_misspelt_word_is_said_to_be_one(shelf, as_ada):
    page = page_of(as_ada, "?q=restrat")
    assert "Nothing has <b>restrat</b>" in page
    assert f"{DESK}#restart" in page


def test_what_comes_near_is_said_to_be_no_more(shelf, as_ada):
    page = page_of(as_ada, "?q=restart+zeppelin")
    assert "Nothing has all of these words" in page
    assert f"{DESK}#restart" in page


@pytest.mark.parametrize("path", ["/search/", "/search/suggest/"])
@pytest.mark.parametrize("text", WILD.values(), ids=WILD)
def test_any_text_gets_an_answer(shelf, as_ada, path, text):
    response = as_ada.get(path, {"q": text})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_a_question_is_printed_as_text(shelf, as_ada):
    text = "\"><img src=x onerror=alert(1)> restart <b>'"
    for path in ("/search/", "/search/suggest/"):
        page = as_ada.get(path, {"q": text}).content.decode()
        assert "<img" not in page
        assert escape(text) in page


def test_titles_and_fragments_are_printed_as_text(as_ada):
    make_published(
        "Winch <i>two</i>", slug="winch", text="# Winch\n\n## Stop & <em>go</em>\n\nA <u>lever</u> moves it.\n"
    )
    page = page_of(as_ada, "?q=winch")
    assert "<i>two" not in page and "&lt;i&gt;two" in page.replace("</mark>", "").replace("<mark>", "")


def test_who_may_not_see_a_runbook_sees_nothing_of_it_anywhere(as_ada, as_user):
    make_published("Vault", text="# Vault\n\n## Turn the amber wheel\n\nTo the left.\n", classification="confidential")
    for path in ("/search/?q=", "/search/suggest/?q="):
        for words in ("amber+wheel", "vault", "ambr+wheel"):
            page = as_ada.get(path + words).content.decode()
            assert "/vault/" not in page and "Turn the" not in page
    assert "/vault/" in page_of(as_user(make_user("dee", role=ADMINISTRATOR)), "?q=amber+wheel")


def test_more_answers_cost_no_more_queries(as_ada):
    pier = make_service("Pier")
    counts = []
    for number in (2, 12):
        for n in range(number):
            make_published(
                f"Lamp {number} {n}",
                service=pier,
                slug=f"lamp-{number}-{n}",
                text="# Lamp\n\n## Light the lamp\n\nNow.\n",
            )
        page_of(as_ada, "?q=lamp")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page_of(as_ada, "?q=lamp")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("path", ["/runbooks/", "/services/", "/accounts/settings/", "/"])
def test_the_box_of_every_page_leads_to_the_search(as_ada, path):
    assert '<form class="search"' in (page := as_ada.get(path).content.decode())
    assert page.count('action="/search/"') == 2  # the box, and the palette


def test_the_page_that_is_not_there_offers_to_search_for_its_name(as_ada):
    page = as_ada.get("/runbooks/ticket-desk/open-the_gates%22%3E/")
    assert page.status_code == 404
    assert 'value="open the gates&quot;&gt;"' in page.content.decode()


# ---- What nobody found ----


def test_a_question_without_answer_is_counted_by_its_words(shelf, as_ada):
    for query in ("?q=zeppelin+mast", "?q=Zeppelin++MAST"):
        page_of(as_ada, query)
    assert asked_in_vain() == [("search", "zeppelin mast", 2)]


@pytest.mark.parametrize("query", ["?q=restart", "?q=", "?q=zeppelin&kind=alert"])
def test_what_has_an_answer_or_was_narrowed_is_not_counted(shelf, as_ada, query):
    page_of(as_ada, query)
    assert asked_in_vain() == []


def test_letters_on_their_way_are_not_counted(shelf, as_ada):
    page_of(as_ada, "?q=zeppelin", **HTMX)
    as_ada.get("/search/suggest/?q=zeppelin")
    assert asked_in_vain() == []


def test_looking_at_a_question_of_the_list_again_does_not_count(shelf, as_ada):
    page_of(as_ada, "?q=zeppelin", Referer="http://testserver/search/unanswered/?kind=search")
    assert asked_in_vain() == []


def test_an_editor_may_start_what_is_missing(shelf, as_editor):
    page = page_of(as_editor, "?q=zeppelin+%26+mast")
    assert 'href="/runbooks/new/?title=zeppelin+%26+mast"' in page
    assert 'href="/search/unanswered/"' in page


def test_a_reader_is_not_offered_what_they_may_not_do(shelf, as_ada):
    page = page_of(as_ada, "?q=zeppelin")
    assert "/runbooks/new/" not in page
    assert "/search/unanswered/" not in page


def ask_in_vain(words, kind="search", times=1):
    return UnansweredQuestion.objects.create(kind=kind, words=words, times=times, first_asked_at=NOW, last_asked_at=NOW)


def test_the_list_shows_what_was_asked_most_first(as_editor):
    ask_in_vain("zeppelin mast")
    ask_in_vain("TideGaugeSilent", kind="alert", times=7)
    page = as_editor.get("/search/unanswered/").content.decode()
    assert page.index("TideGaugeSilent") < page.index("zeppelin mast")
    assert "asked 7 times" in page and "asked 1 time<" in page
    assert 'href="/runbooks/new/?title=zeppelin%20mast"' in page
    assert 'href="/r/TideGaugeSilent"' in page


def test_the_list_can_be_of_alert_links_alone(as_editor):
    ask_in_vain("zeppelin mast")
    ask_in_vain("TideGaugeSilent", kind="alert")
    page = as_editor.get("/search/unanswered/?kind=alert").content.decode()
    assert "TideGaugeSilent" in page and "zeppelin" not in page


def test_a_list_without_questions_says_so(as_editor):
    assert "Everything was answered" in as_editor.get("/search/unanswered/?kind=x&page=9").content.decode()


def test_a_reader_may_not_see_the_list(as_ada):
    assert as_ada.get("/search/unanswered/").status_code == 403


def test_a_question_is_cleared(as_editor):
    question = ask_in_vain("zeppelin mast")
    response = as_editor.post(f"/search/unanswered/{question.pk}/clear/", follow=True)
    assert "“zeppelin mast” is off the list." in response.content.decode()
    assert asked_in_vain() == []


def test_a_question_is_not_cleared_by_a_reader_nor_by_a_link(as_ada, as_editor):
    question = ask_in_vain("zeppelin mast")
    address = f"/search/unanswered/{question.pk}/clear/"
    assert as_ada.post(address).status_code == 403
    assert as_editor.get(address).status_code == 405
    assert as_editor.post("/search/unanswered/999999999/clear/").status_code == 404
    assert len(asked_in_vain()) == 1


# ---- The palette's lines ----


def test_suggestions_come_with_their_place_and_end_with_all_results(shelf, as_ada):
    page = as_ada.get("/search/suggest/?q=rest").content.decode()
    assert f'href="{DESK}#restart"' in page
    assert 'href="/search/?q=rest"' in page
    assert "<html" not in page


def test_one_letter_asks_for_actions_alone(shelf, as_ada):
    response = as_ada.get("/search/suggest/?q=v")
    assert "#restart" not in response.content.decode()
    assert labels(response) == ["Vendors"]


def test_after_an_angle_bracket_there_are_actions_alone(shelf, as_ada):
    response = as_ada.get("/search/suggest/", {"q": "> serv"})
    assert labels(response) == ["Services"]
    assert "All results" not in response.content.decode()


def test_actions_are_offered_to_those_who_may(as_ada, as_editor, as_user):
    boss = as_user(make_user("dee", role=ADMINISTRATOR, is_staff=True))
    reader, editor, staff = (set(labels(client.get("/search/suggest/"))) for client in (as_ada, as_editor, boss))
    writing = {"New runbook", "Templates", "Unanswered questions", "New contact", "New escalation path"}
    responding = {"Take over on-call", "Open an incident", "Start a run", "Record a change"}
    assert editor - reader == writing | responding
    assert staff - editor == {"Admin"}


def test_every_action_leads_to_a_page(as_user):
    boss = as_user(make_user("dee", role=ADMINISTRATOR, is_staff=True))
    actions = boss.get("/search/suggest/").context["actions"]
    assert {boss.get(action.url, follow=True).status_code for action in actions} == {200}


def test_suggestions_are_not_kept_by_the_browser(as_ada):
    assert "no-store" in as_ada.get("/search/suggest/?q=re")["Cache-Control"]


# ---- Several sources as one ----


def make_results(kind, *, is_exact=False, **extra):
    hit = Hit(kind, ((kind, False),), f"/{kind}/", is_exact=is_exact)
    return Results("words", (Group(kind, kind, (hit,), 1),), hit, **extra)


def test_answers_of_all_sources_are_put_together():
    found = combine([make_results("section", in_drafts=2), make_results("contact", is_exact=True, in_drafts=1)])
    assert [group.kind for group in found.groups] == ["section", "contact"]
    assert found.best is not None and found.best.kind == "contact"
    assert (found.in_drafts, found.is_nearest, found.total) == (3, False, 2)


def test_what_only_comes_near_is_left_out_where_another_source_has_an_answer():
    found = combine([make_results("section", is_nearest=True), make_results("contact")])
    assert [group.kind for group in found.groups] == ["contact"]
    assert not found.is_nearest


def test_nothing_from_nowhere_is_nothing():
    found = combine([Results("words"), Results("words")])
    assert found.is_empty and found.best is None and not found.is_nearest


def test_the_address_of_a_question_holds_only_what_was_chosen():
    asked = Asked("disk & net", kind="alert", page=3)
    assert asked.address() == "/search/?q=disk+%26+net&kind=alert&page=3"
    assert asked.address(kind="", page=1) == "/search/?q=disk+%26+net"
