"""The ladder of a text beside the live path: compared, adopted, chosen."""

import pytest

from accounts.roles import EDITOR
from accounts.services import add_member
from oncall.models import Channel, Contact, EscalationPath, Service, Way
from tests.factories import add_layer, make_path, make_published, make_rotation, make_service, make_team, make_user
from tests.ladders.candidates import BLOCKS, DRAWING, TABLE

pytestmark = pytest.mark.django_db
PAGE = "/runbooks/ticket-desk/ticket-desk/"
URL = f"{PAGE}escalation/"
ADOPT = f"{URL}adopt/1/"


@pytest.fixture
def team():
    return make_team("Booking and Fares")


@pytest.fixture
def directory(team):
    """All that the ladders of the fixtures name."""
    rotation = make_rotation(team, make_user("ann"), name="Booking rota")
    add_layer(rotation, make_user("ben"), name="Backup", rank=2)
    make_rotation(make_team("Harbour Systems"), make_user("cy"), name="Harbour rota", layer="Days")
    morag = Contact.objects.create(name="Morag Sinclair", role="Booking lead", team=team)
    Way.objects.create(contact=morag, kind="phone", value="+44 20 7946 0112")
    desk = Contact.objects.create(name="Harbour desk", kind="shared")
    Way.objects.create(contact=desk, kind="phone", value="+44 20 7946 0131")
    Contact.objects.create(name="Desmond Oakes", role="Platform lead")
    Channel.objects.create(purpose="On call", channel="#booking-oncall")
    return rotation


@pytest.fixture
def service(team):
    return make_service(team=team)


@pytest.fixture
def as_ed(as_user):
    return as_user(make_user("ed", role=EDITOR))


def ladder():
    return [
        (level.label, level.response_minutes, [str(target) for target in level.targets.all()])
        for level in EscalationPath.objects.get().levels.all()
    ]


def sent_form(page, **changed):
    """What a browser sends when the form is saved as it is shown."""
    form = page.context["form"]
    data = {f"levels-{name}": "0" for name in ("INITIAL_FORMS",)}
    data["levels-TOTAL_FORMS"] = str(len(form.levels.forms))
    for row in form.levels.forms:
        for name in ("label", "response_minutes", "escalates_if", "handles", "ORDER"):
            data[row.add_prefix(name)] = row[name].value() or ""
        data[row.add_prefix("whom")] = [form.targets.label(target) for target in row["whom"].value() or ()]
    data |= {name: form.path[name].value() or "" for name in ("name", "team", "description", "triggers", "base")}
    return data | changed


