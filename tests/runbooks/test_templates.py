"""Templates: who may see, make, change and delete them; what comes with the portal; a runbook saved as one."""

import pytest
from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.core.management.sql import emit_post_migrate_signal

from accounts.roles import ADMINISTRATOR, APPROVER, EDITOR
from accounts.services import add_member
from runbooks.errors import NotAllowed, Refused, TextRefused
from runbooks.filling import NAMES
from runbooks.models import Runbook, RunbookTemplate
from runbooks.services import (
    add_template,
    change_template,
    delete_template,
    draft_template,
    ensure_templates,
    fill_template,
)
from runbooks.services.secrets import check_secrets
from runbooks.services.templates import offered_templates
from runbooks.starters import STARTERS
from tests.factories import NOW, make_draft, make_published, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
LIST = "/runbooks/templates/"
SECRET = "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz\n"


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


@pytest.fixture
def cy():
    return make_user("cy", role=APPROVER)


def make_template(user, **extra):
    values = {"name": "Cash-up", "markdown": "# {{ title }}\n\nAsk {{ owner }}.\n", "kind": "procedure"} | extra
    return add_template(**values, user=user)


def form_of(**extra):
    return {"name": "Cash-up", "kind": "procedure", "description": "", "is_offered": "on", "markdown": "# x\n"} | extra


class TestShipped:
    def test_they_are_there_in_a_new_portal(self):
        assert set(RunbookTemplate.objects.values_list("slug", flat=True)) == {starter.slug for starter in STARTERS}

    def test_they_are_offered_in_the_order_in_which_they_are_shipped(self, ben):
        make_template(ben, name="A first one")
        slugs = [template.slug for template in offered_templates()]
        assert slugs == [*(starter.slug for starter in STARTERS), "a-first-one"]

    def test_an_edited_one_is_never_written_over(self, ben):
        template = RunbookTemplate.objects.get(slug="procedure")
        change_template(template, name="Our way", markdown="# ours\n", kind="procedure", user=ben)
        ensure_templates()
        template.refresh_from_db()
        assert (template.name, template.markdown, template.updated_by) == ("Our way", "# ours\n", ben)

    def test_a_hidden_one_stays_hidden(self, ben):
        template = RunbookTemplate.objects.get(slug="blank")
        change_template(template, name="Blank", markdown="# x\n", kind="service", is_offered=False, user=ben)
        ensure_templates()
        assert "blank" not in [one.slug for one in offered_templates()]

    def test_it_can_be_hidden_but_not_deleted(self, cy):
        template = RunbookTemplate.objects.get(slug="blank")
        with pytest.raises(Refused, match="Stop offering it"):
            delete_template(template, user=cy)
        assert RunbookTemplate.objects.filter(slug="blank").exists()

    def test_a_name_that_somebody_took_is_no_obstacle(self):
        RunbookTemplate.objects.filter(slug="blank").update(slug="own", markdown="mine")
        ensure_templates()
        assert RunbookTemplate.objects.get(name="Blank").markdown == "mine"

    def test_migrating_back_to_before_there_were_any_is_no_error(self):
        RunbookTemplate.objects.all().delete()
        emit_post_migrate_signal(0, False, "default", apps=Apps())
        assert not RunbookTemplate.objects.exists()

    def test_one_that_is_missing_comes_with_the_next_migration(self):
        RunbookTemplate.objects.filter(slug="blank").delete()
        emit_post_migrate_signal(0, False, "default")
        assert RunbookTemplate.objects.filter(slug="blank").exists()

    def test_none_of_them_is_refused_as_a_secret(self):
        for starter in STARTERS:
            check_secrets(starter.read_text())


