"""The ladders of the example company's runbooks, adopted into its own directory."""

import pytest

from oncall.forms.targets import TargetList
from portal.example.loading import load_example
from runbooks.ladders import propose, read_ladders
from runbooks.models import Runbook
from tests.factories import NOW


@pytest.mark.django_db
def test_every_level_that_names_somebody_is_understood():
    load_example(NOW)
    offered = TargetList()
    seen = 0
    for runbook in Runbook.objects.select_related("service__team", "shown_version"):
        for proposal in propose(read_ladders(runbook.shown_version), runbook.service.team.name, offered, NOW):
            for level in proposal.levels:
                assert (bool(level.keys), level.left) == (bool(level.text), ()), (runbook.title, level)
                seen += 1
    assert seen > 30
