"""`/coverage/`: which service has what, where it stands, and where what is missing can be written."""

import csv
import io
from html import unescape
from xml.etree import ElementTree

import pytest

from accounts.roles import ADMINISTRATOR, APPROVER, EDITOR
from oncall.models import Classification, Service
from runbooks.models import Kind
from runbooks.services import EditBase, create_runbook, retire_runbook, save_edit
from tests.factories import (
    NOW,
    make_active,
    make_path,
    make_published,
    make_rotation,
    make_service,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db

ROLLBACK = "# Runbook: {0}\n\n## Rollback\n\nPress the button.\n"
RECOVERY = "# Procedure: Restore {0}\n\n1. Fetch the copy.\n"


def page(response):
    assert response.status_code == 200, response.content.decode()[:500]
    return unescape(response.content.decode())


def row(html, name):
    """The words of a service's cells, by column."""
    line = next(part.split("</tr>")[0] for part in html.split("<tr>") if f">{name}</a>" in part)
    words = [part.split("</span>")[0] for part in line.split('<span class="vh">')[1:]]
    return dict(said.split(": ", 1) for said in words)


def link(html, name, label):
    line = next(part.split("</tr>")[0] for part in html.split("<tr>") if f">{name}</a>" in part)
    cell = next(part for part in line.split("<td")[1:] if f">{label}:" in part)
    return cell.split('href="')[1].split('"')[0] if "href=" in cell else ""


def publish(name, text=ROLLBACK, **extra):
    service = Service.objects.filter(name=name).first() or make_service(name)
    title = extra.pop("title", name)
    return make_published(title, text=text.format(name), service=service, **extra)


def test_a_part_leads_to_the_section_that_holds_it(as_ada):
    publish("Desk")
    html = page(as_ada.get("/coverage/"))
    assert row(html, "Desk")["Rollback"] == "there, in Desk"
    assert link(html, "Desk", "Rollback") == "/runbooks/desk/desk/#rollback"


def test_the_services_own_runbook_answers_before_a_procedure(as_ada):
    publish("Desk", "# How to roll back\n\nPress.\n", title="Back", kind=Kind.PROCEDURE)
    publish("Desk")
    assert link(page(as_ada.get("/coverage/")), "Desk", "Rollback") == "/runbooks/desk/desk/#rollback"


def test_a_procedure_answers_what_the_runbook_leaves_out(as_ada):
    publish("Desk")
    publish("Desk", "# How to scale\n\n## Scaling\n\nAdd pods.\n", title="Scale", kind=Kind.PROCEDURE)
    html = page(as_ada.get("/coverage/"))
    assert row(html, "Desk")["Scaling"] == "there, in Scale" and row(html, "Desk")["Rollback"] == "there, in Desk"


def test_recovery_needs_both_objectives(as_ada):
    publish("Desk", "# Runbook: Desk\n\n## Disaster recovery\n\n**RTO:** 4 hours\n")
    html = page(as_ada.get("/coverage/"))
    assert row(html, "Desk")["Disaster recovery"] == "in part: without an RPO, in Desk"
    publish("Desk", "# How to fetch the copy\n\nThe RPO is 5 minutes.\n", title="Copy", kind=Kind.PROCEDURE)
    assert row(page(as_ada.get("/coverage/")), "Desk")["Disaster recovery"].startswith("there, in Desk")


def test_objectives_alone_are_recovery_in_part(as_ada):
    publish("Desk", "# Runbook: Desk\n\n## Promises\n\nThe RTO is 4 hours and the RPO is 5 minutes.\n")
    html = page(as_ada.get("/coverage/"))
    assert row(html, "Desk")["Disaster recovery"] == "in part: without a section, in Desk"
    assert link(html, "Desk", "Disaster recovery") == "/runbooks/desk/desk/#promises"


def test_what_stands_in_a_draft_only_is_said_to_be_a_draft(as_user):
    ada, desk = make_user("ada", role=EDITOR), make_service("Desk")
    create_runbook(service=desk, title="Desk", kind="service", markdown=ROLLBACK.format("Desk"), author=ada, now=NOW)
    html = page(as_user(ada).get("/coverage/"))
    assert row(html, "Desk")["Rollback"] == "in a draft only, in Desk"
    assert link(html, "Desk", "Rollback") == "/runbooks/desk/desk/#rollback"


def test_a_draft_beside_the_version_in_force_leads_to_its_own_page(as_user):
    ada = make_user("ada", role=EDITOR)
    runbook = publish("Desk")
    base = EditBase(runbook.shown_version.pk, 1)
    text = ROLLBACK.format("Desk") + "\n## Scaling\n\nAdd pods.\n"
    draft = save_edit(runbook, base=base, markdown=text, author=ada, now=NOW)
    html = page(as_user(ada).get("/coverage/"))
    assert row(html, "Desk")["Scaling"] == "in a draft only, in Desk"
    assert link(html, "Desk", "Scaling") == f"/runbooks/desk/desk/versions/{draft.number}/#scaling"


def test_a_retired_runbook_and_a_template_answer_nothing(as_ada):
    boss = make_user("ben", role=APPROVER)
    retire_runbook(publish("Desk"), user=boss, now=NOW)
    publish("Desk", title="Pattern", kind=Kind.TEMPLATE)
    html = page(as_ada.get("/coverage/"))
    assert row(html, "Desk")["Rollback"] == "missing"


# --- What is missing --------------------------------------------------------------------------------------------------


def test_a_reader_gets_no_way_to_write(as_ada):
    publish("Desk")
    html = page(as_ada.get("/coverage/"))
    assert row(html, "Desk")["Scaling"] == "missing" and link(html, "Desk", "Scaling") == ""


def test_an_editor_is_led_to_the_editor_of_the_services_runbook(as_user):
    publish("Desk")
    html = page(as_user(make_user("ben", role=EDITOR)).get("/coverage/"))
    assert row(html, "Desk")["Scaling"] == "missing. Write it for Desk"
    assert link(html, "Desk", "Scaling") == "/runbooks/desk/desk/edit/"


def test_an_editor_begins_a_runbook_where_there_is_none(as_user):
    make_service("Desk")
    ben = as_user(make_user("ben", role=EDITOR))
    address = link(page(ben.get("/coverage/")), "Desk", "Scaling")
    assert address == "/runbooks/new/?template=service-runbook&service=desk"
    assert ben.get(address).status_code == 200


# --- Who may see ------------------------------------------------------------------------------------------------------


def test_a_confidential_service_is_on_nobody_elses_page(as_ada, as_user):
    team = make_team("Vault", make_user("ben"))
    make_service("Safe", team=team, classification=Classification.CONFIDENTIAL)
    assert "Safe" not in page(as_ada.get("/coverage/")) + as_ada.get("/coverage/coverage.csv").content.decode()
    assert "Safe" not in as_ada.get("/coverage/coverage.svg").content.decode()
    assert "Safe" in page(as_user(make_user("cy", role=ADMINISTRATOR)).get("/coverage/"))


def test_a_confidential_runbook_counts_only_for_those_who_may_see_it(as_ada, as_user):
    publish("Desk", classification=Classification.CONFIDENTIAL)
    html = page(as_ada.get("/coverage/"))
    assert row(html, "Desk")["Rollback"] == "missing"
    html = page(as_user(make_user("cy", role=ADMINISTRATOR)).get("/coverage/"))
    assert row(html, "Desk")["Rollback"].startswith("there")


@pytest.mark.parametrize("path", ["", "coverage.svg", "coverage.csv"])
def test_only_those_who_may_read_runbooks_see_coverage(as_user, path):
    nobody = make_user("cy")
    nobody.groups.clear()
    assert as_user(nobody).get(f"/coverage/{path}").status_code == 403


@pytest.mark.parametrize("path", ["", "coverage.svg", "coverage.csv"])
def test_nothing_is_changed_by_a_post(as_ada, path):
    assert as_ada.post(f"/coverage/{path}").status_code == 405


# --- What a service lacks ---------------------------------------------------------------------------------------------


def lacking(html, code):
    part = html[html.index(f'id="h-{code}"') :]
    return part[: part.index("</section>")]


def test_services_without_team_path_oncall_and_runbook_are_named(as_ada):
    make_service("Desk")
    html = page(as_ada.get("/coverage/"))
    assert all("Desk" in lacking(html, code) for code in ("owner", "path", "oncall", "runbook"))


def test_a_service_that_has_everything_lacks_nothing(as_ada, ada):
    team = make_team("Harbour", ada)
    rotation = make_rotation(team, ada)
    service = make_service("Desk", team=team, escalation_path=make_path([rotation.layers.get()]))
    make_published("Desk", service=service)
    html = page(as_ada.get("/coverage/"))
    assert all("None." in lacking(html, code) for code in ("owner", "path", "oncall", "runbook"))


def test_a_path_that_calls_nobody_is_none(as_ada):
    make_service("Desk", escalation_path=make_path([]))
    html = page(as_ada.get("/coverage/"))
    assert "Desk" in lacking(html, "path") and "Desk" in lacking(html, "oncall")


def test_without_a_path_the_teams_rotation_answers(as_ada, ada):
    team = make_team("Harbour", ada)
    make_rotation(team, ada)
    make_service("Desk", team=team)
    html = page(as_ada.get("/coverage/"))
    assert "Desk" in lacking(html, "path") and "Desk" not in lacking(html, "oncall")


def test_a_path_of_an_empty_rotation_calls_nobody_now(as_ada, ada):
    team = make_team("Harbour", ada)
    rotation = make_rotation(team)
    make_service("Desk", team=team, escalation_path=make_path([rotation.layers.get()]))
    html = page(as_ada.get("/coverage/"))
    assert "Desk" not in lacking(html, "path") and "Desk" in lacking(html, "oncall")


# --- Filters and order ------------------------------------------------------------------------------------------------


def names(html):
    return [part.split(">")[1].split("<")[0] for part in html.split('<th scope="row"><a href=')[1:]]


def test_most_to_do_times_importance_comes_first(as_ada):
    make_service("Small", tier=4)
    make_service("Great", tier=1)
    make_service("Middle", tier=3)
    assert names(page(as_ada.get("/coverage/"))) == ["Great", "Middle", "Small"]
    assert names(page(as_ada.get("/coverage/?sort=name"))) == ["Great", "Middle", "Small"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=des", ["Desk"]),
        ("q=harbour+gate", ["Gate"]),
        ("team=harbour", ["Gate"]),
        ("team=~none", ["Desk"]),
        ("tier=1", ["Gate"]),
        ("tier=12", ["Gate", "Desk"]),
        ("lack=owner", ["Desk"]),
        ("gap=rollback", ["Gate"]),
        ("gap=nothing&lack=x&sort=x&page=x", ["Gate", "Desk"]),
        ("q=%00", ["Gate", "Desk"]),
        ("page=99", ["Gate", "Desk"]),
    ],
)
def test_the_filters(as_ada, query, found):
    make_service("Gate", tier=1, team=make_team("Harbour"))
    publish("Desk")
    assert names(page(as_ada.get(f"/coverage/?{query}"))) == found


