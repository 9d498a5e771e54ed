"""The benchmark of the board: what is sown, and what is counted."""

import pytest
from django.utils import timezone

from oncall.models import Rotation
from oncall.pages.board import describe_board
from portal.benchmark import board
from tests.factories import make_user, reload_user

pytestmark = pytest.mark.django_db


def test_every_team_has_a_rotation_with_people_on_call_who_can_be_called():
    reader, now = make_user("reader"), timezone.now()
    board.sow_teams(20, now, reader)
    found = describe_board(reload_user(reader), now)
    assert Rotation.objects.count() == len(found.teams) == 20
    assert len(found.mine) == 1
    people = [line.person for team in found.teams for line in team.lines if line.person]
    assert len(people) >= 30 and any(person.phone for person in people)
    assert any(line.tone for team in found.teams for line in team.lines)


def test_the_page_is_measured_with_its_queries(monkeypatch):
    make_user("root", is_superuser=True)
    monkeypatch.setattr(board, "TEAMS", 3)
    monkeypatch.setattr(board, "ROUNDS", 2)
    found = board.measure_board()
    queries, median, slow = board.make_figures(found)
    assert 5 <= queries.value <= 10
    assert queries.limit == 10 and median.limit == 100
    assert 0 < median.value <= slow.value