class TestBeside:
    def test_a_ladder_that_agrees_is_said_to(self, as_ada, directory, service):
        make_published(text=TABLE, service=service)
        morag, desmond = Contact.objects.get(name="Morag Sinclair"), Contact.objects.get(name="Desmond Oakes")
        layer = directory.layers.get(name="Primary")
        path = make_path([layer, Channel.objects.get()], [morag], [desmond], minutes=(5, 15, 60))
        Service.objects.update(escalation_path=path)
        page = as_ada.get(URL)
        assert page.context["count"] == 0
        assert "Text and path agree" in page.content.decode()

    def test_differences_are_said_with_their_lines(self, as_ada, directory, service):
        make_published(text=TABLE, service=service)
        Service.objects.update(escalation_path=make_path([directory.layers.get(name="Primary")], minutes=[20]))
        page = as_ada.get(URL)
        texts = [difference.text for difference in page.context["ladders"][0]["differences"]]
        assert texts[0] == "L1: the text says “5 minutes”, the path waits 20 minutes."
        assert "the path ends at L1" in texts[1]
        assert "line 7" in page.content.decode()

    def test_somebody_who_takes_turns_in_the_layer_is_no_difference(self, as_ada, directory, service):
        text = TABLE.replace("On-call engineer (#booking-oncall)", "Ann Winter").split("| **L2**")[0]
        ann = directory.layers.get(name="Primary").plans.get().members.get().person
        ann.display_name = "Ann Winter"
        ann.save()
        make_published(text=text, service=service)
        Service.objects.update(escalation_path=make_path([directory.layers.get(name="Primary")], minutes=[5]))
        assert as_ada.get(URL).context["count"] == 0

    def test_the_readiness_page_names_the_differences_too(self, as_ada, directory, service):
        runbook = make_published(text=TABLE, service=service)
        before = runbook.shown_version.readiness
        Service.objects.update(escalation_path=make_path([directory.layers.get(name="Primary")], minutes=[20]))
        page = as_ada.get(f"{PAGE}readiness/")
        assert "the path waits 20 minutes" in page.content.decode()
        assert page.context["readiness"] == before

    def test_without_a_path_the_readiness_page_finds_no_difference(self, as_ada, directory, service):
        make_published(text=TABLE, service=service)
        assert "the path" not in as_ada.get(f"{PAGE}readiness/").content.decode()

    def test_a_text_without_a_ladder_says_so(self, as_ada, service):
        make_published(service=service)
        assert "draws no ladder" in as_ada.get(URL).content.decode()

    def test_a_service_without_a_path_says_so(self, as_ada, directory, service):
        make_published(text=TABLE, service=service)
        page = as_ada.get(URL).content.decode()
        assert "follows no escalation path" in page
        assert "Adopt" not in page

    def test_stranger_gets_404(self, as_user, directory, service):
        make_published(text=TABLE, service=service, classification="confidential")
        stranger = as_user(make_user("eve", role=EDITOR))
        assert [stranger.get(url).status_code for url in (URL, ADOPT)] == [404, 404]
        assert stranger.post(ADOPT, {"quick": "1"}).status_code == 404

    def test_the_ladder_of_the_reading_page_leads_here(self, as_ada, service):
        make_published(text=TABLE, service=service)
        page = as_ada.get(PAGE).content.decode()
        assert f'<a href="{URL}">Who would be called now?</a></p><ol class="ladder"' in page

    @pytest.mark.parametrize("number", [1, 10])
    def test_queries_do_not_grow_with_levels_and_contacts(
        self, as_ed, directory, service, number, django_assert_max_num_queries
    ):
        contacts = [Contact.objects.create(name=f"Contact {count}") for count in range(number)]
        text = TABLE + "".join(f"| L{n + 4} | Contact {n} | 5 min |\n" for n in range(number))
        make_published(text=text, service=service)
        Service.objects.update(escalation_path=make_path(*([contact] for contact in contacts)))
        as_ed.get(URL)
        with django_assert_max_num_queries(40):
            as_ed.get(URL)


class TestChoosing:
    def test_an_editor_chooses_the_path_of_the_service(self, as_ed, directory, service):
        make_published(text=TABLE, service=service)
        path = make_path([Contact.objects.first()])
        as_ed.post(URL, {"path": path.slug})
        assert Service.objects.get().escalation_path == path
        as_ed.post(URL, {"path": ""})
        assert Service.objects.get().escalation_path is None

    def test_a_path_that_there_is_not_changes_nothing(self, as_ed, directory, service):
        path = make_path([Contact.objects.first()])
        make_published(text=TABLE, service=service)
        Service.objects.update(escalation_path=path)
        page = as_ed.post(URL, {"path": "nothing"}, follow=True)
        assert "not there any more" in page.content.decode()
        assert Service.objects.get().escalation_path == path

    def test_readers_are_refused(self, as_ada, directory, service):
        make_published(text=TABLE, service=service)
        assert as_ada.post(URL, {"path": ""}).status_code == 403


