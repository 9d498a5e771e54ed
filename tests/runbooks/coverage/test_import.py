"""Files of rules in and out: the service and the command."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.errors import NotAllowed
from accounts.roles import EDITOR
from runbooks.errors import Refused
from runbooks.models import AlertingRule, RuleFile
from runbooks.services.alerting import delete_rule_file
from tests.factories import make_user
from tests.runbooks.coverage.rules import PIER, RESOURCE, rule, take_in

pytestmark = pytest.mark.django_db


def names():
    return sorted(AlertingRule.objects.values_list("name", flat=True))


def test_a_file_of_the_same_name_replaces_what_it_held():
    ben = make_user("ben", role=EDITOR)
    assert take_in(user=ben).rules == 2
    assert (take_in(RESOURCE, user=ben).rules, names()) == (1, ["TideGaugeSilent"])
    assert RuleFile.objects.get().added_by == ben


def test_the_same_bytes_again_change_nothing():
    take_in()
    before = list(AlertingRule.objects.values_list("pk", flat=True))
    assert take_in().is_unchanged and list(AlertingRule.objects.values_list("pk", flat=True)) == before


def test_two_files_keep_their_own_rules():
    take_in()
    take_in(RESOURCE, "tides.yaml")
    assert len(names()) == 3


def test_a_refused_file_leaves_the_former_one_and_names_the_place():
    take_in()
    with pytest.raises(Refused, match=r"pier\.yaml:1: “groups” is expected"):
        take_in(b"groups: 3")
    assert len(names()) == 2


@pytest.mark.parametrize("name", ["", "  ", "\x00", "x" * 301])
def test_a_file_needs_a_name_that_can_be_kept(name):
    with pytest.raises(Refused):
        take_in(name=name)


def test_an_address_with_a_credential_is_refused():
    with pytest.raises(Refused, match="credential"):
        take_in(rule("A", runbook_url="https://ada:" + "hunter2hunter2" + "@example.org/r/A"))


def test_a_reader_may_neither_add_nor_take_out(ada):
    take_in()
    with pytest.raises(NotAllowed):
        take_in(RESOURCE, user=ada)
    with pytest.raises(NotAllowed):
        delete_rule_file(RuleFile.objects.get(), user=ada)


def test_an_editor_takes_a_file_out_with_its_rules():
    take_in()
    delete_rule_file(RuleFile.objects.get(), user=make_user("ben", role=EDITOR))
    assert names() == [] and not RuleFile.objects.exists()


# --- The command ------------------------------------------------------------------------------------------------------


def run(path, *options):
    """What the command printed, what it complained about, and its exit status."""
    out, complaints = StringIO(), StringIO()
    try:
        call_command("import_alert_rules", str(path), *options, stdout=out, stderr=complaints)
    except SystemExit as end:
        return out.getvalue().strip(), complaints.getvalue(), end.code
    return out.getvalue().strip(), complaints.getvalue(), 0


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "pier.yaml").write_bytes(PIER)
    (tmp_path / "sub" / "tides.yml").write_bytes(RESOURCE)
    (tmp_path / "README.md").write_text("not rules")
    return tmp_path


def test_a_folder_goes_in_and_again_nothing_changes(folder):
    assert run(folder) == ("rules 3, files 2, unchanged 0, rejected 0", "", 0)
    assert run(folder)[0] == "rules 3, files 0, unchanged 2, rejected 0"
    assert sorted(RuleFile.objects.values_list("name", flat=True)) == ["pier.yaml", "sub/tides.yml"]


def test_a_rejected_file_is_named_with_its_line_and_the_others_go_in(folder):
    (folder / "bad.yaml").write_text("groups:\n- words\n")
    out, complaints, status = run(folder)
    assert (out, status) == ("rules 3, files 2, unchanged 0, rejected 1", 1)
    assert "rejected bad.yaml:2: A group of rules is expected" in complaints


def test_a_dry_run_changes_nothing(folder):
    assert run(folder, "--dry-run")[0] == "rules 3, files 2, unchanged 0, rejected 0"
    assert not RuleFile.objects.exists()


def test_the_result_as_json(folder):
    (folder / "bad.yaml").write_text("groups: 3\n")
    found = json.loads(run(folder, "--json")[0])
    assert (found["rules"], found["files"], list(found["rejected"])) == (3, 2, ["bad.yaml"])


def test_one_file_goes_in_under_its_own_name(folder):
    run(folder / "sub" / "tides.yml")
    assert RuleFile.objects.get().name == "tides.yml"


def test_a_path_without_files_is_said(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CommandError):
            run(path)
