"""The example content: what a newcomer finds, every form that the reader knows, and what stays when it is removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Membership, Team, User
from accounts.roles import EDITOR
from accounts.services import add_member
from oncall.models import (
    Absence,
    Contact,
    Dependency,
    EscalationLevel,
    EscalationPath,
    Override,
    Plan,
    PlanMember,
    Rotation,
    Service,
    Swap,
    Way,
)
from oncall.pages.board import describe_board
from oncall.schedule import load_schedule
from portal.example.company import read_company
from portal.example.loading import load_example
from portal.example.removing import remove_example
from runbooks.models import Image, Runbook, RunbookVersion, Status
from runbooks.services import EditBase, save_edit
from tests.factories import make_published, make_service, make_user

pytestmark = pytest.mark.django_db

LATER = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module", autouse=True)
def example(django_db_setup: None, django_db_blocker: Any) -> Generator[None]:
    """The example content, loaded once for all tests of this file; what a test changes is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_example(LATER)
        yield
        transaction.set_rollback(True)


def collect(name: str) -> list[dict[str, Any]]:
    """What the reader found in all shown versions under that name."""
    documents = Runbook.objects.order_by("pk").values_list("shown_version__document", flat=True)
    return [thing for document in documents for thing in document[name]]


def history_of(path: str) -> list[RunbookVersion]:
    return list(Runbook.objects.get(source_path=path).versions.order_by("major", "minor"))


def test_there_are_four_teams_and_eight_services_and_no_others() -> None:
    company = read_company()
    assert (Team.objects.count(), Service.objects.count()) == (len(company.teams), len(company.services)) == (4, 8)


def test_services_have_what_the_company_file_says() -> None:
    service = Service.objects.get(slug="passenger-manifest")
    assert (service.team.slug, service.tier, service.classification) == ("harbour", 1, "confidential")
    assert {"booking-api", "shore-database", "shore-platform"} == {needed.slug for needed in service.depends_on.all()}
    assert service.links.filter(kind="status", label="Status").exists()


def test_every_service_has_a_runbook() -> None:
    assert not Service.objects.filter(runbooks=None).exists()


def test_each_team_is_led_by_one_person() -> None:
    assert set(Team.objects.filter(memberships__is_lead=True).values_list("slug", flat=True)) == {
        "booking",
        "harbour",
        "platform",
        "care",
    }
    assert Membership.objects.filter(is_lead=True).count() == 4


def test_nobody_of_the_example_can_log_in() -> None:
    people = User.objects.filter(email__endswith="@skerry.example")
    assert people.count() == len(read_company().people)
    assert not any(person.has_usable_password() or person.is_superuser or person.is_staff for person in people)


def test_everybody_has_the_role_of_the_company_file() -> None:
    for entry in read_company().people:
        assert [entry.role] == [group.name.lower() for group in User.objects.get(email=entry.email).groups.all()]


def test_every_runbook_has_an_active_version_and_an_owner_or_a_team() -> None:
    assert not Runbook.objects.exclude(versions__status=Status.ACTIVE).exists()
    assert not Runbook.objects.filter(owner=None, team=None).exists()


def test_history_has_the_numbers_people_and_days_of_the_company_file() -> None:
    first, second, third = history_of("booking-api/booking-api.md")
    assert [first.number, second.number, third.number] == ["1.0", "1.1", "2.0"]
    assert [first.status, second.status, third.status] == ["superseded", "superseded", "active"]
    assert second.author.display_name == "Elif Aydın"
    assert second.approved_by.display_name == "Morag Sinclair"
    assert second.activated_at.date() == second.approved_at.date() == dt.date(2026, 5, 4)
    assert first.superseded_at == second.activated_at
    assert first.markdown != second.markdown != third.markdown


def test_one_runbook_starts_with_version_2() -> None:
    assert [version.number for version in history_of("shore-platform/incidents/incident-response.md")] == ["2.0", "3.0"]


def test_one_version_is_in_review_and_one_is_a_draft_beside_the_active_ones() -> None:
    assert [version.status for version in history_of("fares-engine/fares-engine.md")] == ["active", "review"]
    assert [version.status for version in history_of("booking-api/procedures/summer-sale.md")] == ["active", "draft"]


