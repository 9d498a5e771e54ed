"""The reading page under the address of an alert: its placeholders are filled, for this look only."""

import pytest

from oncall.models import Classification
from runbooks.models import Runbook
from tests.factories import make_published

pytestmark = pytest.mark.django_db
PATH = "/runbooks/ticket-desk/ticket-desk/"
TEXT = """\
# Ticket desk

The pod is [pod].

## Restart

```bash
kubectl -n $NAMESPACE delete pod <pod-name>
```

Then `kubectl -n {{ namespace }} get deploy [service-name]`.
"""


@pytest.fixture
def runbook():
    return make_published(text=TEXT)


def page(client, query=""):
    response = client.get(PATH + query)
    assert response.status_code == 200
    return response.content.decode()


def test_every_place_and_the_form_are_filled(as_ada, runbook):
    html = page(as_ada, "?namespace=shop&pod=web-1")
    assert html.count(">shop</var>") == 2 and html.count(">web-1</var>") == 2
    assert 'data-fills="namespace" value="shop" data-given' in html
    assert 'data-fills="pod-name" value="web-1" data-given' in html


def test_the_page_says_what_came_from_the_alert_and_how_to_take_it_out(as_ada, runbook):
    html = page(as_ada, "?namespace=shop&pod=web-1")
    assert (
        '<b>From the alert:</b> namespace <span class="mono">shop</span>, pod <span class="mono">web-1</span>.' in html
    )
    assert f'<a href="{PATH}">Take the values out</a>' in html


def test_what_is_not_filled_in_is_named_without_its_value(as_ada, runbook):
    html = page(as_ada, "?namespace=shop&pod=a%3Breboot")
    assert "Not filled in: pod. It holds characters that a shell could act upon." in html
    assert "reboot" not in html and "&lt;pod-name&gt;</var>" in html


def test_labels_that_nothing_asks_for_are_shown(as_ada, runbook):
    html = page(as_ada, "?severity=critical")
    assert "nothing was filled in" in html and "severity <code>critical</code>" in html


def test_a_hostile_label_is_text(as_ada, runbook):
    html = page(
        as_ada, "?%3Cscript%3Ealert(1)%3C/script%3E=%3Cscript%3Ealert(2)%3C/script%3E&note=%22%3E%3Cimg%20src=x%3E"
    )
    assert "<script>alert" not in html and "<img" not in html


@pytest.mark.parametrize("query", ["?", "?&", "?namespace=", "?=x", "?%00"])
def test_a_query_without_labels_changes_nothing(as_ada, runbook, query):
    html = page(as_ada, query)
    assert "From the alert" not in html and "$NAMESPACE</var>" in html


def test_the_values_of_one_look_are_not_in_the_next(as_ada, runbook):
    page(as_ada)
    assert ">shop</var>" in page(as_ada, "?namespace=shop")
    assert "shop" not in page(as_ada)
    assert ">pier</var>" in page(as_ada, "?namespace=pier")
    runbook.refresh_from_db()
    assert "shop" not in runbook.shown_version.html


def test_a_page_without_placeholders_takes_labels_too(as_ada):
    make_published(text="# Desk\n\nWords.\n")
    assert "Words." in page(as_ada, "?namespace=shop")


def test_a_page_that_one_may_not_see_stays_hidden(as_ada, runbook):
    Runbook.objects.update(classification=Classification.CONFIDENTIAL)
    assert as_ada.get(f"{PATH}?namespace=shop").status_code == 404


def test_a_plain_look_asks_no_more_than_before(as_ada, runbook, django_assert_max_num_queries):
    page(as_ada)
    with django_assert_max_num_queries(2):
        page(as_ada)
