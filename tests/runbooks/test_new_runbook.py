"""Starting a runbook: from a template that is filled, or from a text that somebody has."""

import pytest

from accounts.models import Membership
from accounts.roles import EDITOR, RESPONDER
from oncall.models import FormerServiceSlug, Service
from runbooks.errors import NotAllowed, Refused
from runbooks.models import Runbook, RunbookTemplate, RunbookVersion
from runbooks.services import start_runbook
from runbooks.starters import STARTERS
from tests.factories import NOW, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
NEW = "/runbooks/new/"


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


@pytest.fixture
def desk():
    return make_service(slo="99.9 %", team=make_team("Harbour"))


def checked(form, name):
    return str(form[name].value())


class TestFromTemplate:
    def test_it_is_a_filled_draft_and_goes_on_in_the_editor(self, as_ben, desk):
        response = as_ben.post(NEW, {"template": "service-runbook", "service": desk.pk})
        version = RunbookVersion.objects.get()
        assert response["Location"] == "/runbooks/ticket-desk/ticket-desk-service-runbook/edit/"
        assert (version.status, version.number, version.runbook.kind) == ("draft", "1.0", "service")
        assert version.runbook.title == "Ticket desk service runbook"
        assert "| **SLO** | 99.9 % |" in version.markdown and "| **Team** | Harbour |" in version.markdown
        assert as_ben.get(response["Location"]).status_code == 200

    @pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.slug)
    def test_every_template_makes_a_runbook_of_its_kind(self, as_ben, desk, starter):
        assert as_ben.post(NEW, {"template": starter.slug, "service": desk.pk}).status_code == 302
        version = RunbookVersion.objects.get()
        assert version.runbook.kind == version.document["kind"] == starter.kind
        assert version.markdown.count(f"# {version.runbook.title}\n") == 1
        assert version.change_summary == f"Begun from the template “{starter.name}”"

    def test_a_title_of_ones_own_is_the_heading_too(self, as_ben, desk):
        as_ben.post(NEW, {"template": "procedure", "service": desk.pk, "title": "Count the till"})
        version = RunbookVersion.objects.get()
        assert (version.runbook.title, version.runbook.slug) == ("Count the till", "count-the-till")
        assert "\n# Count the till\n" in version.markdown

    def test_an_alert_names_the_page_and_is_answered_by_it(self, as_ben, desk):
        as_ben.post(NEW, {"template": "alert", "service": desk.pk, "alert": "TicketDeskDown"})
        version = RunbookVersion.objects.get()
        assert (version.runbook.title, version.runbook.slug) == ("TicketDeskDown", "ticket-desk-down")
        assert [alert["name"] for alert in version.document["alerts"]] == ["TicketDeskDown"]

    def test_an_alert_that_was_typed_does_not_name_another_kind_of_page(self, as_ben, desk):
        as_ben.post(NEW, {"template": "procedure", "service": desk.pk, "alert": "TicketDeskDown"})
        assert Runbook.objects.get().title == "Ticket desk procedure"

    @pytest.mark.parametrize("name", ['High "error" rate: 50%', "a/b/../c", "x" * 200, "ошибка", "- [ ] x"])
    def test_any_alert_name_is_kept_as_text(self, as_ben, desk, name):
        as_ben.post(NEW, {"template": "alert", "service": desk.pk, "alert": name})
        assert RunbookVersion.objects.get().document["alerts"][0]["name"] == name

    def test_the_second_of_one_name_gets_another_address(self, as_ben, desk):
        for _ in range(2):
            as_ben.post(NEW, {"template": "blank", "service": desk.pk})
        assert sorted(Runbook.objects.values_list("slug", flat=True)) == ["ticket-desk", "ticket-desk-2"]

    def test_a_hidden_template_cannot_be_chosen(self, as_ben, desk):
        RunbookTemplate.objects.filter(slug="blank").update(is_offered=False)
        assert as_ben.post(NEW, {"template": "blank", "service": desk.pk}).status_code == 422

    def test_the_author_owns_it_and_the_services_team_has_it(self, as_ben, ben, desk):
        as_ben.post(NEW, {"template": "blank", "service": desk.pk})
        runbook = Runbook.objects.get()
        assert (runbook.owner, runbook.team, str(runbook.next_review_on)) == (
            ben,
            desk.team,
            runbook.next_review_on.isoformat(),
        )


class TestFromText:
    def test_title_and_kind_come_from_the_text(self, as_ben, desk):
        as_ben.post(NEW, {"service": desk.pk, "markdown": "# Incident response: Till\r\n\r\nStay calm.\r\n"})
        version = RunbookVersion.objects.get()
        assert (version.runbook.title, version.runbook.kind) == ("Incident response: Till", "incident")
        assert version.markdown == "# Incident response: Till\n\nStay calm.\n"

    def test_a_text_wins_over_a_template_and_is_not_filled(self, as_ben, desk):
        as_ben.post(NEW, {"service": desk.pk, "template": "procedure", "markdown": "# A\n\n{{ owner }}\n"})
        assert RunbookVersion.objects.get().markdown == "# A\n\n{{ owner }}\n"

    def test_a_text_without_a_heading_is_named_after_the_service(self, as_ben, desk):
        as_ben.post(NEW, {"service": desk.pk, "markdown": "just words", "kind": "monitoring"})
        runbook = Runbook.objects.get()
        assert (runbook.title, runbook.kind) == ("Ticket desk", "monitoring")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("a\x00b precious", "NUL"),
            ("x" * 1_000_001, "is the most"),
            ("precious \ufffd", "not valid UTF-8"),
            ("precious\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz\n", "ine 2"),
        ],
    )
    def test_what_is_refused_comes_back_with_the_reason_and_every_word(self, as_ben, desk, text, reason):
        response = as_ben.post(NEW, {"service": desk.pk, "markdown": text})
        assert response.status_code == 422
        assert reason in response.content.decode()
        assert response.context["form"]["markdown"].value() == text
        assert not Runbook.objects.exists()


