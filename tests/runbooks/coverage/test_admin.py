"""Files of rules in the admin."""

import pytest

from accounts.roles import EDITOR
from runbooks.models import AlertingRule, RuleFile
from tests.factories import make_user, reload_user
from tests.runbooks.coverage.rules import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_dee(as_user):
    return as_user(reload_user(make_user("dee", role=EDITOR, is_staff=True)))


def test_an_editor_looks_at_rules_and_changes_none(as_dee):
    take_in()
    assert "GateStuck" in as_dee.get("/admin/runbooks/alertingrule/").content.decode()
    rule = AlertingRule.objects.first()
    assert as_dee.post(f"/admin/runbooks/alertingrule/{rule.pk}/delete/", {"post": "yes"}).status_code == 403
    assert as_dee.get("/admin/runbooks/rulefile/add/").status_code == 403


@pytest.mark.parametrize("way", ["page", "list"])
def test_an_editor_takes_out_a_file_with_its_rules(as_dee, way):
    take_in()
    pk = RuleFile.objects.get().pk
    if way == "page":
        as_dee.post(f"/admin/runbooks/rulefile/{pk}/delete/", {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        as_dee.post("/admin/runbooks/rulefile/", data)
    assert not AlertingRule.objects.exists()