class TestAdopting:
    def test_a_table_that_was_understood_is_adopted_with_one_click(self, as_ed, directory, service):
        make_published(text=TABLE, service=service)
        response = as_ed.post(ADOPT, {"quick": "1"})
        assert response["Location"] == "/escalation/ticket-desk/"
        assert ladder() == [
            ("L1", 5, ["Primary", "#booking-oncall"]),
            ("L2", 15, ["Morag Sinclair"]),
            ("L3", 60, ["Desmond Oakes"]),
        ]
        assert Service.objects.get().escalation_path == EscalationPath.objects.get()
        assert as_ed.get(URL).context["count"] == 0

    def test_blocks_keep_what_each_level_handles(self, as_ed, directory, service):
        make_published(text=BLOCKS, service=service)
        as_ed.post(ADOPT, {"quick": "1"})
        first = EscalationPath.objects.get().levels.first()
        assert (first.handles, first.escalates_if, first.response_minutes) == ("queues", "a ship is late", 15)

    def test_a_drawing_asks_for_the_time_that_it_does_not_give(self, as_ed, directory, service):
        make_published(text=DRAWING, service=service)
        assert as_ed.post(ADOPT, {"quick": "1"})["Location"] == ADOPT
        assert not EscalationPath.objects.exists()
        page = as_ed.get(ADOPT)
        assert "The text gives no response time." in page.content.decode()
        response = as_ed.post(ADOPT, sent_form(page))
        assert response.status_code == 422
        as_ed.post(ADOPT, sent_form(page, **{"levels-1-response_minutes": "25", "follow": "on"}))
        assert ladder() == [
            ("L1", 15, ["Days", "Harbour desk"]),
            ("L2", 25, ["Morag Sinclair"]),
            ("L3", 30, ["Desmond Oakes"]),
        ]

    def test_what_was_not_found_is_shown_and_kept_in_the_description(self, as_ed, directory, service):
        text = TABLE.replace("Morag Sinclair, booking lead, +44 20 7946 0112", "Rhys Pritchard (#elsewhere)")
        make_published(text=text, service=service)
        page = as_ed.get(ADOPT)
        assert "Not found: Rhys Pritchard, #elsewhere." in page.content.decode()
        assert as_ed.post(ADOPT, sent_form(page)).status_code == 422
        as_ed.post(ADOPT, sent_form(page, **{"levels-1-whom": ["Morag Sinclair"]}))
        path = EscalationPath.objects.get()
        assert "L2 there also says: Rhys Pritchard, #elsewhere." in path.description
        assert Service.objects.get().escalation_path is None

    def test_a_name_that_another_path_has_comes_back_as_a_form(self, as_ed, directory, service):
        make_path([Contact.objects.first()], name="Ticket desk")
        make_published(text=TABLE, service=service)
        page = as_ed.post(ADOPT, {"quick": "1"}, follow=True)
        assert "already a path of this name" in page.content.decode()
        assert EscalationPath.objects.count() == 1

    def test_the_triggers_come_along(self, as_ed, directory, service):
        make_published(text=f"{TABLE}\n**Escalation Triggers**:\n- A ship waits\n- Fire\n", service=service)
        as_ed.post(ADOPT, {"quick": "1"})
        assert EscalationPath.objects.get().triggers == "A ship waits\nFire"

    def test_there_is_no_ladder_of_that_number(self, as_ed, directory, service):
        make_published(text=TABLE, service=service)
        assert [as_ed.get(f"{URL}adopt/{number}/").status_code for number in (0, 2)] == [404, 404]

    def test_readers_are_refused(self, as_ada, directory, service):
        make_published(text=TABLE, service=service)
        assert as_ada.get(ADOPT).status_code == 403
        assert as_ada.post(ADOPT, {"quick": "1"}).status_code == 403

    def test_one_more_level_keeps_what_the_text_says(self, as_ed, directory, service):
        make_published(text=TABLE, service=service)
        page = as_ed.get(ADOPT)
        again = as_ed.post(ADOPT, sent_form(page, more="1"))
        assert again.status_code == 200
        assert len(again.context["form"].levels.forms) == len(page.context["form"].levels.forms) + 1
        assert "The text says: “Desmond Oakes”." in again.content.decode()


class TestAdoptingOutOfAConfidentialRunbook:
    """Everybody sees every path, so nothing of such a text gets into one unseen."""

    @pytest.fixture
    def as_member(self, as_user, directory, team, service):
        ed = make_user("ed", role=EDITOR)
        add_member(team, ed)
        make_published(text=TABLE, service=service, classification="confidential")
        return as_user(ed)

    def test_one_click_is_not_enough(self, as_member):
        assert "Adopt as a path…" in as_member.get(URL).content.decode()
        assert as_member.post(ADOPT, {"quick": "1"})["Location"] == ADOPT
        assert not EscalationPath.objects.exists()

    def test_neither_its_name_nor_its_title_is_proposed(self, as_member):
        form = as_member.get(ADOPT).context["form"]
        assert (form.path["name"].value(), form.path["description"].value()) == ("", "")

    def test_it_takes_a_word_that_all_may_know(self, as_member):
        sent = sent_form(as_member.get(ADOPT), name="Tickets")
        page = as_member.post(ADOPT, sent)
        assert page.status_code == 422
        assert "Say that everybody may know" in page.content.decode()
        assert as_member.post(ADOPT, sent | {"may_be_known": "on"}).status_code == 302
        assert EscalationPath.objects.get().name == "Tickets"
