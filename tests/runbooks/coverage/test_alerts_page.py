"""`/coverage/alerts/`: which alerts lead nowhere, files of rules, stubs."""

import csv
import io
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import APPROVER, EDITOR
from oncall.models import Classification
from runbooks.models import AlertingRule, RuleFile, Runbook, UnansweredQuestion
from runbooks.services import retire_runbook
from tests.factories import NOW, make_published, make_service, make_team, make_user
from tests.runbooks.alerts import HEADING, PAGE, TABLE, publish
from tests.runbooks.coverage.rules import PIER, RESOURCE, rule, take_in

pytestmark = pytest.mark.django_db

URL = "/coverage/alerts/"


@pytest.fixture
def as_editor(as_user):
    return as_user(make_user("ben", role=EDITOR))


def page(response, status=200):
    assert response.status_code == status, response.content.decode()[:500]
    return unescape(response.content.decode())


def listed(client, show="without", **query):
    """The first words of each row of a list."""
    html = page(client.get(URL, {"show": show} | query))
    return [part.split(">")[1].split("<")[0] for part in html.split('class="row__title')[1:]]


def asked(words, times=1):
    return UnansweredQuestion.objects.create(
        kind="alert", words=words, times=times, first_asked_at=NOW, last_asked_at=NOW
    )


# --- Alerts without a runbook -----------------------------------------------------------------------------------------


def test_an_alert_that_no_runbook_answers_is_listed_with_what_its_rule_says(as_ada):
    make_service("Ticket desk")
    take_in()
    html = page(as_ada.get(URL))
    assert listed(as_ada) == ["GateStuck", "TicketDeskSlow"]
    assert all(words in html for words in ("page", "Ticket desk", "pier.yaml", "https://example.org/somewhere/else"))


@pytest.mark.parametrize("form", [HEADING, TABLE, PAGE])
def test_an_alert_that_a_runbook_answers_is_not(as_ada, form):
    take_in()
    publish(form, name="GateStuck")
    assert listed(as_ada) == ["TicketDeskSlow"]


def test_a_name_in_another_spelling_is_the_same(as_ada):
    take_in(rule("gate-stuck"))
    publish(HEADING, name="GateStuck")
    assert listed(as_ada) == []


def test_a_retired_runbook_answers_nothing(as_ada):
    take_in(rule("GateStuck"))
    retire_runbook(publish(HEADING, name="GateStuck"), user=make_user("ben", role=APPROVER), now=NOW)
    assert listed(as_ada) == ["GateStuck"]


def test_an_answer_in_a_confidential_runbook_is_an_answer_and_no_more_is_said(as_ada):
    take_in(rule("GateStuck"))
    team = make_team("Vault", make_user("ben"))
    publish(HEADING, "Safe words", name="GateStuck", team=team, classification=Classification.CONFIDENTIAL)
    html = page(as_ada.get(URL))
    assert listed(as_ada) == [] and "Safe words" not in html


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/runbooks/desk/book/",
        "http://localhost/runbooks/desk/book/?x=1#restart",
        "/runbooks/desk/book/",
        "http://localhost/r/DeskDown",
        "http://localhost/r/folder/desk-down/",
    ],
)
def test_an_address_of_a_runbook_here_is_an_answer(as_ada, settings, url):
    settings.PORTAL_URL = "http://localhost"
    publish(HEADING.replace("Alert: {name}", "Alert: DeskDown"), "Book", service="Desk")
    take_in(rule("GateStuck", runbook_url=url))
    assert listed(as_ada) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/runbooks/desk/book/",
        "http://localhost/runbooks/desk/nowhere/",
        "http://localhost/r/Nowhere",
        "'http://localhost/r/{{ $labels.alertname }}'",
        "http://[broken/runbooks/desk/book/",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_leads_to_no_runbook_here_is_none(as_ada, settings, url):
    settings.PORTAL_URL = "http://localhost"
    publish(HEADING, "Book", name="DeskDown", service="Desk")
    take_in(rule("GateStuck", runbook_url=url))
    assert listed(as_ada) == ["GateStuck"]
    assert 'href="javascript:' not in page(as_ada.get(URL))