class TestKnownFacts:
    def fill(self, text, service, user, **extra):
        return fill_template(RunbookTemplate(name="T", markdown=text), service, user=user, now=NOW, **extra)

    def test_team_lead_links_and_objective_come_from_the_service(self, ben):
        team = make_team("Harbour", ben)
        team.email, team.chat_channel = "harbour@example.com", "#harbour"
        team.save()
        add_member(team, make_user("ada", display_name="Ada Winter"), is_lead=True)
        service = make_service(team=team, slo="99.9 %", tier=1)
        service.links.create(kind="dashboard", label="Overview", url="https://grafana.example.net/d/desk")
        text = "{{ team }} {{ owner }} {{ slo }} {{ tier }} {{ dashboard_url }} {{ team_chat }}\n{{ links }}\n{{ contacts }}\n"
        assert self.fill(text, service, ben).split("\n") == [
            "Harbour Ada Winter 99.9 % Tier 1 https://grafana.example.net/d/desk #harbour",
            "- **Dashboard:** [Overview](https://grafana.example.net/d/desk)",
            "| On-call engineer | Harbour | #harbour, harbour@example.com | [hours] |",
            "| Team lead | Ada Winter | ada@example.com | [hours] |",
            "| Decides above the team | [name] | [phone number] | [hours] |",
            "",
        ]

    def test_somebody_who_left_is_no_lead(self, ben):
        team = make_team("Harbour", ben)
        gone = make_user("gone", is_active=False)
        add_member(team, gone, is_lead=True)
        assert self.fill("{{ owner }}", make_service(team=team), ben) == f"[{NAMES['owner']}]"

    def test_a_service_nobody_owns_still_fills(self, ben):
        filled = self.fill("\n".join(f"{{{{ {name} }}}}" for name in NAMES), make_service(), ben)
        assert "{{" not in filled and f"[{NAMES['team']}]" in filled

    def test_the_day_is_that_of_the_writer(self, ben):
        ben.time_zone = "Pacific/Honolulu"  # still the 16th there
        assert self.fill("{{ today }} {{ next_review }}", make_service(), ben) == "2026-11-16 2027-02-14"

    def test_dependencies_come_with_importance_and_team(self, ben):
        service, needed = make_service(), make_service("Fares", tier=2, team=make_team("Booking"))
        service.dependencies.create(needs=needed)
        assert self.fill("{{ depends_on }}", service, ben) == "- **Fares** (tier 2, Booking)"
        assert self.fill("Needs {{ depends_on }}.", service, ben) == "Needs Fares."
        assert self.fill("{{ dependents }}", needed, ben) == "- **Ticket desk** (tier 3)"

    def test_a_confidential_dependency_never_gets_into_what_others_read(self):
        boss = make_user("boss", role=ADMINISTRATOR)
        service = make_service()
        service.dependencies.create(needs=make_service("Brig", classification="confidential"))
        assert "Brig" not in self.fill("{{ depends_on }}\n{{ dependents }}", service, boss)

    def test_a_confidential_dependency_is_named_where_only_its_own_team_reads(self, ben):
        team = make_team("Guard", ben)
        service = make_service(team=team, classification="confidential")
        service.dependencies.create(needs=make_service("Brig", classification="confidential", team=team))
        assert "Brig" in self.fill("{{ depends_on }}", service, reload_user(ben))

    def test_the_ladder_names_whom_the_portal_knows_and_leaves_a_gap_above(self, ben):
        team = make_team("Harbour", ben)
        add_member(team, ben, is_lead=True)
        rows = self.fill("{{ escalation }}", make_service(team=team), ben).split("\n")
        assert [row[:6] for row in rows] == ["| L1 |", "| L2 |", "| L3 |"]
        assert "Ben, ben@example.com" in rows[1] and "[who decides" in rows[2]


class TestChanges:
    def test_an_editor_makes_one_with_an_address_of_its_own(self, ben):
        template = make_template(ben, name="New")
        assert (template.slug, template.updated_by) == ("new", ben)

    def test_a_reader_may_not(self, ada):
        with pytest.raises(NotAllowed):
            make_template(ada)
        with pytest.raises(NotAllowed):
            change_template(RunbookTemplate.objects.first(), name="x", markdown="x", kind="service", user=ada)

    def test_an_editor_may_not_delete(self, ben):
        with pytest.raises(NotAllowed):
            delete_template(make_template(ben), user=ben)

    def test_an_approver_deletes_one_of_the_teams_own(self, ben, cy):
        delete_template(make_template(ben), user=cy)
        assert not RunbookTemplate.objects.filter(slug="cash-up").exists()

    def test_the_same_name_twice_is_refused(self, ben):
        make_template(ben)
        with pytest.raises(ValidationError):
            make_template(ben)

    def test_the_address_stays_when_the_name_changes(self, ben):
        template = change_template(make_template(ben), name="Till", markdown="# x\n", kind="procedure", user=ben)
        assert (template.name, template.slug) == ("Till", "cash-up")

    def test_a_secret_is_refused(self, ben):
        with pytest.raises(Refused):
            make_template(ben, markdown=SECRET)

    def test_a_text_that_cannot_be_stored_is_refused(self, ben):
        with pytest.raises(TextRefused):
            make_template(ben, markdown="a\x00b")

    def test_line_ends_of_a_browser_become_plain_ones(self, ben):
        assert make_template(ben, markdown="# a\r\nb\r\n").markdown == "# a\nb\n"