def test_a_version_in_review_leaves_the_review_overdue() -> None:
    runbook = Runbook.objects.get(source_path="fares-engine/fares-engine.md")
    assert runbook.next_review_on == dt.date(2026, 9, 30)
    assert runbook.due(LATER.date()) == "overdue"


def test_nobody_approved_what_they_wrote_themselves() -> None:
    active = RunbookVersion.objects.filter(activated_at__isnull=False)
    assert not any(version.approved_by_id in (None, version.author_id) for version in active)


FORMS: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "alerts from a heading": ("alerts", lambda alert: alert["source"] == "heading"),
    "alerts from a table": ("alerts", lambda alert: alert["source"] == "table"),
    "an alert that is a document": ("alerts", lambda alert: alert["source"] == "document"),
    "alerts with another section": ("alerts", lambda alert: alert["source"] == "table" and alert["section"]),
    "escalation in a table": ("escalations", lambda path: path["form"] == "table"),
    "escalation in blocks": ("escalations", lambda path: path["form"] == "blocks"),
    "escalation as a drawing": ("escalations", lambda path: path["form"] == "drawing"),
    "escalation triggers": ("escalations", lambda path: path["triggers"]),
    "contacts with a telephone": ("contacts", lambda contact: contact["phone"]),
    "contacts with e-mail": ("contacts", lambda contact: contact["email"]),
    "contacts with a chat handle": ("contacts", lambda contact: contact["chat"]),
    "vendors": ("vendors", lambda vendor: vendor["account"]),
    "channels": ("channels", lambda channel: channel["channel"]),
    "recovery time": ("objectives", lambda objective: objective["kind"] == "RTO" and not objective["missing"]),
    "recovery point": ("objectives", lambda objective: objective["kind"] == "RPO" and not objective["missing"]),
    "decisions": ("decisions", lambda decision: decision["action"]),
    "error codes": ("error_codes", lambda code: code["resolution"]),
    "metrics with a normal range": ("metrics", lambda metric: metric["normal"] and metric["critical"]),
    "metrics with a target": ("metrics", lambda metric: metric["slo_target"] and metric["alert_threshold"]),
    "SEV severities": ("severities", lambda severity: severity["level"] == "SEV-1"),
    "P severities": ("severities", lambda severity: severity["level"] == "P0"),
    "daily tasks": ("checklists", lambda checklist: checklist["cadence"] == "daily"),
    "weekly tasks": ("checklists", lambda checklist: checklist["cadence"] == "weekly"),
    "monthly tasks": ("checklists", lambda checklist: checklist["cadence"] == "monthly"),
    "quarterly tasks": ("checklists", lambda checklist: checklist["cadence"] == "quarterly"),
    "nested items": ("checklists", lambda checklist: any(item["depth"] for item in checklist["items"])),
    "procedures with commands": ("procedures", lambda procedure: any(step["commands"] for step in procedure["steps"])),
    "expected output": ("procedures", lambda procedure: any(step["expected"] for step in procedure["steps"])),
    "verification": ("procedures", lambda procedure: any(step["checklist"] for step in procedure["steps"])),
    "commands that read": ("commands", lambda command: command["effect"] == "read"),
    "commands that write": ("commands", lambda command: command["effect"] == "write"),
    "prompts": ("commands", lambda command: any(line["prompt"] for line in command["lines"])),
    "output": ("commands", lambda command: any(line["kind"] == "output" for line in command["lines"])),
    "drawings": ("commands", lambda command: command["is_drawing"]),
    "SQL": ("commands", lambda command: command["language"] == "sql"),
    "YAML": ("commands", lambda command: command["language"] == "yaml"),
    "PromQL": ("commands", lambda command: command["language"] == "promql"),
    "placeholders in commands": ("placeholders", lambda placeholder: placeholder["in_command"]),
    "square placeholders": ("placeholders", lambda placeholder: placeholder["text"].startswith("[")),
    "angle placeholders": ("placeholders", lambda placeholder: placeholder["text"].startswith("<")),
    "shell variables": ("placeholders", lambda placeholder: placeholder["text"].startswith("$")),
    "mustache placeholders": ("placeholders", lambda placeholder: placeholder["text"].startswith("{{")),
    "known issues": ("issues", lambda issue: issue["symptoms"] and issue["diagnosis"] and issue["resolution"]),
    "causes and prevention": ("issues", lambda issue: issue["causes"] and issue["prevention"]),
    "communication templates": ("templates", lambda template: template["kind"] == "communication"),
    "a post-incident template": ("templates", lambda template: template["kind"] == "post-incident"),
    "change log": ("changes", lambda change: change["date"]),
    "numbered sections": ("sections", lambda section: section["number"]),
    "links between documents": ("links", lambda link: link["kind"] == "relative" and "#" in link["target"]),
    "images": ("links", lambda link: link["kind"] == "image"),
}


