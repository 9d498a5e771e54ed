"""Links into the portal itself are looked at when a text is saved, and while it is written."""

import pytest

from accounts.roles import EDITOR
from oncall.models import Classification
from runbooks.rendering import understand
from runbooks.services import EditBase, save_edit
from runbooks.sources import resolver_for
from tests.factories import NOW, make_active, make_draft, make_published, make_service, make_user

pytestmark = pytest.mark.django_db
GATES = "# Gates\n\n## Open by hand\n\nTurn the wheel.\n\n## Alert: GateStuck\n\nPull.\n"


def find_broken(text, **extra):
    """Codes and lines of what is said of the links of a new draft."""
    found = make_draft(text=text, title="Pier", service=make_service("Pier"), **extra).findings
    return [(one["code"], one["line"]) for one in found if one["code"].startswith("broken")]


@pytest.fixture
def gates():
    return make_published("Gates", text=GATES, service=make_service("Gates"))


@pytest.mark.parametrize(
    "target",
    [
        "/runbooks/gates/gates/",
        "/runbooks/gates/gates",
        "/runbooks/gates/gates/#open-by-hand",
        "/runbooks/gates/gates/#Open-By-Hand",
        "/runbooks/gates/gates/?pod=a#open-by-hand",
        "/runbooks/gates/gates/versions/1.0/",
        "/services/gates/",
        "/r/GateStuck",
        "/r/gatestuck",
        "/r/pier/GateStuck",
        "/incidents/",
        "/search/?q=gates",
        "/",
        "http://testserver/runbooks/gates/gates/#open-by-hand",
        "https://elsewhere.pt/runbooks/none/none/",
        "//elsewhere.pt/runbooks/none/none/",
    ],
)
def test_links_to_what_is_there_are_fine(gates, settings, target):
    settings.PORTAL_URL = "http://testserver"
    assert find_broken(f"# Pier\n\n[x]({target})\n") == []


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/runbooks/gates/none/", "broken-link"),
        ("/runbooks/none/gates/", "broken-link"),
        ("/runbooks/gates/gates/#none", "broken-anchor"),
        ("/services/none/", "broken-link"),
        ("/r/NobodyKnowsThis", "broken-link"),
        ("/nowhere/at/all/", "broken-link"),
        ("/admin/", "broken-link"),
        ("http://testserver/runbooks/none/none/", "broken-link"),
        ("http://testserver/nowhere/", "broken-link"),
        ("http://testserver/runbooks/gates/gates/#none", "broken-anchor"),
        ("other.md", "broken-link"),
    ],
)
def test_links_to_what_is_not_there_are_said_with_their_line(gates, settings, target, code):
    settings.PORTAL_URL = "http://testserver"
    assert find_broken(f"# Pier\n\n[x]({target})\n") == [(code, 3)]


def test_a_link_into_the_portal_is_printed_as_one(gates):
    version = make_draft(text="# Pier\n\n[x](/runbooks/gates/gates/#open-by-hand)\n", title="Pier")
    assert 'href="/runbooks/gates/gates/#open-by-hand"' in version.html


def test_the_own_sections_are_those_of_the_text_that_is_written():
    version = make_active(text="# Pier\n\n## Old\n", title="Pier", service=make_service("Pier"))
    text = "# Pier\n\n## New\n\n[a](/runbooks/pier/pier/#new) [b](/runbooks/pier/pier/#old)\n"
    base = EditBase(version.pk, version.revision)
    draft = save_edit(version.runbook, base=base, markdown=text, author=make_user("cy", role=EDITOR), now=NOW)
    said = [one["message"] for one in draft.findings if one["code"] == "broken-anchor"]
    assert len(said) == 1
    assert "#old" in said[0]


def test_a_former_address_still_leads_there(gates):
    gates.slug = "turnstiles"
    gates.save()
    assert find_broken("# Pier\n\n[x](/runbooks/gates/gates/#open-by-hand)\n") == []


def test_nobody_learns_of_a_confidential_runbook_by_writing_links(gates):
    gates.classification = Classification.CONFIDENTIAL
    gates.save()
    text = "# Pier\n\n[x](/runbooks/gates/gates/)\n\n[y](/runbooks/gates/none/)\n\n[z](/r/GateStuck)\n\n[w](/r/None)\n"
    found = [f for f in make_draft(text=text, title="Pier").findings if f["code"] == "broken-link"]
    there, not_there, alert, no_alert = (one["message"].partition("leads to")[2] for one in found)
    assert (there, alert) == (not_there, no_alert)


def test_a_confidential_runbook_may_lead_to_another_one(gates):
    gates.classification = Classification.CONFIDENTIAL
    gates.save()
    runbook = make_published("Pier", classification=Classification.CONFIDENTIAL)
    resolve = resolver_for(runbook)
    assert resolve("/runbooks/gates/gates/") == "/runbooks/gates/gates/"
    text = "# Pier\n\n[x](/runbooks/gates/gates/#open-by-hand)\n"
    version = runbook.versions.get()
    editor = make_user("cy", role=EDITOR)
    draft = save_edit(runbook, base=EditBase(version.pk, 1), markdown=text, author=editor, now=NOW)
    assert [one for one in draft.findings if one["code"].startswith("broken")] == []


def test_the_preview_says_it_too(gates, as_user):
    runbook = make_published("Pier")
    client = as_user(make_user("cy", role=EDITOR))
    response = client.post(
        f"/markdownx/markdownify/?runbook={runbook.pk}", {"content": "# Pier\n\n[x](/runbooks/gates/gates/#none)\n"}
    )
    assert "leads to no section of that runbook" in response.content.decode()


def test_a_text_full_of_links_into_the_portal_asks_once_for_each_page(gates, django_assert_max_num_queries):
    runbook = make_published("Pier")
    links = "\n\n".join("[x](/runbooks/gates/gates/#open-by-hand)" for _ in range(50))
    resolve = resolver_for(runbook)
    with django_assert_max_num_queries(4):
        understand(f"# Pier\n\n{links}\n", resolve=resolve)


@pytest.mark.parametrize(
    "target", ["/runbooks/%00/x/", "/runbooks/" + "a" * 5000 + "/b/", "/%ff%fe/", "/runbooks/a/b/#%00", "/[::1/"]
)
def test_odd_links_into_the_portal_are_broken_and_nothing_worse(target):
    found = find_broken(f"# Pier\n\n[x]({target})\n")
    assert {code for code, _ in found} <= {"broken-link", "broken-anchor"}
