"""The nearest known words."""

import pytest

from runbooks.models import SearchWord
from runbooks.search.spelling import distance, find_candidates, find_splits


def nearest(word, **how):
    return next((step[0][1] for step in find_candidates(word, **how) if step), None)


KNOWN = "linux kubernetes pod port pods certificate crashlooping restart disk full alertmanager node"


@pytest.fixture
def _known(db):
    SearchWord.objects.bulk_create(SearchWord(word=word) for word in KNOWN.split())


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("linxu", "linux"),
        ("kuberntes", "kubernetes"),
        ("pdo", "pod"),
        ("certifcate", "certificate"),
        ("certificatte", "certificate"),
        ("crashloping", "crashlooping"),
        ("xlertmanager", "alertmanager"),
        ("noed", "node"),
    ],
)
def test_the_word_that_was_meant_is_the_nearest(written, meant):
    assert nearest(written) == meant


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize("written", ["xy", "12345", "zzyzx", "brontosaurus", "'; DROP TABLE", "%", "_____", ""])
def test_nothing_is_near_to_nonsense(written):
    assert nearest(written) is None


@pytest.mark.usefixtures("_known")
def test_the_beginning_of_a_word_has_near_words_too():
    assert nearest("kubren", is_prefix=True) == "kubernetes"


@pytest.mark.usefixtures("_known")
def test_a_missing_space_is_seen():
    assert find_splits("diskfull") == [("disk", "full")]


def test_swapped_letters_are_nearer_than_wrong_ones():
    assert distance("pdo", "pod") < distance("pdo", "pdf") < distance("pdo", "xyz")


def test_the_same_word_has_no_distance():
    assert distance("node", "node") == 0