def test_every_form_that_the_reader_knows_is_shown() -> None:
    found = {name: collect(name) for name in {name for name, _ in FORMS.values()}}
    assert [form for form, (name, is_it) in FORMS.items() if not any(map(is_it, found[name]))] == []


def test_every_kind_of_document_is_shown() -> None:
    kinds = set(Runbook.objects.values_list("kind", flat=True))
    assert kinds == {"service", "feature", "procedure", "incident", "monitoring", "template"}


def test_no_link_is_broken_in_any_version() -> None:
    broken = [
        (str(version), link["target"])
        for version in RunbookVersion.objects.select_related("runbook")
        for link in version.document["links"]
        if link["is_broken"]
    ]
    assert broken == []


def test_the_drawing_beside_the_text_is_shown() -> None:
    runbook = Runbook.objects.get(source_path="boarding-gates/boarding-gates.md")
    assert Image.objects.get().get_absolute_url() in runbook.shown_version.html


def test_ids_of_the_documents_do_not_depend_on_the_machine() -> None:
    assert Runbook.objects.filter(source_id="example/booking-api/booking-api.md").exists()
    assert not Runbook.objects.exclude(source_id__startswith="example/").exists()


def test_a_service_that_others_need_stays_with_its_team() -> None:
    Dependency.objects.create(service=make_service(), needs=Service.objects.get(slug="tide-watch"))
    removal = remove_example()
    assert set(Service.objects.values_list("slug", flat=True)) == {"ticket-desk", "tide-watch"}
    assert set(Team.objects.values_list("slug", flat=True)) == {"harbour"}
    assert [reason.partition(":")[0] for reason in removal.kept] == ["Tide Watch", "Harbour Systems"]


def test_a_team_that_somebody_joined_stays() -> None:
    add_member(Team.objects.get(slug="care"), make_user("ada"))
    remove_example()
    assert list(Team.objects.values_list("slug", flat=True)) == ["care"]
    assert list(User.objects.values_list("email", flat=True)) == ["ada@example.com"]


def test_a_team_that_was_renamed_stays() -> None:
    Team.objects.filter(slug="care").update(name="Customer Happiness")
    assert remove_example().kept == ["Customer Happiness: it was renamed"]


def edit_the_example() -> Runbook:
    runbook = Runbook.objects.get(source_path="tide-watch/tide-watch.md")
    version = runbook.shown_version
    base = EditBase(version.pk, version.revision)
    save_edit(runbook, base=base, markdown="# Tides\n", author=make_user("ada", role=EDITOR), now=LATER)
    return runbook


def test_a_runbook_that_somebody_has_edited_stays_with_its_service() -> None:
    runbook = edit_the_example()
    removal = remove_example()
    assert list(Runbook.objects.all()) == [runbook]
    assert [service.slug for service in Service.objects.all()] == ["tide-watch"]
    assert removal.kept[0] == "Tide Watch: somebody here has edited it"


def test_edited_runbooks_go_too_when_that_is_asked_for() -> None:
    edit_the_example()
    remove_example(also_edited=True)
    assert not Runbook.objects.exists() and not Service.objects.exists()
    assert [user.email for user in User.objects.all()] == ["ada@example.com"]