def test_nothing_fits_and_nothing_is_there_are_two_things(as_ada):
    assert "No services yet" in page(as_ada.get("/coverage/"))
    make_service("Desk")
    assert "No service fits" in page(as_ada.get("/coverage/?q=zzz"))


def test_hostile_names_are_text(as_ada):
    Service.objects.create(name="<img src=x onerror=alert(1)>", slug="x")
    assert "<img src=x" not in as_ada.get("/coverage/").content.decode()
    picture = as_ada.get("/coverage/coverage.svg").content
    assert b"<img" not in picture and ElementTree.fromstring(picture) is not None


# --- Picture and file -------------------------------------------------------------------------------------------------


def test_the_picture_is_an_svg_that_says_each_cell(as_ada):
    publish("Desk & Chair")
    response = as_ada.get("/coverage/coverage.svg?q=desk")
    assert response["Content-Type"].startswith("image/svg+xml")
    titles = [node.text for node in ElementTree.fromstring(response.content).iter() if node.tag.endswith("title")]
    assert "Desk & Chair, Rollback: there" in titles and "Desk & Chair, Scaling: missing" in titles


def test_the_file_says_each_cell_and_runs_no_formula(as_ada):
    publish("Desk")
    Service.objects.create(name="=1+1", slug="sum")
    rows = list(csv.reader(io.StringIO(as_ada.get("/coverage/coverage.csv").content.decode())))
    by_name = {line[0]: dict(zip(rows[0], line, strict=True)) for line in rows[1:]}
    assert by_name["Desk"]["Rollback"] == "there" and by_name["Desk"]["Without an owner"] == "yes"
    assert by_name["'=1+1"]["Rollback"] == "missing"


# --- Figures ----------------------------------------------------------------------------------------------------------


def test_the_page_takes_the_same_number_of_queries_for_two_and_for_twenty(as_ada, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(12) as queries:
            assert as_ada.get("/coverage/").status_code == 200
        return len(queries)

    for number in range(2):
        publish(f"Desk {number}")
    first = count()
    for number in range(2, 20):
        publish(f"Desk {number}")
    assert count() == first


def test_a_version_that_went_through_people_counts(as_ada):
    make_active(make_user("editor", role=EDITOR), text=ROLLBACK.format("Ticket desk"))
    assert row(page(as_ada.get("/coverage/")), "Ticket desk")["Rollback"] == "there, in Ticket desk"