class TestService:
    def test_a_new_service_is_made_with_it_and_belongs_to_ones_only_team(self, as_user, ben):
        team = make_team("Harbour", ben)
        as_user(reload_user(ben)).post(NEW, {"template": "blank", "new_service": "  Crane   log "})
        service = Service.objects.get()
        assert (service.name, service.slug, service.team) == ("Crane log", "crane-log", team)

    def test_of_two_teams_none_is_guessed(self, as_user, ben):
        for name in ("Harbour", "Booking"):
            Membership.objects.create(user=ben, team=make_team(name))
        as_user(ben).post(NEW, {"template": "blank", "new_service": "Crane log"})
        assert Service.objects.get().team is None

    def test_a_service_that_is_there_already_is_taken(self, as_ben, desk):
        as_ben.post(NEW, {"template": "blank", "new_service": "ticket DESK"})
        assert Runbook.objects.get().service == desk and Service.objects.count() == 1

    def test_a_hidden_service_of_that_name_is_neither_used_nor_given_away(self, as_ben):
        hidden = make_service("Brig", classification="confidential")
        response = as_ben.post(NEW, {"template": "blank", "new_service": "Brig"})
        assert response.status_code == 302
        assert Runbook.objects.get().service != hidden

    def test_an_address_that_another_service_had_is_left_to_its_redirect(self, as_ben, desk):
        FormerServiceSlug.objects.create(service=desk, slug="crane-log", left_at=NOW)
        as_ben.post(NEW, {"template": "blank", "new_service": "Crane log"})
        assert Runbook.objects.get().service.slug == "crane-log-2"

    def test_a_refused_text_leaves_no_service_behind(self, as_ben):
        assert as_ben.post(NEW, {"markdown": "a\x00b", "new_service": "Crane log"}).status_code == 422
        assert not Service.objects.exists()

    @pytest.mark.parametrize("data", [{}, {"new_service": "Crane log", "service": "desk"}])
    def test_exactly_one_service_is_needed(self, as_ben, desk, data):
        data = {name: desk.pk if value == "desk" else value for name, value in data.items()}
        response = as_ben.post(NEW, {"template": "blank"} | data)
        assert response.status_code == 422
        assert response.context["form"].errors.keys() == {"service"}

    def test_a_confidential_service_of_others_cannot_be_chosen_or_seen(self, as_ben):
        hidden = make_service("Brig", classification="confidential")
        assert as_ben.post(NEW, {"template": "blank", "service": hidden.pk}).status_code == 422
        assert "Brig" not in as_ben.get(f"{NEW}?service=brig").content.decode()

    def test_who_may_not_add_services_cannot_by_the_service_either(self, ben):
        reader = make_user("dee", role=RESPONDER)
        with pytest.raises(NotAllowed):
            start_runbook(service="Crane log", markdown="# x\n", author=reader, now=NOW)
        assert not Service.objects.exists()

    def test_there_must_be_something_to_begin_with(self, ben, desk, as_ben):
        assert as_ben.post(NEW, {"service": desk.pk}).status_code == 422
        with pytest.raises(Refused, match="Choose a template"):
            start_runbook(service=desk, markdown=" \n", author=ben, now=NOW)


class TestPage:
    def test_a_reader_gets_403(self, as_ada):
        assert as_ada.get(NEW).status_code == 403
        assert as_ada.post(NEW, {"template": "blank"}).status_code == 403

    def test_it_offers_every_template_with_what_it_is_for(self, as_ben):
        html = as_ben.get(NEW).content.decode()
        assert all(starter.name in html and starter.description in html for starter in STARTERS)

    def test_the_service_runbook_is_chosen_to_begin_with(self, as_ben):
        assert checked(as_ben.get(NEW).context["form"], "template") == "service-runbook"

    def test_the_address_fills_the_form_in(self, as_ben, desk):
        form = as_ben.get(f"{NEW}?service=ticket-desk&template=alert&alert=TicketDeskDown&title=Down").context["form"]
        assert [checked(form, name) for name in ("service", "template", "alert", "title")] == [
            *(str(desk.pk), "alert", "TicketDeskDown", "Down"),
        ]

    def test_an_alert_alone_chooses_the_alert_template(self, as_ben):
        assert checked(as_ben.get(f"{NEW}?alert=X").context["form"], "template") == "alert"

    @pytest.mark.parametrize(
        "query", ["service=%00", "template=%00none", f"title={'x' * 5000}", "alert=<script>", "service=../x"]
    )
    def test_a_strange_address_is_no_error(self, as_ben, query):
        response = as_ben.get(f"{NEW}?{query}")
        assert response.status_code == 200
        assert "<script>" not in response.content.decode()

    def test_it_works_when_no_template_is_offered(self, as_ben, desk):
        RunbookTemplate.objects.update(is_offered=False)
        assert "No template is offered" in as_ben.get(NEW).content.decode()
        assert as_ben.post(NEW, {"service": desk.pk, "markdown": "# x\n"}).status_code == 302

    def test_the_words_of_a_refused_form_are_still_there(self, as_ben, desk):
        response = as_ben.post(NEW, {"service": desk.pk, "title": "x" * 301, "template": "procedure"})
        assert response.status_code == 422
        assert checked(response.context["form"], "template") == "procedure"
