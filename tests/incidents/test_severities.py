"""Severities: found by any name, scales of teams, taking one over from a runbook."""

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import APPROVER
from incidents.errors import NotAllowed, Refused, WrongState
from incidents.models import Severity
from incidents.services.severities import (
    copy_scale,
    delete_severity,
    ensure_severities,
    find_severity,
    match_scale,
    save_severity,
)
from incidents.services.severity_adopting import adopt_scale, plan_adoption
from tests.factories import get_severity, make_incident, make_published, make_team, make_user

pytestmark = pytest.mark.django_db

TABLE = """\
# Response

## Levels

| Level | Description | Response Time | Examples |
|---|---|---|---|
| **SEV-1** | Nothing is lit | 10 minutes | The harbour is dark |
| **SEV-2** | Half is lit | 1 hour | One pier is dark |
| **SEV-3** | A lamp is out | Next business day | A bulb |
"""


@pytest.fixture
def cy(db):
    return make_user("cy", role=APPROVER)


@pytest.fixture
def team(db):
    return make_team()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SEV-1", "SEV-1"),
        ("sev1", "SEV-1"),
        (" Sev 1 ", "SEV-1"),
        ("P0", "SEV-1"),
        ("p1", "SEV-2"),
        ("Critical", "SEV-1"),
        ("MAJOR", "SEV-2"),
        ("p3", "SEV-4"),
        ("2", "SEV-2"),
    ],
)
def test_a_severity_goes_by_all_its_names_in_any_case(text, name):
    assert find_severity(None, text) == get_severity(name)


@pytest.mark.parametrize("text", ["", "  ", "SEV-9", "warning", "x" * 5000])
def test_what_names_none_finds_none(text):
    assert find_severity(None, text) is None


def test_a_team_s_own_scale_is_asked_first_and_the_shared_one_by_rank(team):
    red = Severity.objects.create(team=team, rank=1, name="Red", description="Stop")
    amber = Severity.objects.create(team=team, rank=2, name="Amber", aliases="P0", description="Slow")
    assert find_severity(team, "red") == red
    assert find_severity(team, "P0") == amber
    assert find_severity(team, "SEV-1") == red
    assert find_severity(team, "low") == amber  # rank 4 is not there: the nearest
    assert match_scale(get_severity("SEV-1"), team) == red


def test_without_an_own_scale_the_shared_one_stays(team):
    assert match_scale(get_severity("SEV-3"), team) == get_severity("SEV-3")


def test_the_shared_scale_is_made_once():
    Severity.objects.filter(rank__gt=2).delete()
    ensure_severities()
    assert Severity.objects.count() == 2


def test_a_copied_scale_is_the_shared_one_and_there_once(team, cy):
    copy_scale(team, user=cy)
    assert [one.name for one in Severity.objects.of_team(team)] == ["SEV-1", "SEV-2", "SEV-3", "SEV-4"]
    assert Severity.objects.of_team(team)[0].response_minutes == 15
    with pytest.raises(WrongState, match="already"):
        copy_scale(team, user=cy)


def test_only_approvers_change_scales(team):
    ada = make_user("ada")
    with pytest.raises(NotAllowed):
        copy_scale(team, user=ada)
    with pytest.raises(NotAllowed):
        save_severity(get_severity(), user=ada)
    with pytest.raises(NotAllowed):
        delete_severity(get_severity(), user=ada)
    with pytest.raises(NotAllowed):
        adopt_scale(make_published(text=TABLE), team, user=ada)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rank": 1}, "that rank"),
        ({"name": "SEV-1"}, "that name"),
        ({"aliases": "p0"}, "means SEV-1 already"),
        ({"name": "critical"}, "means SEV-1 already"),
        ({"rank": 0}, "greater than or equal"),
        ({"rank": 12}, "From 1 to 9"),
        ({"description": ""}, "blank"),
        ({"response_minutes": 0}, "greater than or equal"),
    ],
)
def test_a_scale_holds_each_rank_and_each_name_once(cy, fields, words):
    severity = get_severity("SEV-2")
    for name, value in fields.items():
        setattr(severity, name, value)
    with pytest.raises(ValidationError, match=words):
        save_severity(severity, user=cy)


