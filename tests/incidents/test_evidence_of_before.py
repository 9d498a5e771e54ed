"""Runs and incidents that were over before there was evidence: the migration words them, and nobody is asked."""

from importlib import import_module

import pytest
from django.db import connection

from accounts.roles import EDITOR
from incidents.models import Status
from incidents.services.attaching import attach_runbook
from incidents.services.changing import change_status
from oncall.models import Classification
from runbooks.models import Evidence, Runbook
from runbooks.services.flags import raise_flag
from tests.factories import NOW, make_incident, make_published, make_service, make_user
from tests.incidents.runs import CHECKLIST, go_through, make_run, minutes

pytestmark = pytest.mark.django_db
USE = import_module("incidents.migrations.0005_evidence_of_use")
STATED = import_module("runbooks.migrations.0008_next_review_stated")


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


def migrate(*statements):
    """Run them twice, as if nothing had been noticed; what they made."""
    Evidence.objects.all().delete()
    Runbook.objects.update(last_used_at=None, next_review_stated=False)
    for statement in statements * 2:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    return {row.key: row for row in Evidence.objects.all()}


def test_runs_become_evidence_in_the_same_words(ben):
    good = go_through(make_run(ben), ben)
    wrong = go_through(make_run(ben, runbook=good.runbook, purpose="deployment"), ben, flag={1: ("No", "")})
    going = make_run(ben, runbook=good.runbook)
    said = {row.key: (row.text, row.url, row.succeeded) for row in Evidence.objects.filter(kind="drill")}
    made = migrate(USE.RUNS, USE.LAST_USED)
    assert {(made[key].text, made[key].url, made[key].succeeded) for key in said} == set(said.values())
    assert (made[f"run:{wrong.pk}"].kind, made[f"run:{wrong.pk}"].succeeded) == ("run", False)
    assert f"run:{going.pk}" not in made
    assert not any(row.asks for row in made.values())
    assert Runbook.objects.get().last_used_at == good.finished_at


def test_incidents_become_evidence_and_confidential_titles_stay_out(ben):
    runbook = make_published(text=CHECKLIST)
    vault = make_service("Vault", classification=Classification.CONFIDENTIAL)
    incidents = [make_incident("Tickets", make_service("Pier")), make_incident("The vault", vault)]
    for incident in incidents:
        attach_runbook(incident, runbook, anchor="", heading="", labels={}, user=ben, now=NOW)
        change_status(incident, Status.RESOLVED, user=None, now=minutes(60))
    said = set(Evidence.objects.values_list("key", "text", "url", "noticed_at"))
    made = migrate(USE.INCIDENTS)
    assert {(row.key, row.text, row.url, row.noticed_at) for row in made.values()} == said
    assert not any(row.asks for row in made.values())


def test_flags_that_wait_ask_and_stated_days_are_known(ben):
    stated = make_published(text=CHECKLIST.replace("## Restart", "**Next Review:** 2026-12-24\n\n## Restart"))
    counted = make_published("Counted", text=CHECKLIST)
    flag = raise_flag(counted, version=None, text="The host is gone", user=ben, now=NOW)
    made = migrate(STATED.STATED, STATED.FLAGS)
    assert (made[f"flag:{flag.pk}"].asks, made[f"flag:{flag.pk}"].url) == (True, flag.get_absolute_url())
    assert list(Runbook.objects.filter(next_review_stated=True)) == [stated]
