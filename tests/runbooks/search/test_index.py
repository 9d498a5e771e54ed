"""The index follows what is stored."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import APPROVER, EDITOR
from runbooks.models import SearchEntry, SearchWord
from runbooks.rendering import understand
from runbooks.search import index_version, search
from runbooks.search.rebuilding import reindex_renamed
from runbooks.services import EditBase, change_runbook, reread_version, restore_version, save_edit
from runbooks.tasks import refresh_search
from tests.factories import NOW, go_active, make_draft, make_published, make_user


def names(runbook, kind="section"):
    return list(runbook.search_entries.filter(kind=kind).order_by("pk").values_list("name", flat=True))


def test_the_title_is_the_runbook_and_no_section(ada):
    runbook = make_published("Desk", text="# Desk\n\nSells tickets.\n\n## Gate\n\nOpen.\n")
    assert (names(runbook, "runbook"), names(runbook)) == (["Desk"], ["Gate"])


def test_each_save_of_a_draft_is_indexed(ada):
    ben = make_user("ben", role=EDITOR)
    version = make_draft(ben, text="# Desk\n\n## Gate\n\nOpen.\n", title="Desk")
    base = EditBase(version.pk, version.revision)
    save_edit(version.runbook, base=base, markdown="# Desk\n\n## Door\n\nShut.\n", author=ben, now=NOW)
    assert names(version.runbook) == ["Door"]


def test_active_and_draft_are_there_side_by_side_and_only_one_after_activation(ada):
    ben, eve = make_user("ben", role=EDITOR), make_user("eve", role=APPROVER)
    first = go_active(make_draft(ben, text="# Desk\n\n## Gate\n\nOpen.\n", title="Desk"), eve)
    base = EditBase(first.pk, first.revision)
    draft = save_edit(first.runbook, base=base, markdown="# Desk\n\n## Door\n\nShut.\n", author=ben, now=NOW)
    assert names(first.runbook) == ["Gate", "Door"]
    go_active(draft, eve)
    assert names(first.runbook) == ["Door"]
    assert search(ada, "door").hits[0].status == "active"


def test_a_restored_text_is_indexed_as_a_draft(ada):
    runbook = make_published("Desk", text="# Desk\n\n## Gate\n\nOpen.\n")
    restore_version(runbook.versions.get(), author=make_user("ben", role=EDITOR), now=NOW)
    assert search(ada, "gate").in_drafts == 1


def test_reading_again_indexes_again(ada):
    runbook = make_published("Desk", text="# Desk\n\n## Gate\n\nOpen.\n")
    SearchEntry.objects.all().delete()
    reread_version(runbook.versions.get())
    assert names(runbook) == ["Gate"]


def test_a_renamed_runbook_is_found_by_its_new_title(ada):
    runbook = make_published("Desk", text="# Desk\n\n## Gate\n\nOpen.\n")
    change_runbook(runbook, user=make_user("ben", role=EDITOR), now=NOW, title="Turnstile")
    assert [hit.name for hit in search(ada, "turnstile gate").hits] == ["Gate"]
    assert search(ada, "turnstile").best.is_exact


def test_a_renamed_service_is_found_by_its_new_name(ada):
    runbook = make_published("Desk", text="# Desk\n\n## Gate\n\nOpen.\n")
    runbook.service.name = "Pier sales"
    runbook.service.save()
    refresh_search()
    assert [hit.name for hit in search(ada, "pier gate").hits] == ["Gate"]
    assert reindex_renamed() == 0


def test_an_enormous_text_is_indexed_in_part(ada):
    words = " ".join(f"w{n:x}q-{n:x}z" for n in range(60_000))
    runbook = make_published("Big", text=f"# Big\n\n## Flood\n\n{words}\n")
    assert names(runbook) == ["Flood"]


def test_hostile_text_is_stored_and_found_as_text(ada):
    make_published("Bad", text="# Bad\n\n## <script>alert(1)</script> '; DROP TABLE x; --\n\n\\\\ %s %(x)s {0} gate\n")
    assert search(ada, "gate").total == 1


def test_reindexing_gives_the_same_index(ada):
    make_published("Desk", text="# Desk\n\n## Gate\n\nOpen.\n")
    make_draft(make_user("ben", role=EDITOR), title="Draft")
    fields = ("version", "kind", "is_active", "name", "key", "trail", "anchor", "line", "text", "detail", "vector")
    before = list(SearchEntry.objects.order_by("pk").values_list(*fields))
    SearchEntry.objects.filter(kind="section").delete()
    SearchWord.objects.all().delete()
    SearchWord.objects.create(word="brontosaurus")
    out = StringIO()
    call_command("reindex_search", stdout=out)
    assert list(SearchEntry.objects.order_by("version", "pk").values_list(*fields)) == before
    assert out.getvalue().startswith(f"indexed {len(before)} entries of 2 versions in ")
    assert SearchWord.objects.filter(word="gate").count() == 1
    assert not SearchWord.objects.filter(word="brontosaurus").exists()


def test_one_runbook_can_be_reindexed(ada):
    runbook = make_published("Desk", text="# Desk\n\n## Gate\n\nOpen.\n")
    make_published("Other")
    SearchEntry.objects.all().delete()
    call_command("reindex_search", runbook="ticket-desk/desk", stdout=StringIO())
    assert set(SearchEntry.objects.values_list("runbook", flat=True)) == {runbook.pk}


def test_reindexing_an_unknown_runbook_says_so(db):
    with pytest.raises(CommandError, match="no runbook"):
        call_command("reindex_search", runbook="ticket-desk/nothing", stdout=StringIO())


def test_a_superseded_version_has_no_entries(ada):
    ben, eve = make_user("ben", role=EDITOR), make_user("eve", role=APPROVER)
    version = go_active(make_draft(ben, title="Desk"), eve)
    base = EditBase(version.pk, version.revision)
    go_active(save_edit(version.runbook, base=base, markdown="# Desk\n", author=ben, now=NOW), eve)
    version.refresh_from_db()
    assert index_version(version) == 0
    assert not version.search_entries.exists()


def test_entries_hold_what_their_kind_has(ada):
    runbook = make_published(
        "Desk",
        text="# Desk\n\n## Alerts\n\n| Alert | Severity | Condition |\n|---|---|---|\n| GateJam | critical | stuck |\n",
    )
    alert = runbook.search_entries.get(kind="alert")
    assert alert.detail == {"source": "table", "severity": "critical"}
    assert alert.anchor == "alerts"
    assert understand("# Desk\n").document.title == "Desk"
