"""Which entry of the directory a line of a runbook means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.people_found.findings import find_departed
from runbooks.people_found.matching import Directory, Entry, fold, match, phone_keys
from runbooks.people_found.named import Named, names_in
from runbooks.reading import read

EDDA = Entry(
    "contact",
    "Edda Brække",
    "/contacts/1/",
    1,
    "Harbour master",
    team=7,
    phones=("+44 20 7946 0150",),
    emails=("edda@skerry.example",),
    chats=("@edda",),
)
SIGRID = Entry("contact", "Sigrid Haugen", "/contacts/2/", 2, "Lead", team=7, phones=("+44 20 7946 0131",))
DESK = Entry("contact", "Ticket Office", "/contacts/3/", 3, is_shared=True, phones=("+44 20 7946 0151",))
MAGNUS = Entry("contact", "Old Magnus", "/contacts/4/", 4, phones=("+44 20 7946 0158",), has_left=True)
ALL = Directory([EDDA, SIGRID, DESK, MAGNUS])


def line(**values):
    return Named("contact", values.pop("name", ""), values.pop("line", 3), **values)


@pytest.mark.parametrize(
    ("named", "entry", "by"),
    [
        (line(name="E. Brekke", email="EDDA@skerry.example"), EDDA, "email"),
        (line(role="Harbour", phone="+44 (0)20 7946-0150"), EDDA, "phone"),
        (line(role="Harbour", phone="020 7946 0150"), EDDA, "phone"),
        (line(role="Harbour", phone="0044 20 7946 0150 ext. 3"), EDDA, "phone"),
        (line(name="Edda", chat="@Edda"), EDDA, "chat"),
        (line(name="edda  BRAEKKE"), EDDA, "name"),
        (line(name="Captain Edda Brække"), EDDA, "name"),
        (line(role="Ticket office"), DESK, "name"),
        (line(role="harbour master"), EDDA, "role"),
        (line(name="Old Magnus"), MAGNUS, "name"),
    ],
)
def test_the_surest_sign_comes_first(named, entry, by):
    found = match(named, ALL, team=7)
    assert (found.entry, found.by) == (entry, by)


@pytest.mark.parametrize(
    "named",
    [
        line(name="Ann Lee"),
        line(name="Ann Lee", phone="+1 20 7946 0150"),  # the same digits in another country
        line(name="Ann Lee", phone="12"),
        line(role="Duty officer"),
        line(name="---", role="..."),
        line(name="Ann Lee", phone="+44 20 7946 0151"),  # called on the line of the ticket office
    ],
)
def test_nobody_is_taken_for_somebody_else(named):
    assert match(named, ALL, team=7).entry is None


def test_a_role_means_somebody_of_the_same_team_only():
    assert match(line(role="Harbour master"), ALL, team=8).entry is None
    assert match(line(role="Harbour master"), ALL, team=None).entry is None


def test_of_two_with_one_name_who_is_still_there_is_meant():
    twin = Entry("contact", "Old Magnus", "/contacts/5/", 5)
    assert match(line(name="Old Magnus"), Directory([MAGNUS, twin])).entry == twin


def test_a_number_that_was_handed_on_means_whom_the_line_names():
    heir = Entry("contact", "Ann Lee", "/contacts/6/", 6, phones=MAGNUS.phones)
    both = Directory([heir, MAGNUS])
    assert match(line(name="Old Magnus", phone=MAGNUS.phones[0]), both).entry == MAGNUS
    assert match(line(name="Ann Lee", phone=MAGNUS.phones[0]), both).entry == heir


def test_a_title_is_no_difference_and_no_name_by_itself():
    assert match(line(name="Dr. Sigrid Haugen"), ALL).differences(True) == []
    assert match(line(name="Captain"), ALL).entry is None


def test_differences_say_both_sides():
    named = line(name="Sigrid Haugen", role="Lead", phone="+44 20 7946 0199", email="s@skerry.example")
    told = [(one.label, one.runbook, one.directory) for one in match(named, ALL, 7).differences(True)]
    assert told == [
        ("phone", "+44 20 7946 0199", "+44 20 7946 0131"),
        ("e-mail", "s@skerry.example", ""),
    ]


def test_the_same_number_written_otherwise_is_no_difference():
    assert match(line(name="Sigrid Haugen", phone="+44 (0)20 79460131"), ALL).differences(True) == []


def test_a_personal_number_is_told_to_nobody_who_may_not_see_it():
    hidden = Entry("contact", "Ann Lee", "", 8, phones=("+44 7700 900150",), personal=frozenset({"+44 7700 900150"}))
    found = match(line(name="Ann Lee", phone="+44 20 7946 0199"), Directory([hidden]))
    (shown,) = found.differences(True)
    (kept,) = found.differences(False)
    assert shown.directory == "+44 7700 900150"
    assert (kept.directory, kept.is_hidden) == ("", True)


def test_vendors_are_found_by_name_and_channels_by_purpose_first():
    fjord = Entry("vendor", "Fjordlink", "", 1, "24/7 phone", account="SKERRY-02")
    talk = Entry("channel", "#harbour", "", 2, "Everyday")
    alarm = Entry("channel", "#harbour", "", 3, "Incidents")
    directory = Directory([fjord, talk, alarm])
    assert match(Named("vendor", "FJORD-LINK", 1, account="SKERRY 02"), directory).differences(True) == []
    assert (
        match(Named("vendor", "Fjordlink", 1, account="X-1"), directory).differences(True)[0].directory == "SKERRY-02"
    )
    assert match(Named("channel", "harbour", 1, role="incidents"), directory).entry == alarm
    assert match(Named("channel", "#harbour", 1, role="Other"), directory).entry == talk
    assert match(Named("channel", "#gates", 1, role="Incidents"), directory).entry is None


PAGE = """# Gates

