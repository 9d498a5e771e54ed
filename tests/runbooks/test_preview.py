"""What the editor shows while somebody writes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.roles import EDITOR
from runbooks.rendering import look_over
from tests.factories import TEXT, make_draft, make_published, make_service, make_user
from tests.journeys.texts import HOSTILE
from tests.reading.safe import find_unsafe

pytestmark = pytest.mark.django_db
ADDRESS = "/markdownx/markdownify/"
PATH = "/runbooks/ticket-desk/ticket-desk/"


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def draw(client, words, query=""):
    return client.post(f"{ADDRESS}{query}", {"content": words})


class TestPreview:
    def test_it_is_the_html_of_the_published_page(self, as_ben):
        page = make_published().shown_version.html
        assert page in draw(as_ben, TEXT).content.decode()

    def test_it_comes_with_the_findings_and_their_lines(self, as_ben):
        html = draw(as_ben, "# Desk\n\n[go](#nowhere)\n").content.decode()
        assert 'data-line="3"' in html and "#nowhere" in html

    def test_it_says_where_each_heading_stands(self, as_ben):
        assert 'data-outline="desk:1 stop:3"' in draw(as_ben, "# Desk\n\n## Stop\n").content.decode()

    def test_nothing_typed_is_no_error(self, as_ben):
        assert draw(as_ben, "").status_code == 200

    @pytest.mark.parametrize(("text", "reason"), [("a\x00b", "NUL"), ("x" * 1_000_001, "is the most")])
    def test_what_could_not_be_saved_is_said(self, as_ben, text, reason):
        response = draw(as_ben, text)
        assert response.status_code == 422 and reason in response.content.decode()

    def test_hostile_text_shows_nothing_that_runs(self, as_ben):
        html = draw(as_ben, HOSTILE).content.decode()
        assert find_unsafe(look_over(HOSTILE).html) == [] and look_over(HOSTILE).html in html
        assert "<script" not in html and "<img src=x" not in html

    def test_a_credential_is_a_finding_of_its_line_and_never_repeated_there(self, as_ben):
        words = "# Desk\n\npostgres://desk:" + "hunter2" + "Xq9rT4" + "@db.internal/desk\n"
        findings = draw(as_ben, words).content.decode().split("data-findings")[1]
        assert "looks like a credential" in findings and 'data-line="3"' in findings and "hunter2" not in findings

    def test_a_reader_gets_403(self, as_ada):
        assert draw(as_ada, "words").status_code == 403

    def test_a_get_is_no_way_in(self, as_ben):
        assert as_ben.get(ADDRESS).status_code == 405

    def test_a_script_of_somebody_logged_out_gets_401_and_no_login_page(self):
        response = Client().post(ADDRESS, {"content": "words"}, headers={"X-Requested-With": "XMLHttpRequest"})
        assert response.status_code == 401 and "<" not in response.content.decode()

    def test_the_token_is_asked_for(self, ben):
        client = Client(enforce_csrf_checks=True)
        client.force_login(ben)
        assert draw(client, "words").status_code == 403


class TestPreviewOfARunbook:
    @pytest.fixture
    def imported(self):
        service = make_service("Ticket desk")
        make_published("Ferry", service=service, source_id="books/desk/ferry.md")
        return make_published("Ticket desk", service=service, source_id="books/desk/desk.md")

    def test_links_to_texts_that_were_imported_with_it_lead_somewhere(self, as_ben, imported):
        words = "# Desk\n\n[the ferry](ferry.md) and [nothing](nowhere.md)\n"
        html = draw(as_ben, words, f"?runbook={imported.pk}").content.decode()
        assert 'href="/runbooks/ticket-desk/ferry/"' in html
        assert "nowhere.md" in html and "deadlink" in html

    @pytest.mark.parametrize("number", ["0", "999999999", "x", "-1", "9" * 40, "1%00", "²"])
    def test_a_runbook_that_is_none_is_404(self, as_ben, number):
        assert draw(as_ben, "words", f"?runbook={number}").status_code == 404

    def test_a_confidential_runbook_of_others_is_404(self, as_ben):
        hidden = make_published(service=make_service("Brig", classification="confidential"))
        assert draw(as_ben, "words", f"?runbook={hidden.pk}").status_code == 404

    def test_a_section_is_read_in_its_place(self, as_ben, ben):
        version = make_draft(ben, text="# Desk\n\n## Overview\n\nSee [below](#restart).\n\n## Restart\n\nwords\n")
        query = f"?runbook={version.runbook_id}&base={version.pk}.1&section=restart"
        html = draw(
            as_ben, "## Restart\n\nUp to [the overview](#overview) and [off](#nowhere).", query
        ).content.decode()
        assert 'href="#overview"' in html and 'data-outline="restart:1"' in html
        assert 'data-line="3"' in html and "See" not in html

    def test_findings_in_the_rest_of_the_text_are_counted(self, as_ben, ben):
        version = make_draft(ben, text="# Desk\n\n[up](#restart) and [off](#gone)\n\n## Restart\n\nwords\n")
        query = f"?runbook={version.runbook_id}&base={version.pk}.1&section=restart"
        before = draw(as_ben, "## Restart\n\nwords", query).content.decode()
        after = draw(as_ben, "## Begin again\n\nwords", query).content.decode()
        assert _count_elsewhere(after) == _count_elsewhere(before) + 1

    @pytest.mark.parametrize("place", ["&base=x&section=restart", "&base=9.9&section=restart", "&section=%00"])
    def test_a_section_of_no_text_shows_the_words_alone(self, as_ben, ben, place):
        version = make_draft(ben)
        response = draw(as_ben, "## Restart\n\nwords", f"?runbook={version.runbook_id}{place}")
        assert response.status_code == 200 and "words" in response.content.decode()


def _count_elsewhere(html):
    return int(html.split(" more in the rest")[0].rsplit(">", 1)[1])


class TestWithoutScripts:
    def post(self, client, version, words, **extra):
        data = {"markdown": words, "change_summary": "why", "bump": "major", "preview": "1"} | extra
        return client.post(f"{PATH}edit/", data | {"base": f"{version.pk}.{version.revision}"})

    def test_the_preview_stands_below_the_form_and_nothing_is_saved(self, as_ben, ben):
        version = make_draft(ben)
        response = self.post(as_ben, version, "# Desk\n\n**Strong** words\n")
        html = response.content.decode()
        version.refresh_from_db()
        assert response.status_code == 200 and "<strong>Strong</strong> words" in html
        assert response.context["form"]["markdown"].value() == "# Desk\n\n**Strong** words\n"
        assert response.context["form"]["change_summary"].value() == "why"
        assert version.markdown == TEXT

    @pytest.mark.parametrize("words", ["", "a\x00b"])
    def test_what_could_not_be_saved_is_no_error_yet(self, as_ben, ben, words):
        assert self.post(as_ben, make_draft(ben), words).status_code == 200


class TestUpload:
    @pytest.mark.parametrize("address", ["/markdownx/upload/", "/runbooks/images/"])
    def test_what_is_no_picture_is_refused_with_a_sentence(self, as_ben, address):
        response = as_ben.post(address, {"image": SimpleUploadedFile("x.png", b"MZ")})
        assert response.status_code == 422 and "PNG" in response.json()["error"]

    def test_no_file_at_all_is_said(self, as_ben):
        assert as_ben.post("/markdownx/upload/").status_code == 422

    def test_a_reader_gets_403(self, as_ada):
        assert as_ada.post("/markdownx/upload/").status_code == 403


def test_the_lines_of_one_section_are_drawn_alone():
    look = look_over("# A\n\none\n\n## B\n\ntwo\n\n## C\n\nthree\n", shown=(5, 7))
    assert "two" in look.html and "one" not in look.html and "three" not in look.html