def test_a_used_severity_stays_and_an_unused_one_goes(cy):
    make_incident(level="SEV-2")
    with pytest.raises(WrongState, match="1 incident has it"):
        delete_severity(get_severity("SEV-2"), user=cy)
    delete_severity(get_severity("SEV-4"), user=cy)
    assert not Severity.objects.filter(name="SEV-4").exists()


# ---- From a runbook ----


def test_a_table_is_read_with_its_times_and_keeps_what_it_does_not_say(team):
    planned = plan_adoption(make_published(text=TABLE), team)
    read = [(one.severity.rank, one.severity.name, one.severity.response_minutes) for one in planned]
    assert read == [(1, "SEV-1", 10), (2, "SEV-2", 60), (3, "SEV-3", None)]
    first = planned[0].severity
    assert (first.description, first.examples) == ("Nothing is lit", "The harbour is dark")
    assert (first.update_minutes, first.escalation, first.wants_postmortem) == (30, "ladder", True)
    assert first.aliases == "P0, critical"
    assert not any(one.is_response_unclear for one in planned)


def test_adopting_makes_the_team_s_own_scale_and_leaves_the_shared_one(team, cy):
    adopt_scale(make_published(text=TABLE), team, user=cy)
    assert [one.name for one in Severity.objects.of_team(team)] == ["SEV-1", "SEV-2", "SEV-3"]
    assert get_severity("SEV-1").response_minutes == 15


def test_adopting_again_changes_rows_in_place_and_keeps_used_ones(team, cy):
    copy_scale(team, user=cy)
    before = {one.rank: one.pk for one in Severity.objects.of_team(team)}
    make_incident("Odd label", severity=Severity.objects.get(team=team, rank=4))
    adopt_scale(make_published(text=TABLE), team, user=cy)
    assert {one.rank: one.pk for one in Severity.objects.of_team(team)} == before


def test_names_may_move_from_rank_to_rank(team, cy):
    copy_scale(team, user=cy)
    turned = TABLE.replace("SEV-1", "P0").replace("SEV-2", "P1").replace("SEV-3", "P2")
    adopt_scale(make_published(text=turned), team, user=cy)
    scale = Severity.objects.of_team(team)
    assert [(one.rank, one.name) for one in scale] == [(1, "P0"), (2, "P1"), (3, "P2")]
    assert scale[0].aliases == "SEV-1, critical"
    assert find_severity(team, "SEV-1") == scale[0]


VENDOR = """
## When the line is down

| Level | Description | Response Time | Examples |
|---|---|---|---|
| P0 | What we call SEV-1 | 15 minutes | The link |
| P1 | What we call SEV-2 | 1 hour | One line |
"""


def test_of_two_tables_the_longer_one_is_the_scale(team):
    planned = plan_adoption(make_published(text=TABLE + VENDOR), team)
    assert [(one.severity.rank, one.severity.name) for one in planned] == [(1, "SEV-1"), (2, "SEV-2"), (3, "SEV-3")]


def test_no_name_of_the_new_scale_is_another_word_for_a_different_rank(team, cy):
    turned = TABLE.replace("SEV-1", "SEV-0").replace("SEV-2", "SEV-1").replace("SEV-3", "SEV-2")
    adopt_scale(make_published(text=turned), team, user=cy)
    read = [(one.rank, one.name, one.aliases) for one in Severity.objects.of_team(team)]
    assert read == [(1, "SEV-0", "P0, critical"), (2, "SEV-1", "P1, major"), (3, "SEV-2", "SEV-3, P2, minor")]


def test_a_time_that_is_none_is_said(team):
    unclear = TABLE.replace("10 minutes", "quickly")
    assert plan_adoption(make_published(text=unclear), team)[0].is_response_unclear


def test_a_runbook_without_a_table_is_refused(team, cy):
    with pytest.raises(Refused, match="no table"):
        adopt_scale(make_published(), team, user=cy)
