from __future__ import annotations

from datetime import date

import pytest

from runbooks.reading.facts import canonical_name, parse_date, review_days
from tests.reading.structure_of import document_of


def test_bold_lines_under_the_title_are_facts():
    document = document_of(
        "# Ledger\n\n**Service:** Ledger API  \n**Owning Squad:** Payments\n**Last Updated:** 2026-02-01\n"
    )
    assert document.value("service") == "Ledger API"
    assert document.value("team") == "Payments"
    assert document.value("last_updated") == "2026-02-01"
    assert [fact.line for fact in document.facts] == [3, 4, 5]


def test_the_colon_may_stand_outside_the_bold_text():
    assert document_of("# Ledger\n\n**Owner**: Ann Lee\n").value("owner") == "Ann Lee"


def test_list_items_under_the_title_are_facts():
    assert document_of("# Ledger\n\n- **Owner:** Ann Lee\n- **Tier:** 1\n").value("tier") == "1"


def test_field_value_table_is_read_with_the_line_of_each_row():
    document = document_of("# Ledger\n\n| Field | Value |\n|--|--|\n| **Squad** | Payments |\n| SLO Target | 99.9% |\n")
    assert document.value("slo") == "99.9%"
    assert document.fact("team").label == "Squad"
    assert document.fact("slo").line == 6


def test_front_matter_keys_are_facts_on_line_one():
    text = (
        "---\ntitle: Ledger\nowner_team: Payments\nowner: Ann\nreview_in: 6 months\n"
        "last_reviewed_on: 2026-01-05\n---\n# Ledger\n"
    )
    document = document_of(text)
    assert document.value("review_frequency") == "6 months"
    assert review_days(document.value("review_frequency")) == 182
    assert document.value("last_review") == "2026-01-05"
    assert document.fact("owner").line == 1


def test_closing_lines_in_bold_and_in_italics_are_facts():
    text = (
        "# Ledger\n\n## Steps\n\nDo it.\n\n---\n\n*Last Review: 2026-03-15*\n"
        "*Next Review: 2026-06-15*\n*Approved By: Ann Lee*\n"
    )
    document = document_of(text)
    assert document.value("next_review") == "2026-06-15"
    assert document.value("approved_by") == "Ann Lee"
    assert document.fact("last_review").line == 9


@pytest.mark.parametrize(
    "value", ["[Name]", "[Draft | Review | Approved]", "", "{{ owner }}", "TBD", "[Team] / [Person]"]
)
def test_an_empty_value_or_a_placeholder_is_missing(value):
    fact = document_of(f"# Ledger\n\n**Owner:** {value}\n**Version:** 2\n").fact("owner")
    assert fact.missing
    assert fact.value == ""


def test_a_value_that_is_a_link_keeps_its_target():
    fact = document_of("# Ledger\n\n**On-Call:** [rota](https://pager.example.org/ledger)\n").fact("on_call")
    assert (fact.value, fact.url, fact.missing) == ("rota", "https://pager.example.org/ledger", False)


def test_labels_inside_other_sections_are_no_facts():
    text = (
        "# Ledger\n\n## Restore\n\n**Status:** wait until it is green\n\n"
        "- **Owner:** of the table is `ledger`\n\n## End\n\nx\n"
    )
    assert document_of(text).facts == ()


def test_an_overview_section_may_state_facts():
    document = document_of("# Ledger\n\nIntro.\n\n## Service Overview\n\n**Purpose:** books money\n**SLA:** 99.95%\n")
    assert document.value("purpose") == "books money"
    assert document.value("slo") == "99.95%"


def test_addresses_come_from_component_tables():
    text = (
        "# Ledger\n\n## Parts\n\n### Key\n\n| Component | Details |\n|--|--|\n| Production URL | https://ledger.example.org |\n"
        "| Repository | [ledger](https://git.example.org/ledger) |\n| Purpose | none of the document's |\n"
    )
    document = document_of(text)
    assert document.fact("production_url").url == "https://ledger.example.org"
    assert document.fact("repository_url").url == "https://git.example.org/ledger"
    assert document.fact("purpose") is None


def test_dashboards_are_found_in_lines_lists_and_tables():
    line = "# A\n\n## Monitoring\n\n### Primary Dashboard\n**URL**: https://graphs.example.org/a\n"
    table = (
        "# A\n\n## Dashboards\n\n| Dashboard | URL | Purpose |\n|-|-|-|\n"
        "| Main | https://graphs.example.org/m | all |\n| Spare | | |\n"
    )
    assert document_of(line).fact("dashboard_url").url == "https://graphs.example.org/a"
    assert [fact.label for fact in document_of(table).facts] == ["Main"]


def test_plain_lines_under_the_title_are_facts_when_their_label_is_known():
    document = document_of("# Ledger\n\nOwner: Ann Lee\nMood: fine\n")
    assert [(fact.name, fact.value) for fact in document.facts] == [("owner", "Ann Lee")]


def test_the_title_names_the_service_when_no_fact_does():
    document = document_of("# Runbook: Ledger API\n\nText.\n", "runbooks/ledger.md")
    assert document.value("service") == "Ledger API"


def test_the_file_names_the_service_when_nothing_better_does():
    document = document_of("# Operational notes\n\n**Service:** [Service Name]\n", "runbooks/ledger-api.md")
    assert document.value("service") == "ledger-api"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("runbooks/ledger-runbook.md", "ledger"),
        ("runbooks/service-runbook.md", "service-runbook"),
        ("ledger/README.md", "ledger"),
    ],
)
def test_a_file_name_is_used_without_the_word_runbook(path, name):
    assert document_of("# Runbook\n\nText.\n", path).value("service") == name


def test_a_review_date_that_is_no_date_is_reported_with_its_line():
    document = document_of("# Ledger\n\n**Next Review:** after the summer\n")
    assert [note.line for note in document.not_understood] == [3]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Squad", "team"),
        ("SLA", "slo"),
        ("**Next Review Date**", "next_review"),
        ("System Owner", "owner"),
        ("Colour", ""),
    ],
)
def test_synonyms_map_to_one_name(label, name):
    assert canonical_name(label) == name


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Quarterly", 90),
        ("Monthly", 30),
        ("weekly", 7),
        ("Annually", 365),
        ("Yearly", 365),
        ("Twice a year", 182),
        ("Semi-annually", 182),
        ("every 90 days", 90),
        ("every 6 months", 182),
        ("90d", 90),
        ("3 months", 90),
        ("every two weeks", 14),
        ("every quarter", 90),
        ("every other month", 60),
        ("when needed", None),
        ("", None),
    ],
)
def test_review_frequencies_are_counted_in_days(text, days):
    assert review_days(text) == days


@pytest.mark.parametrize(
    "text",
    ["2026-03-15", "15 March 2026", "March 15, 2026", "2026/03/15", "2026-03-15T09:00:00Z", "15th of it: 15 Mar 2026"],
)
def test_dates_are_read_in_the_forms_people_write(text):
    assert parse_date(text) == date(2026, 3, 15)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "03/04/2026", "31 February 2026", "15 Smarch 2026", ""])
def test_what_is_no_clear_date_gives_none(text):
    assert parse_date(text) is None
