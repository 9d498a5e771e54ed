"""Which addresses are kept of which texts."""

import datetime as dt

import pytest
from django.core.management import call_command

from accounts.roles import APPROVER
from runbooks.models import ExternalLink, LinkHost, LinkUse
from runbooks.services.links import forget_unused, record_links
from tests.at_once import at_once
from tests.factories import NOW, go_active, make_draft, make_published, make_user

pytestmark = pytest.mark.django_db

TEXT = """\
# Ticket desk

See the [dashboard](https://grafana.harbour.pt/d/1#panel) and [again](https://Grafana.harbour.pt/d/1).

Write to [us](mailto:desk@harbour.pt), read [that](other.md), look at [this](//wiki.harbour.pt/x).

[Not asked](https://example.com/x)
"""


def list_uses(runbook):
    return list(LinkUse.objects.filter(runbook=runbook).order_by("line", "pk").values_list("line", "link__url", "text"))


def test_every_place_that_leads_out_is_kept_with_its_line():
    assert list_uses(make_published(text=TEXT)) == [
        (3, "https://grafana.harbour.pt/d/1", "dashboard"),
        (5, "https://wiki.harbour.pt/x", "this"),
        (7, "https://example.com/x", "Not asked"),
    ]


def test_one_address_is_kept_once_for_all_texts():
    make_published(text=TEXT)
    make_published("Pier", text=TEXT)
    assert ExternalLink.objects.count() == 3
    assert LinkUse.objects.count() == 6
    assert LinkHost.objects.count() == 3


def test_what_is_not_asked_says_so_from_the_beginning():
    make_published(text=TEXT)
    link = ExternalLink.objects.get(host__name="example.com")
    assert link.state == ExternalLink.State.LEFT
    assert "examples" in link.said


def test_a_draft_leads_nowhere_until_it_is_active():
    version = make_draft(text=TEXT.replace(", read [that](other.md)", ""))
    assert not LinkUse.objects.exists()
    go_active(version, make_user("ben", role=APPROVER))
    assert LinkUse.objects.count() == 3


def test_a_template_leads_nowhere():
    make_published(text=TEXT, kind="template")
    assert not LinkUse.objects.exists()


def test_links_into_the_portal_lead_not_out(settings):
    settings.PORTAL_URL = "https://runbooks.harbour.pt"
    make_published(text="# A\n\n[x](https://runbooks.harbour.pt/services/) [y](https://runbooks.harbour.pt.evil.pt/)\n")
    assert ExternalLink.objects.get().url == "https://runbooks.harbour.pt.evil.pt/"


def test_recording_again_changes_nothing(django_assert_max_num_queries):
    runbook = make_published(text=TEXT)
    before = list(LinkUse.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(6):
        record_links(runbook, NOW)
    assert list(LinkUse.objects.values_list("pk", flat=True)) == before


def test_texts_from_before_are_recorded_when_they_are_read_again():
    make_published(text=TEXT)
    LinkUse.objects.all().delete()
    call_command("reread_runbooks", "--all", verbosity=0)
    assert LinkUse.objects.count() == 3


def test_an_endless_list_of_links_is_cut():
    links = "\n".join(f"[{n}](https://h{n}.harbour.pt/)\n" for n in range(2100))
    runbook = make_published(text=f"# List\n\n{links}\n")
    assert runbook.link_uses.count() == 2000


@pytest.mark.parametrize(
    "target", ["https://[::1", "https://", "https://x:y@z.pt/", "https://ü.pt/ä", f"https://a.pt/{'b' * 100_000}"]
)
def test_hostile_addresses_are_kept_without_harm(target):
    make_published(text=f"# A\n\n[x]({target})\n")
    assert ExternalLink.objects.count() <= 1


def test_addresses_nobody_leads_to_are_forgotten_after_a_month():
    runbook = make_published(text=TEXT)
    late = NOW + dt.timedelta(days=40)
    assert forget_unused(late) == 0
    runbook.link_uses.all().delete()
    forget_unused(NOW + dt.timedelta(days=20))
    assert ExternalLink.objects.count() == 3
    forget_unused(late)
    assert not ExternalLink.objects.exists()
    assert not LinkHost.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_texts_with_the_same_links_can_be_published_at_once():
    runbooks = [make_published("Pier"), make_published("Quay")]
    links = [{"text": "", "target": f"https://h{n}.harbour.pt/", "line": n, "kind": "external"} for n in range(40)]
    for runbook, order in zip(runbooks, (links, links[::-1]), strict=True):
        version = runbook.versions.get()
        version.document["links"] = order
        version.save(update_fields=["document"])
    assert at_once(*(lambda runbook=runbook: record_links(runbook, NOW) for runbook in runbooks)) == [40, 40]
    assert ExternalLink.objects.count() == 40