def test_a_former_address_is_an_answer(as_ada, settings):
    settings.PORTAL_URL = "http://localhost"
    book = publish(HEADING, "Book", name="DeskDown", service="Desk")
    Runbook.objects.filter(pk=book.pk).update(slug="new-name")
    take_in(rule("GateStuck", runbook_url="http://localhost/runbooks/desk/book/"))
    assert listed(as_ada) == []


def test_rules_of_one_name_are_one_line(as_ada):
    take_in(rule("GateStuck"), "a.yaml")
    take_in(rule("GateStuck"), "b.yaml")
    assert listed(as_ada) == ["GateStuck"]
    assert "a.yaml" in page(as_ada.get(URL)) and "b.yaml" in page(as_ada.get(URL))


def test_a_service_that_is_confidential_is_not_named(as_ada):
    make_service("Ticket desk", team=make_team("Vault"), classification=Classification.CONFIDENTIAL)
    take_in()
    assert "Ticket desk" not in page(as_ada.get(URL))


def test_words_narrow_the_list(as_ada):
    take_in()
    assert listed(as_ada, q="gate") == ["GateStuck"] and listed(as_ada, q="zzz") == []


# --- The other lists --------------------------------------------------------------------------------------------------


def test_a_runbook_that_answers_alerts_no_rule_names_is_listed(as_ada):
    publish(HEADING, "Pointed", name="GateStuck")
    publish(HEADING, "Lonely", name="NobodyAsks")
    make_published("Plain", text="# Plain\n\nWords.\n", service=make_service("Plain"))
    assert listed(as_ada, "unpointed") == []  # without rules nobody knows
    take_in()
    assert listed(as_ada, "unpointed") == ["Lonely"]


def test_a_runbook_that_a_rules_address_leads_to_is_not(as_ada, settings):
    settings.PORTAL_URL = "http://localhost"
    publish(HEADING, "Lonely", name="NobodyAsks", service="Desk")
    take_in(rule("GateStuck", runbook_url="http://localhost/runbooks/desk/lonely/"))
    assert listed(as_ada, "unpointed") == []


def test_a_confidential_runbook_is_listed_for_nobody_else(as_ada):
    publish(HEADING, "Safe words", name="X1", classification=Classification.CONFIDENTIAL)
    take_in()
    assert listed(as_ada, "unpointed") == []


def test_what_was_asked_for_is_listed_most_often_first_and_stays_until_somebody_clears_it(as_editor):
    asked("gatestuck", 2)
    asked("nosuchalert", 9)
    UnansweredQuestion.objects.create(kind="search", words="ferry", first_asked_at=NOW, last_asked_at=NOW)
    publish(HEADING, name="GateStuck")
    assert listed(as_editor, "asked") == ["nosuchalert", "gatestuck"]
    assert page(as_editor.get(URL, {"show": "asked"})).count("answered by now") == 1


def test_what_was_asked_for_is_not_shown_to_readers(as_ada):
    asked("nosuchalert")
    assert "nosuchalert" not in page(as_ada.get(URL, {"show": "asked"}))
    assert "nosuchalert" not in as_ada.get(f"{URL}alerts.csv?show=asked").content.decode()


def test_a_question_is_cleared_by_those_who_may(as_editor, as_ada):
    question = asked("nosuchalert")
    assert as_ada.post(f"{URL}asked/{question.pk}/clear/").status_code == 403
    assert as_editor.get(f"{URL}asked/{question.pk}/clear/").status_code == 405
    assert as_editor.post(f"{URL}asked/{question.pk}/clear/").status_code == 302
    assert not UnansweredQuestion.objects.exists()


# --- Files ------------------------------------------------------------------------------------------------------------


def test_a_pasted_file_goes_in(as_editor):
    response = as_editor.post(URL, {"name": "pier.yaml", "text": PIER.decode()})
    assert response.status_code == 302 and AlertingRule.objects.count() == 2
    assert "pier.yaml holds 2 alerts." in page(as_editor.get(URL))


