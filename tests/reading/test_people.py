from __future__ import annotations

import pytest

from runbooks.reading.reach import split_reach
from tests.reading.structure_of import document_of


def contacts_of(header: str, *rows: str):
    lines = [header, "|" + "---|" * (header.count("|") - 1), *rows]
    return document_of("# A\n\n## Contacts\n\n" + "\n".join(lines) + "\n").contacts


def test_a_table_with_one_contact_column_is_split_into_ways():
    (found,) = contacts_of(
        "| Role | Name | Contact | Availability |", "| Owner | Ann Lee | ann@example.org, #ledger | 9-17 UTC |"
    )
    assert (found.role, found.name, found.email, found.chat) == ("Owner", "Ann Lee", "ann@example.org", "#ledger")
    assert (found.contact, found.availability, found.missing) == ("", "9-17 UTC", False)


def test_a_table_with_phone_and_email_columns_is_read():
    (found,) = contacts_of(
        "| Role | Name | Phone | Email | Availability |", "| DBA | Bo | +1 555 0100 | bo@example.org | always |"
    )
    assert (found.phone, found.email) == ("+1 555 0100", "bo@example.org")
    assert found.is_reachable


def test_a_way_that_is_neither_mail_nor_phone_is_kept_as_written():
    (found,) = contacts_of("| Role | Name | Contact | Availability |", "| On-call | rota | PagerDuty: ledger | 24/7 |")
    assert found.contact == "PagerDuty: ledger"


def test_a_role_without_name_and_way_is_missing_and_an_empty_row_is_nothing():
    first, second = contacts_of(
        "| Role | Name | Contact | Availability |",
        "| Owner | | | |",
        "| Lead | [Name] | [Contact] | [Hours] |",
        "| | | | |",
    )
    assert first.missing and second.missing
    assert (second.name, second.contact) == ("", "")


def test_lines_under_key_personnel_are_contacts():
    text = (
        "# A\n\n## Help\n\n**Key Personnel:**\n"
        "- **Service Owner:** Ann Lee, ann@example.org, +44 20 7946 0000\n- **Backup:** [Name]\n"
    )
    first, second = document_of(text).contacts
    assert (first.role, first.name, first.email, first.phone) == (
        "Service Owner",
        "Ann Lee",
        "ann@example.org",
        "+44 20 7946 0000",
    )
    assert second.missing


def test_a_contacts_section_keeps_team_and_channels_apart_from_people():
    text = "# A\n\nx\n\n## Contacts\n\n**Team:** Payments\n**Slack Channel:** #payments\n**Escalation:** Di Roe, @di\n"
    document = document_of(text)
    assert document.value("team") == "Payments"
    assert [(channel.purpose, channel.channel) for channel in document.channels] == [("Slack Channel", "#payments")]
    assert [(contact.role, contact.name, contact.chat) for contact in document.contacts] == [
        ("Escalation", "Di Roe", "@di")
    ]


def test_closing_lines_below_the_contacts_are_no_contacts():
    text = "# A\n\n## Contacts\n\n- **Owner:** Ann\n\n---\n\n**Last Updated:** 2026-01-01\n**Next Review:** [Date]\n"
    assert [contact.role for contact in document_of(text).contacts] == ["Owner"]


@pytest.mark.parametrize("heading", ["On-Call Handoff", "Components", "Contacting the API", "Contact form service"])
def test_bold_lists_elsewhere_are_no_contacts(heading):
    assert document_of(f"# A\n\n## {heading}\n\n- **Database:** stores rows\n- **Queue:** holds mails\n").contacts == ()


def test_a_table_of_duties_holds_no_contacts():
    text = "# A\n\n## Roles\n\n| Role | Responsibility |\n|-|-|\n| Scribe | writes |\n"
    assert document_of(text).contacts == ()


def test_vendors_are_read_and_empty_rows_are_not():
    text = (
        "# A\n\n| Vendor | Support Type | Contact | Account/Contract # |\n|-|-|-|-|\n"
        "| CloudCo | 24/7 | help@cloud.example | 17-4 |\n| | | | |\n"
    )
    (vendor,) = document_of(text).vendors
    assert (vendor.name, vendor.support_type, vendor.contact, vendor.account) == (
        "CloudCo",
        "24/7",
        "help@cloud.example",
        "17-4",
    )


def test_channels_in_a_table_are_read():
    text = "# A\n\n| Purpose | Channel | Details |\n|-|-|-|\n| Incidents | #inc | public |\n| Alerts | | |\n| | | |\n"
    assert [(c.purpose, c.channel, c.details) for c in document_of(text).channels] == [
        ("Incidents", "#inc", "public"),
        ("Alerts", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "email", "phone", "chat", "rest"),
    [
        ("Ann Lee <ann@example.org>", "ann@example.org", "", "", "Ann Lee"),
        ("(555) 010-0199 ext. 4", "", "(555) 010-0199 ext. 4", "", ""),
        ("Slack: #ops-help", "", "", "#ops-help", ""),
        ("@ann or @bo", "", "", "@ann", "or @bo"),
        ("since 2026-03-15", "", "", "", "since 2026-03-15"),
        ("Mo-Fr 09:00-17:00", "", "", "", "Mo-Fr 09:00-17:00"),
        ("room 12", "", "", "", "room 12"),
        ("+49 (0)30 1234567, Bo", "", "+49 (0)30 1234567", "", "Bo"),
        ("a@b", "", "", "", "a@b"),
    ],
)
def test_ways_to_reach_somebody_are_told_apart_in_free_text(text, email, phone, chat, rest):
    found = split_reach(text)
    assert (found.email, found.phone, found.chat, found.rest) == (email, phone, chat, rest)


def test_the_target_of_a_link_is_a_way_too():
    assert split_reach("Ann", "mailto:ann@example.org?subject=x").email == "ann@example.org"
    assert split_reach("Ann", "tel:+15550100").phone == "+15550100"
    assert split_reach("rota", "https://pager.example.org").url == "https://pager.example.org"


def test_levels_of_a_ladder_below_the_contacts_are_no_contacts():
    document = document_of("# A\n\n## Contacts\n\n### Escalation\n\n- **Level 1:** Support\n- **Level 2:** Lead\n")
    assert document.contacts == ()
    assert len(document.escalations) == 1
