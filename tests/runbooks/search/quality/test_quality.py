"""The right section is found: first, or among the first three; with a typing error too."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from portal.benchmark.quality import LIMITS, ask_all, find_beginnings, format_misses, read_questions
from runbooks.models import RunbookVersion
from runbooks.transfer.importing import import_path
from tests.factories import NOW, make_published, make_user

HERE = Path(__file__).parent
PROJECT = Path(__file__).parents[4]
CORPUS = PROJECT.parent / "shared" / "corpus"
EXAMPLE = PROJECT / "portal" / "example" / "runbooks"
LISTS = [
    pytest.param(("example", EXAMPLE), id="example"),
    pytest.param(
        ("corpus", CORPUS),
        id="corpus",
        marks=pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not here"),
    ),
]


def import_all(folder):
    """Somebody who may see everything, in a portal that holds that folder."""
    outcome = import_path(folder, now=NOW)
    assert not outcome.rejected
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does: inside a test's transaction it can't
    return make_user("root", is_superuser=True)


def slips(asked: str, slipped: str) -> bool:
    """Whether one swap, one missing, one additional or one other letter makes the second of the first."""
    start = 0
    while start < min(len(asked), len(slipped)) and asked[start] == slipped[start]:
        start += 1
    left, right = asked[start:], slipped[start:]
    return left != right and (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )


@pytest.mark.parametrize(("name", "least"), [("corpus", 60), ("example", 20)])
def test_the_list_is_long_enough_and_asks_nothing_twice(name, least):
    questions = read_questions(HERE / f"{name}.toml")
    assert len(questions) >= least
    assert len({question.ask.lower() for question in questions}) == len(questions)


@pytest.mark.parametrize("name", ["corpus", "example"])
def test_a_misspelt_question_has_exactly_one_typing_error(name):
    wrong = [q.slip for q in read_questions(HERE / f"{name}.toml") if not slips(q.ask, q.slip)]
    assert wrong == []


@pytest.fixture(scope="class", params=LISTS)
def library(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Generator[tuple[str, User]]:
    """The name of a list, and somebody who may see everything in a portal that holds its folder, imported once for all."""
    name, folder = request.param
    with django_db_blocker.unblock(), transaction.atomic():
        yield name, import_all(folder)
        transaction.set_rollback(True)


@pytest.mark.django_db
class TestLibrary:
    def test_every_place_of_the_list_is_there(self, library: tuple[str, User]):
        name, _ = library
        versions = RunbookVersion.objects.active().select_related("runbook__service")
        pages = {f"{v.runbook.service.slug}/{v.runbook.slug}": v.document["sections"] for v in versions}
        places = {f"{page}#{section['anchor']}" for page, sections in pages.items() for section in sections}
        wanted = {place for question in read_questions(HERE / f"{name}.toml") for place in question.at}
        assert wanted - places - set(pages) == set()

    def test_the_right_section_is_found(self, library: tuple[str, User]):
        name, user = library
        shares = ask_all(read_questions(HERE / f"{name}.toml"), user)
        assert shares.first_percent >= LIMITS["first"], format_misses(shares.misses)
        assert shares.near_percent >= LIMITS["near"], format_misses(shares.misses)

    def test_the_right_section_is_found_with_a_typing_error(self, library: tuple[str, User]):
        name, user = library
        shares = ask_all(read_questions(HERE / f"{name}.toml"), user, misspelt=True)
        assert shares.first_percent >= LIMITS["first misspelt"], format_misses(shares.misses)
        assert shares.near_percent >= LIMITS["near misspelt"], format_misses(shares.misses)


@pytest.mark.django_db
def test_the_beginning_of_a_page_is_the_heading_that_stands_above_all_others():
    make_published(title="Crane", slug="crane", text="# Crane\n\n## Stop\n\nAt once.\n")
    make_published(title="Winch", slug="winch", text="## Start\n\nSlowly.\n\n## Stop\n\nAt once.\n")
    make_published(title="Rope", slug="rope", text="Coil it.\n")
    assert find_beginnings() == {"ticket-desk/crane#crane": "ticket-desk/crane"}
