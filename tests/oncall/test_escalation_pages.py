"""Pages of escalation paths."""

import datetime as dt

import pytest

from accounts.roles import APPROVER, EDITOR
from oncall.models import Channel, Contact, EscalationPath, Service
from tests.factories import make_path, make_rotation, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
NEW = "/escalation/new/"


@pytest.fixture
def morag():
    return Contact.objects.create(name="Morag Sinclair", role="Booking lead")


@pytest.fixture
def rotation():
    return make_rotation(make_team("Harbour"), make_user("ann"), make_user("ben"))


@pytest.fixture
def as_ed(as_user):
    return as_user(make_user("ed", role=EDITOR))


def rows(*levels, **fields):
    """What a browser sends: each level is (texts of whom it calls, minutes)."""
    data = {"name": "Tickets", "team": "", "description": "", "triggers": "", "base": ""}
    data |= {"levels-TOTAL_FORMS": str(len(levels) + 1), "levels-INITIAL_FORMS": "0"}
    for number, (whom, minutes) in enumerate([*levels, ([], 15)]):
        data |= {
            f"levels-{number}-whom": [*whom, ""],
            f"levels-{number}-response_minutes": str(minutes),
            f"levels-{number}-ORDER": str(number + 1),
        }
    return data | fields


def ladder(path):
    return [
        (level.label, level.response_minutes, [str(target) for target in level.targets.all()])
        for level in path.levels.all()
    ]


class TestList:
    def test_each_path_says_whom_it_calls_first_and_how_many_problems_it_has(self, as_ada, rotation):
        make_path([rotation.layers.get()])
        (row,) = as_ada.get("/escalation/").context["paths"]
        assert row["first"] in ("Ann", "Ben")
        assert [problem.code for problem in row["calls"].serious] == ["unreachable"]

    def test_services_that_the_reader_may_not_see_are_not_counted(self, as_ada, morag):
        path = make_path([morag])
        make_service(escalation_path=path)
        make_service("Hush", escalation_path=path, classification="confidential")
        (row,) = as_ada.get("/escalation/").context["paths"]
        assert row["path"].following == 1

    def test_many_paths_come_in_pages_and_are_found_by_name(self, as_ada, morag):
        for number in range(52):
            make_path([morag], name=f"Path {number:02}")
        assert len(as_ada.get("/escalation/").context["paths"]) == 50
        assert len(as_ada.get("/escalation/?page=2").context["paths"]) == 2
        (row,) = as_ada.get("/escalation/?q=path+07%00").context["paths"]
        assert row["path"].name == "Path 07"
        assert "No path is called" in as_ada.get("/escalation/?q=zzqqxx").content.decode()

    @pytest.mark.parametrize("number", [2, 20])
    def test_queries_do_not_grow_with_paths(self, as_ada, rotation, number, django_assert_max_num_queries):
        for count in range(number):
            contact = Contact.objects.create(name=f"Contact {count}")
            make_path([rotation.layers.get()], [contact], name=f"Path {count}")
        as_ada.get("/escalation/")
        with django_assert_max_num_queries(19):
            as_ada.get("/escalation/")


class TestPath:
    def test_the_ladder_shows_who_is_on_call_at_the_moment_asked_for(self, as_ada, rotation, morag):
        make_path([rotation.layers.get()], [morag], triggers="A ship waits")
        page = as_ada.get("/escalation/harbour-path/?at=2026-01-07T12:00")
        assert page.context["calls"].first.callee.name == "Ann"
        text = page.content.decode()
        assert "Wednesday 7 January 2026, 12:00 UTC" in text
        assert "A ship waits" in text
        assert "after 15 min" in text

    def test_a_moment_is_read_by_the_readers_clock(self, as_user, morag):
        make_path([morag])
        reader = make_user("cy", time_zone="Pacific/Auckland")
        page = as_user(reader).get("/escalation/harbour-path/?at=2026-12-24T03:00")
        assert page.context["at"] == dt.datetime(2026, 12, 23, 14, 0, tzinfo=dt.UTC)
        assert 'value="2026-12-24T03:00"' in page.content.decode()

    def test_a_time_that_the_readers_zone_skips_is_answered(self, as_user, morag):
        make_path([morag])
        page = as_user(make_user("cy", time_zone="Europe/London")).get("/escalation/harbour-path/?at=2027-03-28T01:30")
        assert page.context["at"] == dt.datetime(2027, 3, 28, 1, 0, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        "at", ["x", "2026-13-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00", "2026-01-01T00:00%00"]
    )
    def test_a_moment_that_is_none_comes_back_with_a_sentence(self, as_ada, morag, at):
        make_path([morag])
        page = as_ada.get(f"/escalation/harbour-path/?at={at}")
        assert page.status_code == 422
        assert page.context["form"].errors["at"]
        assert "Morag Sinclair" in page.content.decode()

    def test_the_teams_time_stands_beside_the_readers(self, as_ada, morag):
        make_path([morag], team=make_team("Harbour"))
        text = as_ada.get("/escalation/harbour-path/?at=2026-07-01T12:00").content.decode()
        assert "12:00 UTC</time></b> (Wed 13:00 WEST for Harbour)" in text

    def test_a_service_that_the_reader_may_not_see_is_not_named(self, as_ada, morag):
        path = make_path([morag])
        make_service("Hush", escalation_path=path, classification="confidential")
        assert "Hush" not in as_ada.get("/escalation/harbour-path/").content.decode()

    def test_a_reader_is_offered_no_change(self, as_ada, morag):
        make_path([morag])
        text = as_ada.get("/escalation/harbour-path/").content.decode()
        assert "/edit/" not in text
        assert "Let it follow" not in text

    def test_there_is_no_path_of_that_name(self, as_ada):
        assert as_ada.get("/escalation/nothing/").status_code == 404

    def test_hostile_words_stay_words(self, as_ada):
        bad = Contact.objects.create(name="<script>alert(1)</script>", role="'\"><b>")
        make_path([bad], triggers="<img src=x>")
        text = as_ada.get("/escalation/harbour-path/").content.decode()
        assert "<script>alert" not in text
        assert "<img src=x>" not in text