class TestPages:
    def test_a_reader_sees_no_templates(self, as_ada):
        assert as_ada.get(LIST).status_code == 403
        assert as_ada.get(f"{LIST}~new/").status_code == 403
        assert as_ada.get(f"{LIST}~blank/edit/").status_code == 403
        assert as_ada.post(f"{LIST}~blank/delete/").status_code == 403
        assert as_ada.post(f"{LIST}~preview/", {"content": "x"}).status_code == 403

    def test_an_editor_sees_all_of_them_the_hidden_ones_marked(self, as_ben):
        RunbookTemplate.objects.filter(slug="blank").update(is_offered=False)
        html = as_ben.get(LIST).content.decode()
        assert all(starter.name in html for starter in STARTERS)
        assert html.count("Not offered") == 1

    def test_the_list_takes_the_same_queries_for_many(self, as_ben, ben, django_assert_max_num_queries):
        for number in range(12):
            make_template(ben, name=f"T{number}")
        as_ben.get(LIST)
        with django_assert_max_num_queries(6):
            as_ben.get(LIST)

    def test_one_that_never_was_is_404(self, as_ben):
        assert as_ben.get(f"{LIST}~none/edit/").status_code == 404

    def test_a_new_one_is_saved(self, as_ben):
        assert as_ben.post(f"{LIST}~new/", form_of())["Location"] == LIST
        assert RunbookTemplate.objects.get(slug="cash-up").kind == "procedure"

    def test_a_change_is_saved_and_clearing_the_box_hides_it(self, as_ben):
        data = form_of(name="Procedure")
        del data["is_offered"]
        assert as_ben.post(f"{LIST}~procedure/edit/", data).status_code == 302
        template = RunbookTemplate.objects.get(slug="procedure")
        assert (template.markdown, template.is_offered) == ("# x\n", False)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"name": ""}, "required"),
            ({"name": "Procedure"}, "already exists"),
            ({"markdown": "a\x00b"}, "NUL"),
            ({"markdown": SECRET}, "precious"),
            ({"kind": "nonsense"}, "valid choice"),
        ],
    )
    def test_what_is_wrong_comes_back_with_everything_filled_in(self, as_ben, change, reason):
        response = as_ben.post(f"{LIST}~new/", form_of(description="precious") | change)
        html = response.content.decode()
        assert response.status_code == 422
        assert reason in html and "precious" in html

    def test_trying_shows_how_it_fills_and_saves_nothing(self, as_ben):
        service = make_service(slo="99.9 %")
        data = form_of(name="", markdown="# {{ title }}\n\nSLO {{ slo }}.\n", tried_with=service.pk)
        response = as_ben.post(f"{LIST}~new/", data | {"try": "1"})
        assert response.status_code == 200
        assert "SLO 99.9 %." in response.content.decode()
        assert not RunbookTemplate.objects.filter(slug="cash-up").exists()

    def test_it_cannot_be_tried_with_a_service_one_may_not_know(self, as_ben):
        hidden = make_service("Brig", classification="confidential", slo="hush")
        response = as_ben.post(
            f"{LIST}~blank/edit/", form_of(markdown="{{ slo }}", tried_with=hidden.pk) | {"try": "1"}
        )
        assert response.status_code == 422
        assert "hush" not in response.content.decode()

    def test_the_live_preview_shows_meanings_and_only_faults(self, as_ben):
        text = "---\nkind: procedure\n---\n\n# T\n\n## Steps\n\n1. [one]\n2. two\n\n## Verify\n\n{{ slo }} [gap] [x](#nowhere)\n"
        response = as_ben.post(f"{LIST}~preview/", {"content": text})
        assert "SLO of the service" in response.content.decode()
        assert [finding.code for finding in response.context["look"].findings] == ["broken-anchor"]

    def test_a_hostile_template_shows_nothing_that_runs(self, as_ben):
        response = as_ben.post(f"{LIST}~preview/", {"content": "<script>alert(1)</script><img src=x onerror=alert(1)>"})
        html = response.content.decode()
        assert "<script" not in html and "onerror" not in html

    def test_a_preview_of_what_cannot_be_stored_says_why(self, as_ben):
        response = as_ben.post(f"{LIST}~preview/", {"content": "a\x00b"})
        assert response.status_code == 422 and "NUL" in response.content.decode()

    def test_deleting_a_shipped_one_says_what_to_do_instead(self, as_user, cy):
        response = as_user(cy).post(f"{LIST}~blank/delete/", follow=True)
        assert "Stop offering it instead" in response.content.decode()

    def test_deleting_ones_own_goes_back_to_the_list(self, as_user, ben, cy):
        make_template(ben)
        assert as_user(cy).post(f"{LIST}~cash-up/delete/")["Location"] == LIST

    def test_a_get_deletes_nothing(self, as_user, cy):
        assert as_user(cy).get(f"{LIST}~blank/delete/").status_code == 405

    def test_a_service_called_templates_keeps_its_addresses(self, as_ben, ben):
        service = make_service("Templates")
        version = make_draft(ben, service=service, title="Blank")
        assert version.runbook.get_absolute_url() == "/runbooks/templates/blank/"
        assert as_ben.get("/runbooks/templates/blank/").context["runbook"] == version.runbook
        assert as_ben.get("/runbooks/templates/blank/edit/").status_code == 200