def test_an_image_that_another_page_shows_stays() -> None:
    image = Image.objects.get()
    make_published(text=f"# Mine\n\n![The harbours]({image.get_absolute_url()})\n")
    remove_example()
    assert list(Image.objects.all()) == [image]


def test_people_who_wrote_what_stays_stay_too() -> None:
    edit_the_example()
    kept = remove_example().kept
    assert "Amina Yusuf: runbooks refer to it" in kept
    assert User.objects.filter(email="amina.yusuf@skerry.example").exists()


# ---- Who is on call ----


def test_every_team_of_the_example_has_a_rotation_with_somebody_next() -> None:
    board = describe_board(make_user("ada"), LATER)
    assert [len(team.rotations) for team in board.teams] == [1, 1, 1, 1]
    assert all(line.person or line.then for team in board.teams for line in team.lines)


def test_the_harbour_is_covered_around_the_clock_by_two_parts_of_the_world() -> None:
    rotation = Rotation.objects.get(team__slug="harbour")
    week = LATER + dt.timedelta(days=7)
    schedule = load_schedule(rotation, LATER, week)
    assert schedule.gaps(LATER, week) == []
    assert {shift.layer.name for shift in schedule.shifts(LATER, week)} == {"Days", "Nights, from Auckland", "Backup"}


def test_the_example_shows_a_planned_gap_and_one_that_nobody_meant() -> None:
    rotation = Rotation.objects.get(team__slug="platform")
    gaps = load_schedule(rotation, LATER, LATER + dt.timedelta(days=14)).gaps(LATER, LATER + dt.timedelta(days=14))
    assert {gap.is_planned for gap in gaps} == {True, False}


def test_the_example_shows_an_agreed_swap_and_one_that_waits() -> None:
    assert set(Swap.objects.values_list("status", flat=True)) == {"agreed", "asked"}
    assert Override.objects.filter(swap__status="agreed").count() == 2
    assert Override.objects.filter(swap=None).count() == 1
    assert Absence.objects.count() == 2


def test_services_of_the_example_follow_paths_that_reach_somebody() -> None:
    assert Service.objects.filter(escalation_path__isnull=False).count() == 6
    assert not EscalationLevel.objects.filter(targets=None).exists()


def test_telephone_numbers_of_the_example_come_from_ranges_kept_free_for_fiction() -> None:
    numbers = Way.objects.filter(kind=Way.Kind.PHONE).values_list("value", flat=True)
    assert numbers and all(number.startswith(("+44 20 7946 0", "+1 902 555 01")) for number in numbers)


def test_a_rotation_that_somebody_here_joined_stays_with_its_team() -> None:
    plan = Plan.objects.filter(layer__rotation__team__slug="care").first()
    PlanMember.objects.create(plan=plan, person=make_user("ada"), position=9)
    removal = remove_example()
    assert [rotation.team.slug for rotation in Rotation.objects.all()] == ["care"]
    assert "Care desk: somebody here is in it or has changed it" in removal.kept
    assert Team.objects.filter(slug="care").exists()


def test_a_path_that_a_service_of_ones_own_follows_stays_with_what_it_calls() -> None:
    path = EscalationPath.objects.get(slug="ships-and-gates")
    make_service(escalation_path=path)
    removal = remove_example()
    assert list(EscalationPath.objects.all()) == [path]
    assert "Harbour rota: escalation paths refer to it" in removal.kept
    assert Contact.objects.filter(name="Sigrid Haugen").exists()


def test_a_contact_of_ones_own_stays() -> None:
    Contact.objects.create(name="Harbour board, fees")
    remove_example()
    assert [contact.name for contact in Contact.objects.all()] == ["Harbour board, fees"]


def test_no_link_between_the_runbooks_is_broken_not_even_to_a_confidential_one() -> None:
    broken = [
        (str(version.runbook), finding["message"])
        for version in RunbookVersion.objects.filter(runbook__is_example=True, status="active").select_related(
            "runbook"
        )
        for finding in version.findings
        if finding["code"].startswith("broken")
    ]
    assert broken == []
