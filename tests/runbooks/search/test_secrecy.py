"""What a Confidential runbook holds is known to nobody else: no answer, no count, no word of it."""

import pytest

from accounts.roles import ADMINISTRATOR, EDITOR
from oncall.models import Classification
from runbooks.search import search, suggest
from tests.factories import make_draft, make_published, make_service, make_team, make_user, reload_user

SECRET = "# Vault\n\n## Open the vault\n\nTurn the zirconium wheel.\n\n## Alert: VaultOpen\n\nClose it.\n"


@pytest.fixture
def cy(db):
    return make_user("cy")


@pytest.fixture(params=["runbook", "service"])
def vault(request, db):
    """Confidential by itself, or because its service is."""
    secret = {"classification": Classification.CONFIDENTIAL}
    service = make_service("Vault", **(secret if request.param == "service" else {}))
    runbook = make_published("Vault", text=SECRET, service=service, **(secret if request.param == "runbook" else {}))
    make_published("Garden", text="# Garden\n\n## Wheel\n\nThe wheel of the barrow.\n")
    return runbook


@pytest.mark.usefixtures("vault")
@pytest.mark.parametrize("asked", ["zirconium", "VaultOpen", "open the vault", "zirconium wheel", "turn wheel"])
def test_a_stranger_gets_no_answer_from_it(cy, asked):
    hits = [*search(cy, asked).hits, *search(cy, asked, drafts=True).hits, *suggest(cy, asked).hits]
    assert not [hit for hit in hits if "vault" in hit.url and hit.kind != "service"]


@pytest.mark.usefixtures("vault")
def test_it_is_not_counted(cy):
    assert search(cy, "kind:section wheel").total == 1
    assert search(cy, "wheel", kind="section").groups[0].count == 1


@pytest.mark.usefixtures("vault")
def test_its_words_correct_nobody(cy):
    results = search(cy, "zirconum")
    assert "zirconium" not in repr(results)
    assert "zirconium" not in repr(suggest(cy, "zirconu"))


@pytest.mark.usefixtures("vault")
def test_a_word_of_it_is_as_unknown_as_any_other(cy):
    results = search(cy, "zirconium wheel")
    assert results.is_nearest
    assert results.hits[0].name == "Wheel"


def test_its_drafts_are_not_counted(cy):
    version = make_draft(make_user("ben", role=EDITOR), text="# Safe\n\n## Hatch\n\nOpen.\n", title="Safe")
    version.runbook.classification = Classification.CONFIDENTIAL
    version.runbook.save()
    assert search(cy, "hatch").in_drafts == 0
    assert search(cy, "hatch status:draft").is_empty


def test_its_team_and_administrators_find_it(vault):
    eve, root = make_user("eve"), make_user("root", role=ADMINISTRATOR)
    vault.team = make_team("Keepers", eve)
    vault.save()
    for person in (reload_user(eve), root):
        assert search(person, "zirconium").hits
        assert search(person, "zirconum").corrections == (("zirconum", "zirconium"),)


def test_a_confidential_service_is_no_answer(cy):
    make_service("Strongroom", classification=Classification.CONFIDENTIAL, description="Behind the wall")
    assert search(cy, "strongroom").is_empty
    assert search(cy, "strongrom").is_empty
    assert search(cy, "wall").is_empty


def test_who_leaves_the_team_finds_it_no_more(vault):
    eve = make_user("eve")
    vault.team = make_team("Keepers", eve)
    vault.save()
    eve.memberships.all().delete()
    assert not [hit for hit in search(reload_user(eve), "zirconium").hits if hit.kind != "service"]
