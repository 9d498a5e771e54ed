"""Each piece of the insert menu is understood by the portal's own reader."""

import pytest

from runbooks.pieces import PIECES
from runbooks.reading import read

BY_LABEL = {piece.label: piece for piece in PIECES}


def read_piece(label):
    return read(f"# Desk\n\n## Part\n\n{BY_LABEL[label].markdown}\n")


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.label)
def test_the_words_to_type_over_stand_in_it(piece):
    assert piece.first in piece.markdown


def test_a_checklist_has_a_name_and_items():
    (checklist,) = read_piece("Checklist").checklists
    assert (checklist.name, len(checklist.items)) == ("Before you start", 2)


def test_an_alert_table_has_an_alert():
    (alert,) = read_piece("Alert table").alerts
    assert (alert.name, alert.severity, alert.source) == ("AlertName", "SEV-2", "table")


def test_contacts_have_a_role_to_fill():
    (contact,) = read_piece("Contacts").contacts
    assert contact.role == "Service owner" and contact.missing


def test_a_ladder_has_three_levels_with_times():
    (path,) = read_piece("Escalation ladder").escalations
    assert [(level.label, level.response_time) for level in path.levels] == [
        ("L1", "15 minutes"),
        ("L2", "30 minutes"),
        ("L3", "1 hour"),
    ]


def test_a_command_has_its_effect_and_variables():
    (command,) = read_piece("Command with variables").commands
    assert (command.effect, command.placeholders) == ("read", ("namespace", "service-name"))


def test_a_step_belongs_to_a_procedure_with_its_command_and_what_is_expected():
    (procedure,) = read_piece("Step of a procedure").procedures
    (step,) = procedure.steps
    assert step.title == "What to do" and step.commands == (0,) and step.expected


def test_a_known_issue_has_all_its_parts():
    (issue,) = read_piece("Known issue").issues
    assert issue.title == "What goes wrong"
    assert all((issue.symptoms, issue.diagnosis, issue.resolution, issue.prevention))


def test_a_callout_is_drawn_as_one():
    assert 'class="callout"' in read_piece("Callout").html