def test_an_uploaded_file_goes_in_under_its_own_name(as_editor):
    as_editor.post(URL, {"file": SimpleUploadedFile("tides.yaml", RESOURCE)})
    assert RuleFile.objects.get().name == "tides.yaml"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose a file, or paste one."),
        ({"text": "groups: []"}, "What is pasted needs a name."),
        ({"name": "a.yaml", "text": "groups:\n- words\n"}, "a.yaml:2: A group of rules is expected"),
        ({"name": "x" * 301, "text": "groups: 3"}, "at most 300 characters"),
    ],
)
def test_a_refused_file_comes_back_with_the_reason_and_the_words(as_editor, data, said):
    html = page(as_editor.post(URL, data), 422)
    assert said in html and all(words in html for words in data.values())


def test_a_reader_may_not_add_or_take_out_files(as_ada):
    take_in()
    file = RuleFile.objects.get()
    assert as_ada.post(URL, {"name": "a", "text": PIER.decode()}).status_code == 403
    assert as_ada.post(f"{URL}files/{file.pk}/delete/").status_code == 403
    html = page(as_ada.get(URL, {"show": "files"}))
    assert "pier.yaml" in html and "Take out" not in html and "Take in" not in html


def test_an_editor_takes_a_file_out(as_editor):
    take_in()
    file = RuleFile.objects.get()
    assert as_editor.post(f"{URL}files/{file.pk}/delete/").status_code == 302
    assert not AlertingRule.objects.exists()
    assert as_editor.post(f"{URL}files/{file.pk}/delete/").status_code == 404


# --- Stubs ------------------------------------------------------------------------------------------------------------


def test_a_stub_of_a_known_service_is_a_draft_from_the_template_and_the_editor_opens(as_editor):
    make_service("Ticket desk")
    take_in()
    response = as_editor.post(f"{URL}stub/", {"alert": "TicketDeskSlow", "service": "ticket-desk"})
    assert response["Location"] == "/runbooks/ticket-desk/ticket-desk-slow/edit/"
    assert "TicketDeskSlow" in Runbook.objects.get().shown_version.markdown
    assert listed(as_editor) == ["GateStuck", "TicketDeskSlow"]  # a draft answers nobody at night
    assert "being written" in page(as_editor.get(URL))


def test_the_second_who_starts_the_same_stub_gets_to_the_first(as_editor):
    make_service("Ticket desk")
    wish = {"alert": "TicketDeskSlow", "service": "ticket-desk"}
    first = as_editor.post(f"{URL}stub/", wish)["Location"]
    assert as_editor.post(f"{URL}stub/", wish)["Location"] == first and Runbook.objects.count() == 1


@pytest.mark.parametrize("service", ["", "nowhere", "\x00"])
def test_without_a_service_the_page_for_new_runbooks_opens_filled_in(as_editor, service):
    address = as_editor.post(f"{URL}stub/", {"alert": "GateStuck", "service": service})["Location"]
    assert address == "/runbooks/new/?template=alert&alert=GateStuck&title=GateStuck"
    assert page(as_editor.get(address)).count("GateStuck") >= 2


def test_a_stub_needs_the_right_to_write_and_a_post(as_ada, as_editor):
    assert as_ada.post(f"{URL}stub/", {"alert": "GateStuck"}).status_code == 403
    assert as_editor.get(f"{URL}stub/").status_code == 405


# --- CSV and figures --------------------------------------------------------------------------------------------------


def test_each_list_is_a_file_without_formulas(as_editor):
    take_in(rule("'=HYPERLINK(1)'", runbook_url="https://example.org/x"), "+a.yaml")
    asked("@sum")
    for show, risky in (("without", "=HYPERLINK(1)"), ("asked", "@sum"), ("files", "+a.yaml")):
        text = as_editor.get(f"{URL}alerts.csv", {"show": show}).content.decode()
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[1][0] == f"'{risky}"


def test_each_list_takes_the_same_number_of_queries_for_two_and_for_twenty(as_editor, django_assert_max_num_queries):
    def grow(numbers):
        for number in numbers:
            take_in(rule(f"Loose{number}"), f"{number}.yaml")
            publish(HEADING, f"Book {number}", name=f"Other{number}")
            asked(f"asked{number}")

    def count(show):
        with django_assert_max_num_queries(12) as queries:
            assert len(listed(as_editor, show)) >= 2
        return len(queries)

    shows = ("without", "unpointed", "asked", "files")
    grow(range(2))
    first = [count(show) for show in shows]
    grow(range(2, 20))
    assert [count(show) for show in shows] == first