class TestForm:
    def test_a_path_is_made_out_of_names(self, as_ed, rotation, morag):
        Channel.objects.create(purpose="Incidents", channel="#harbour")
        data = rows((["Primary, On call (Harbour)", "#harbour"], 5), (["morag sinclair"], 20))
        assert as_ed.post(NEW, data)["Location"] == "/escalation/tickets/"
        assert ladder(EscalationPath.objects.get()) == [
            ("L1", 5, ["Primary", "#harbour"]),
            ("L2", 20, ["Morag Sinclair"]),
        ]

    def test_a_name_that_nobody_has_comes_back_filled_in(self, as_ed, morag):
        page = as_ed.post(NEW, rows((["Moragg"], 5)))
        assert page.status_code == 422
        text = page.content.decode()
        assert "“Moragg” is not known" in text
        assert 'value="Moragg"' in text

    def test_a_name_that_two_have_asks_which(self, as_ed, morag):
        Contact.objects.create(name="Morag Sinclair", role="Piper")
        text = as_ed.post(NEW, rows((["Morag Sinclair"], 5))).content.decode()
        assert "Morag Sinclair, Booking lead; Morag Sinclair, Piper" in text

    def test_two_contacts_that_are_called_the_same_can_be_told_apart(self, as_ed, morag):
        twin = Contact.objects.create(name=morag.name, role=morag.role)
        as_ed.post(NEW, rows(([f"Morag Sinclair, Booking lead · {twin.pk}"], 5)))
        assert EscalationPath.objects.get().levels.get().targets.get().contact == twin

    @pytest.mark.parametrize("minutes", ["0", "-1", "x", "", "99999", "1e3"])
    def test_minutes_that_are_none_are_refused(self, as_ed, morag, minutes):
        page = as_ed.post(NEW, rows((["Morag Sinclair"], minutes)))
        assert page.status_code == 422
        assert page.context["form"].levels.errors[0]["response_minutes"]

    def test_an_empty_ladder_is_refused(self, as_ed):
        page = as_ed.post(NEW, rows())
        assert page.status_code == 422
        assert "at least one level" in page.content.decode()

    def test_a_level_with_words_but_nobody_is_not_passed_over(self, as_ed, morag):
        page = as_ed.post(NEW, rows((["Morag Sinclair"], 5), ([], 15), **{"levels-1-handles": "Fires"}))
        assert page.status_code == 422
        assert "Say whom this level calls" in page.content.decode()

    def test_the_same_one_twice_is_refused_with_the_level(self, as_ed, morag):
        page = as_ed.post(NEW, rows((["Morag Sinclair", "Morag Sinclair"], 5)))
        assert page.status_code == 422
        assert "L1 calls Morag Sinclair twice" in page.content.decode()

    def test_places_decide_the_order_and_a_tick_takes_a_level_out(self, as_ed, morag):
        ann = Contact.objects.create(name="Ann Lee")
        bob = Contact.objects.create(name="Bob Ray")
        levels = (([morag.name], 5), ([ann.name], 6), ([bob.name], 7))
        as_ed.post(NEW, rows(*levels, **{"levels-2-ORDER": "0", "levels-1-DELETE": "on"}))
        assert [whom for *_, whom in ladder(EscalationPath.objects.get())] == [["Bob Ray"], ["Morag Sinclair"]]

    def test_one_more_level_keeps_what_was_typed_and_saves_nothing(self, as_ed, morag):
        page = as_ed.post(NEW, rows((["not yet known"], "x"), more="1"))
        assert page.status_code == 200
        text = page.content.decode()
        assert 'value="not yet known"' in text
        assert len(page.context["form"].levels.forms) == 3
        assert not EscalationPath.objects.exists()

    @pytest.mark.parametrize("total", ["x", "", "-1", "100000", "٣"])
    def test_a_count_of_rows_that_is_none_breaks_nothing(self, as_ed, morag, total):
        for more in ({}, {"more": "1"}):
            data = rows((["Morag Sinclair"], 5), **more) | {"levels-TOTAL_FORMS": total}
            assert as_ed.post(NEW, data).status_code in (200, 422)

    def test_a_service_can_be_given_the_new_path_at_once(self, as_ed, morag):
        make_service()
        as_ed.post(f"{NEW}?service=ticket-desk", rows((["Morag Sinclair"], 5)))
        assert Service.objects.get().escalation_path == EscalationPath.objects.get()

    def test_a_service_that_the_person_may_not_see_is_passed_over(self, as_ed, morag):
        make_service("Hush", classification="confidential")
        assert "Hush" not in as_ed.get(f"{NEW}?service=hush").content.decode()
        as_ed.post(f"{NEW}?service=hush", rows((["Morag Sinclair"], 5)))
        assert Service.objects.get().escalation_path is None

    def test_a_path_is_changed_and_shown_filled_in(self, as_ed, morag):
        path = make_path([morag], minutes=[7])
        page = as_ed.get("/escalation/harbour-path/edit/").content.decode()
        assert 'value="Morag Sinclair, Booking lead"' in page
        data = rows((["Morag Sinclair, Booking lead"], 9), name="Harbour", base=path.updated_at.isoformat())
        assert as_ed.post("/escalation/harbour-path/edit/", data).status_code == 302
        assert ladder(path) == [("L1", 9, ["Morag Sinclair"])]

    def test_two_people_at_once_are_told_so(self, as_ed, morag):
        path = make_path([morag])
        base = path.updated_at.isoformat()
        data = rows((["Morag Sinclair"], 9), base=base)
        as_ed.post("/escalation/harbour-path/edit/", data | {"name": "First"})
        page = as_ed.post("/escalation/harbour-path/edit/", data | {"name": "Second"})
        assert page.status_code == 422
        assert "Somebody else changed this path" in page.content.decode()
        assert EscalationPath.objects.get().name == "First"

    def test_somebody_who_left_is_asked_to_be_replaced(self, as_ed, morag):
        path = make_path([morag])
        Contact.objects.update(left_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        data = rows((["Morag Sinclair, Booking lead"], 9), base=path.updated_at.isoformat())
        page = as_ed.post("/escalation/harbour-path/edit/", data)
        assert page.status_code == 422
        assert "is not known" in page.content.decode()

    @pytest.mark.parametrize("url", [NEW, "/escalation/harbour-path/edit/", "/escalation/harbour-path/delete/"])
    def test_readers_are_refused(self, as_ada, morag, url):
        make_path([morag])
        assert as_ada.get(url).status_code == 403
        assert as_ada.post(url).status_code == 403

    def test_a_form_with_two_hundred_contacts_holds_them_once(self, as_ed, django_assert_max_num_queries):
        Contact.objects.bulk_create(Contact(name=f"Contact {n:03}") for n in range(200))
        with django_assert_max_num_queries(8):
            text = as_ed.get(NEW).content.decode()
        assert text.count("Contact 123") == 1


class TestServices:
    URL = "/escalation/harbour-path/services/"

    def test_a_service_follows_and_leaves(self, as_ed, morag):
        path, service = make_path([morag]), make_service()
        as_ed.post(self.URL, {"follow": "ticket-desk"})
        service.refresh_from_db()
        assert service.escalation_path == path
        as_ed.post(self.URL, {"leave": "ticket-desk"})
        service.refresh_from_db()
        assert service.escalation_path is None

    def test_leaving_a_path_that_is_not_followed_any_more_changes_nothing(self, as_ed, morag):
        make_path([morag])
        other = make_path([morag], name="Other")
        service = make_service(escalation_path=other)
        as_ed.post(self.URL, {"leave": "ticket-desk"})
        service.refresh_from_db()
        assert service.escalation_path == other

    def test_readers_are_refused(self, as_ada, morag):
        make_path([morag])
        make_service()
        assert as_ada.post(self.URL, {"follow": "ticket-desk"}).status_code == 403

    def test_a_service_that_there_is_not_is_said(self, as_ed, morag):
        make_path([morag])
        page = as_ed.post(self.URL, {"follow": "nothing"}, follow=True)
        assert "Choose a service" in page.content.decode()

    def test_looking_changes_nothing(self, as_ed, morag):
        make_path([morag])
        assert as_ed.get(self.URL).status_code == 405


class TestDeleting:
    URL = "/escalation/harbour-path/delete/"

    @pytest.fixture
    def as_boss(self, as_user):
        return as_user(make_user("boss", role=APPROVER))

    def test_a_path_goes_after_a_yes(self, as_boss, morag):
        make_path([morag])
        assert "gone for good" in as_boss.get(self.URL).content.decode()
        assert as_boss.post(self.URL)["Location"] == "/escalation/"
        assert not EscalationPath.objects.exists()

    def test_a_path_that_is_followed_stays_and_names_the_services(self, as_boss, morag):
        make_service(escalation_path=make_path([morag]))
        page = as_boss.post(self.URL)
        assert page.status_code == 409
        assert "Ticket desk would have no escalation path" in page.content.decode()