**Owner:** Old Magnus

## Contacts

| Role | Name | Phone | Email | Availability |
|---|---|---|---|---|
| Lead | Sigrid Haugen | +44 20 7946 0131 | | Weekdays |
| Backup | [Name] | [Phone] | | |
| Night desk | | +44 20 7946 0158 | | Nights |
| Nobody | | | | |

| Vendor | Support Type | Contact | Account/Contract # |
|---|---|---|---|
| Fjordlink | 24/7 phone | +44 20 7946 0177 | SKERRY-02 |

| Purpose | Channel | Details |
|---|---|---|
| Incidents | #harbour | By day |
| Other | [channel] | |

## Escalation

| Level | Contact | Response Time SLA |
|---|---|---|
| **L1** | Old Magnus, +44 20 7946 0158 | 15 minutes |
"""


def test_what_tables_name_is_offered_and_gaps_are_not():
    named = names_in(read(PAGE).to_dict())
    assert [(one.what, one.title) for one in named] == [
        ("contact", "Sigrid Haugen"),
        ("contact", "Night desk"),
        ("vendor", "Fjordlink"),
        ("channel", "#harbour"),
    ]


def test_who_left_is_found_in_contacts_ladders_and_as_owner():
    found = find_departed(read(PAGE).to_dict(), ALL)
    assert [finding.line for finding in found] == [3, 11, 27]
    assert {finding.code for finding in found} == {"person-left"}
    assert all("Old Magnus has left" in finding.message for finding in found)


def test_the_same_row_keeps_its_key_when_lines_above_it_change():
    before = names_in(read(PAGE).to_dict())
    after = names_in(read(PAGE.replace("# Gates\n", "# Gates\n\nMore words.\n")).to_dict())
    assert [one.key for one in before] == [one.key for one in after]
    assert len({one.key for one in before}) == len(before)


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_any_line_means_somebody_or_nobody(name, phone, role):
    found = match(line(name=name, phone=phone, role=role), ALL, 7)
    found.differences(False)
    assert fold(fold(name)) == fold(name)


@given(st.from_regex(r"\+[1-9][0-9]{8,13}", fullmatch=True), st.lists(st.integers(1, 8), max_size=3))
def test_spaces_and_signs_in_a_number_do_not_matter(number, places):
    spaced = number
    for place in places:
        spaced = f"{spaced[:place]} {spaced[place:]}" if place else spaced
    assert phone_keys(spaced) == phone_keys(number)
