"""Fixtures of on-call: three responders, and a layer in which they take weekly turns. Some files have others of that name."""

import pytest

from accounts.roles import RESPONDER
from tests.factories import make_rotation, make_team, make_user


@pytest.fixture
def people():
    """Ada, Ben and Cy."""
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben", "cy")]


@pytest.fixture
def layer(people):
    """Ada has the week of Monday 5 January 2026, 09:00 in Lisbon; then Ben, then Cy."""
    return make_rotation(make_team("Harbour", *people), *people).layers.get()
