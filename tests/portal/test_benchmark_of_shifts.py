"""The benchmark's rotation: computed for a year, and gone afterwards."""

import pytest

from oncall.models import Rotation
from portal.benchmark.shifts import make_figures, measure_shifts

pytestmark = pytest.mark.django_db


def test_a_year_of_three_layers_is_computed_and_nothing_is_left():
    measured = measure_shifts(rounds=1)
    assert measured["shifts"] > 365 + 365 + 52
    assert not Rotation.objects.exists()


def test_the_figure_has_its_limit():
    figures = make_figures({"cold": 51.0, "warm": 12.0, "shifts": 900})
    assert [figure.is_held for figure in figures] == [False, True]
