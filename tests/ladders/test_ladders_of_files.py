"""The ladders of whole runbooks: those of the example company, and of the seeds where they are at hand."""

from pathlib import Path

import pytest
from django.conf import settings

from runbooks.ladder_matching import match_ladder
from runbooks.reading import read
from tests.ladders.candidates import EVERYTHING

BASE = Path(settings.BASE_DIR)
SEEDS = BASE.parent / "shared" / "seeds"
EXAMPLE = sorted((BASE / "portal" / "example" / "runbooks").rglob("*.md"))


def match_file(path, team=""):
    return [match_ladder(found.levels, EVERYTHING, team) for found in read(path.read_text()).escalations]


@pytest.mark.parametrize("path", EXAMPLE, ids=lambda path: path.name)
def test_every_level_of_the_example_keeps_all_its_words(path):
    for levels in match_file(path):
        for matched in levels:
            assert matched.keys or matched.left or not matched.text


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not at hand")
@pytest.mark.parametrize(
    ("name", "minutes", "understood"),
    [
        ("service-runbook.md", [5, 15, 30, 60], 1),
        ("feature-runbook.md", [None, None, 30], 1),
        ("system-runbook.md", [30, None, None, 30], 1),
    ],
)
def test_the_ladders_of_the_seeds(name, minutes, understood):
    (levels,) = match_file(SEEDS / name, "Booking and Fares")
    assert [matched.minutes for matched in levels] == minutes
    assert levels[0].keys[:understood] == ("layer:1",)
