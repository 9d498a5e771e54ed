"""The people of these tests."""

import pytest

from accounts.services import add_member
from tests.factories import make_team, make_user


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def ben():
    return make_user("ben")


@pytest.fixture
def team(ada, ben):
    """Ada and Ben, led by Lee."""
    team = make_team("Harbour", ada, ben)
    add_member(team, make_user("lee"), is_lead=True)
    return team