class TestSaveAsTemplate:
    TEXT = "# Ticket desk\n\n**Owner:** Somebody\n**Last Updated:** 2024-01-02\n\nThe Ticket desk of Harbour.\n"
    PATH = "/runbooks/ticket-desk/ticket-desk/save-as-template/"

    @pytest.fixture
    def runbook(self):
        return make_published(text=self.TEXT, service=make_service(team=make_team("Harbour")))

    def test_the_services_own_facts_are_taken_out(self, runbook, ben):
        text = draft_template(runbook.shown_version, user=ben, now=NOW)
        assert text == (
            "# {{ title }}\n\n**Owner:** {{ owner }}\n**Last Updated:** {{ today }}\n\n"
            "The {{ service_name }} of {{ team }}.\n"
        )

    def test_it_is_shown_before_it_is_saved(self, runbook, as_ben):
        form = as_ben.get(self.PATH).context["form"]
        assert "{{ service_name }}" in form["markdown"].value()
        assert "may_be_known" not in form.fields
        assert not RunbookTemplate.objects.filter(name="Desk").exists()

    def test_what_the_person_made_of_it_is_what_is_saved(self, runbook, as_ben):
        response = as_ben.post(self.PATH, form_of(name="Desk", markdown="# mine\n"))
        assert response["Location"] == LIST
        assert RunbookTemplate.objects.get(name="Desk").markdown == "# mine\n"

    def test_the_runbook_stays_as_it_is(self, runbook, as_ben):
        as_ben.post(self.PATH, form_of(name="Desk"))
        assert Runbook.objects.get().shown_version.markdown == self.TEXT

    def test_a_reader_may_not(self, runbook, as_ada):
        assert as_ada.get(self.PATH).status_code == 403

    def test_the_versions_page_offers_it_to_editors_only(self, runbook, as_ben, as_ada):
        page = self.PATH.replace("save-as-template", "versions")
        assert self.PATH in as_ben.get(page).content.decode()
        assert self.PATH not in as_ada.get(page).content.decode()


class TestConfidential:
    PATH = TestSaveAsTemplate.PATH

    @pytest.fixture
    def runbook(self, ben):
        team = make_team("Guard", ben)
        return make_published(service=make_service(team=team, classification="confidential"))

    def test_a_stranger_gets_404(self, runbook, as_user):
        assert as_user(make_user("dee", role=EDITOR)).get(self.PATH).status_code == 404

    def test_its_team_is_warned(self, runbook, as_ben):
        html = as_ben.get(self.PATH).content.decode()
        assert "This runbook is Confidential." in html and 'name="may_be_known"' in html

    def test_without_a_word_that_it_may_be_known_it_is_refused(self, runbook, as_ben):
        response = as_ben.post(self.PATH, form_of(name="Desk"))
        assert response.status_code == 422
        assert "every editor can read templates" in response.content.decode()
        assert not RunbookTemplate.objects.filter(name="Desk").exists()

    def test_with_it_the_template_is_made(self, runbook, as_ben):
        assert as_ben.post(self.PATH, form_of(name="Desk", may_be_known="on")).status_code == 302

    def test_the_service_refuses_as_the_page_does(self, runbook, ben):
        with pytest.raises(Refused, match="Confidential"):
            make_template(ben, source=runbook)
