"""The benchmark's own parts: figures that can fail, a client that counts, content that imports."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from portal.benchmark import content, load
from portal.benchmark.figures import Figure, format_table
from runbooks.models import Runbook
from tests.factories import make_user


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "is_held"),
    [(4, 5, False, True), (6, 5, False, False), (61, 60, True, True), (59, 60, True, False), (9, None, False, True)],
)
def test_a_figure_knows_whether_its_limit_holds(value, limit, at_least, is_held):
    assert Figure("x", value, "s", limit=limit, at_least=at_least).is_held is is_held


def test_the_table_says_which_limit_is_not_held():
    table = format_table([Figure("start", 6.5, "s", limit=5), Figure("memory", 280, "MB")])
    assert "| start | 6.5 s | ≤ 5 s | **not held** |" in table
    assert "| memory | 280 MB |  |  |" in table


@pytest.mark.django_db(transaction=True)
def test_the_client_counts_answers(live_server):
    port = int(live_server.url.rsplit(":", 1)[1])
    assert load.Load(port, "/health/live", "", 0.2).run() > 0


@pytest.mark.django_db(transaction=True)
def test_the_client_fails_on_anything_but_200(live_server):
    port = int(live_server.url.rsplit(":", 1)[1])
    with pytest.raises(RuntimeError, match="302"):
        load.Load(port, "/runbooks/", "", 0.2).run()


def test_the_client_fails_when_nobody_listens():
    with pytest.raises(RuntimeError, match="refused"):
        load.Load(1, "/", "", 0.2).run()


@pytest.mark.django_db
def test_inside_it_imports_as_many_documents_as_it_was_asked_for():
    out = StringIO()
    arguments = json.dumps({"corpus": "portal/example/runbooks", "runbooks": 12})
    call_command("benchmark", "--inside", "fill", "--arguments", arguments, stdout=out)
    found = json.loads(out.getvalue())
    assert Runbook.objects.count() == 12 + len(content.PAGE_BYTES)
    assert found["few"] > 0 and found["many"] > 0


@pytest.mark.django_db
def test_inside_it_counts_queries_and_opens_a_session(client):
    make_user("root", is_superuser=True)
    out = StringIO()
    call_command("benchmark", "--inside", "count", "--arguments", '{"paths": ["/runbooks/"]}', stdout=out)
    found = json.loads(out.getvalue())
    assert found["queries"][0] >= 2
    response = client.get("/runbooks/", headers={"Cookie": found["cookie"]})
    assert response.status_code == 200


@pytest.mark.parametrize("size", content.PAGE_BYTES.values())
def test_a_page_to_measure_has_about_the_size_it_is_named_for(size):
    assert 0.5 * size <= len(content.make_text(size)) <= 1.1 * size
