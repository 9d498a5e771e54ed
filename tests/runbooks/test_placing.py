"""Where imported documents belong: services, kinds, titles, owners and teams from facts, front matter and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.models import Team
from oncall.models import Service
from runbooks.models import Runbook
from tests.factories import make_service, make_team, make_user
from tests.runbooks.trees import runbook_at, take_in

pytestmark = pytest.mark.django_db

ALERT = (
    "# AlertmanagerDown\n\n## Meaning\n\nIt is down.\n\n## Impact\n\nNobody is told.\n\n## Mitigation\n\nStart it.\n"
)


def services_of(folder: Path, *paths: str, text: str = "# Some page\n\nText.\n") -> list[str]:
    take_in(folder, dict.fromkeys(paths, text))
    return [runbook_at(path).service.slug for path in paths]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "operations"


def test_a_stated_service_beats_every_folder(folder: Path) -> None:
    assert services_of(folder, "runbooks/other/a.md", text="# A\n\n**Service:** Pier gates\n") == ["pier-gates"]


@pytest.mark.parametrize(
    "text",
    ["---\nservice: Pier gates\n---\n# A\n", "# A\n\n| Field | Value |\n|---|---|\n| System Name | Pier gates |\n"],
    ids=["front matter", "table"],
)
def test_the_service_is_read_from_front_matter_and_tables(folder: Path, text: str) -> None:
    assert services_of(folder, "a.md", text=text) == ["pier-gates"]


def test_a_service_that_is_still_a_placeholder_is_none(folder: Path) -> None:
    assert services_of(folder, "gates/a.md", text="# A\n\n**Service:** [Service Name]\n") == ["gates"]


def test_the_operations_layout_has_a_service_a_file(folder: Path) -> None:
    assert services_of(folder, "runbooks/api-service.md", "runbooks/database.md") == ["api-service", "database"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("runbooks/database.md", "service"),
        ("incidents/blackout.md", "incident"),
        ("monitoring/queues.md", "monitoring"),
        ("procedures/scaling.md", "procedure"),
        ("gates/procedures/scaling.md", "procedure"),
    ],
)
def test_the_folder_says_what_kind_of_document_it_is(folder: Path, path: str, kind: str) -> None:
    take_in(folder, {path: "# Some page\n\nText.\n"})
    assert runbook_at(path).kind == kind


def test_folders_of_kinds_are_no_services(folder: Path) -> None:
    paths = ["incidents/blackout.md", "gates/procedures/scaling.md", "procedures/gates/scaling.md"]
    assert services_of(folder, *paths) == ["blackout", "gates", "gates"]


def test_a_readme_at_the_top_belongs_to_the_folder(folder: Path) -> None:
    assert services_of(folder, "README.md", "runbooks/README.md") == ["operations", "operations"]


def test_hugo_pages_belong_to_the_group_below_runbooks(folder: Path) -> None:
    paths = ["content/runbooks/alertmanager/AlertmanagerDown.md", "content/runbooks/alertmanager/_index.md"]
    assert services_of(folder, *paths, text=ALERT) == ["alertmanager", "alertmanager"]
    assert runbook_at(paths[0]).kind == "monitoring"


def test_a_hugo_index_takes_its_title_from_front_matter(folder: Path) -> None:
    path = "content/runbooks/etcd/_index.md"
    take_in(folder, {path: "---\ntitle: etcd alerts\nbookCollapseSection: true\n---\n"})
    assert (runbook_at(path).title, runbook_at(path).slug) == ("etcd alerts", "etcd-alerts")


def test_mkdocs_pages_belong_to_their_topmost_folder(folder: Path) -> None:
    assert services_of(folder, "docs/index.md", "docs/during/call.md") == ["docs", "docs"]


def test_a_loose_file_names_its_service_itself(folder: Path) -> None:
    assert services_of(folder, "night-boat.md") == ["night-boat"]


def test_an_existing_service_is_used_and_keeps_what_it_says(folder: Path) -> None:
    service = make_service("Pier gates", slo="99 %", tier=1)
    take_in(folder, {"a.md": "# A\n\n**Service:** pier gates\n**SLO:** 12 %\n"})
    service.refresh_from_db()
    assert (Service.objects.count(), service.slo, service.tier) == (1, "99 %", 1)


def test_a_new_service_gets_team_slo_and_links_from_the_text(folder: Path) -> None:
    text = (
        "# A\n\n**Service:** Pier gates\n**Team:** Harbour\n**SLO:** 99.9%\n"
        "**Repository:** https://git.example.com/gates\n"
    )
    take_in(folder, {"a.md": text})
    service = Service.objects.get()
    assert (service.team.name, service.slo) == ("Harbour", "99.9%")
    assert [(link.kind, link.url) for link in service.links.all()] == [("repository", "https://git.example.com/gates")]


def test_services_with_names_in_other_alphabets_stay_apart(folder: Path) -> None:
    text = "# A\n\n**Service:** {}\n"
    take_in(folder, {"a.md": text.format("Пристань"), "b.md": text.format("波止場"), "c.md": text.format("Пристань")})
    assert sorted(Service.objects.values_list("name", "slug")) == [("Пристань", "service"), ("波止場", "service-2")]
    assert runbook_at("a.md").service == runbook_at("c.md").service


@pytest.mark.parametrize("owner", ["ada@example.com", "ADA@example.com", "Ada", "ada"])
def test_the_owner_is_the_person_of_that_name_or_address(folder: Path, owner: str) -> None:
    ada = make_user("ada")
    take_in(folder, {"a.md": f"# A\n\n**Owner:** {owner}\n"})
    assert runbook_at("a.md").owner == ada


def test_a_name_that_two_people_have_is_nobody_s(folder: Path) -> None:
    make_user("ada")
    make_user("ada2", display_name="Ada")
    take_in(folder, {"a.md": "# A\n\n**Owner:** Ada\n"})
    assert runbook_at("a.md").owner is None


def test_a_team_named_as_owner_is_the_team(folder: Path) -> None:
    team = make_team("Harbour")
    take_in(folder, {"a.md": "# A\n\n**Owner:** harbour\n"})
    assert (runbook_at("a.md").team, Team.objects.count()) == (team, 1)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("Confidential", "confidential"), ("PUBLIC", "public"), ("Top secret", "internal"), ("", "internal")],
)
def test_the_classification_is_as_stated(folder: Path, said: str, meant: str) -> None:
    take_in(folder, {"a.md": f"# A\n\n**Classification:** {said}\n"})
    assert runbook_at("a.md").classification == meant


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Gates\n", "Gates"),
        ("---\ntitle: From front matter\n---\nText\n", "From front matter"),
        ("# Runbook\n\n**Feature Name:** Group bookings\n", "Group bookings"),
        ("# System Runbook\n\n**Service:** Pier gates\n", "Pier gates"),
        ("# Runbook\n", "Open the gates"),
        ("Just text.\n", "Open the gates"),
    ],
)
def test_the_title_is_what_the_document_calls_itself(folder: Path, text: str, title: str) -> None:
    take_in(folder, {"procedures/open-the_gates.md": text})
    assert runbook_at("procedures/open-the_gates.md").title == title


def test_an_index_without_a_title_is_called_like_its_folder(folder: Path) -> None:
    take_in(folder, {"pier-gates/_index.md": "Text.\n"})
    assert runbook_at("pier-gates/_index.md").title == "Pier gates"


def test_review_dates_come_from_the_text(folder: Path) -> None:
    text = "# A\n\n**Review Frequency:** Monthly\n**Last Review:** 2026-11-01\n"
    take_in(folder, {"a.md": text})
    runbook = runbook_at("a.md")
    assert (str(runbook.last_reviewed_on), str(runbook.next_review_on)) == ("2026-11-01", "2026-12-01")


def test_addresses_of_pages_are_not_hidden_by_a_runbook(folder: Path) -> None:
    take_in(folder, {"new.md": "# New\n", "edit.md": "# Edit\n"})
    assert not Runbook.objects.filter(slug__in=["new", "edit"]).exists()
