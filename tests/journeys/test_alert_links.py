"""From an alert's link to the command in the clipboard, with the alert's own values in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from oncall.models import Service
from runbooks.models import Runbook
from tests.factories import make_published, make_service
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LINK = "/r/KubePodCrashLooping?namespace=shop&pod=web-1"
PAGE = "/runbooks/cluster/pods/"
TEXT = (
    "# Pods\n\n"
    + "Words that make the page long.\n\n" * 60
    + """\
## Alert: KubePodCrashLooping

```bash
kubectl -n $NAMESPACE logs <pod-name> --previous --tail=[lines]
```

## Somewhere else

```bash
kubectl -n {{ namespace }} delete pod [pod]
```
"""
    + "\nMore words.\n" * 60
)


@pytest.fixture
def pods() -> Runbook:
    return make_published("Pods", text=TEXT, service=make_service("Cluster"))


def value(page: Page, name: str):
    return page.locator(f'input[data-fills="{name}"]')


def places(page: Page, name: str) -> set[str]:
    return set(page.locator(f'var[data-var="{name}"]').all_inner_texts())


def copy(page: Page, label: str) -> str:
    page.evaluate("navigator.clipboard.writeText('nothing')")
    button = page.get_by_role("button", name=label)
    button.click()
    expect(button).to_have_attribute("data-copied", "")
    return page.evaluate("navigator.clipboard.readText()")


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('portal.values')).flat()")


def test_the_link_ends_at_the_section_with_its_commands_filled_in(open_page: OpenPage, ada: User, pods: Runbook):
    page = open_page(ada, LINK)
    assert page.url.endswith(f"{PAGE}?namespace=shop&pod=web-1#alert-kubepodcrashlooping")
    expect(page.get_by_role("heading", name="Alert: KubePodCrashLooping")).to_be_in_viewport()
    expect(page.locator("[data-values-count]")).to_have_text("3 of 4 set, 3 from the alert")
    value(page, "lines").fill("50")
    assert copy(page, "Copy command: Alert: KubePodCrashLooping") == "kubectl -n shop logs web-1 --previous --tail=50"
    assert copy(page, "Copy command: Somewhere else") == "kubectl -n shop delete pod web-1"


def test_the_labels_go_before_what_was_typed_here_and_do_not_replace_it(open_page: OpenPage, ada: User, pods: Runbook):
    page = open_page(ada, PAGE)
    value(page, "namespace").fill("pier")
    page.goto(LINK)
    assert places(page, "namespace") == {"shop"}
    value(page, "lines").fill("50")
    page.goto(PAGE)
    assert places(page, "namespace") == {"pier"}
    expect(value(page, "lines")).to_have_value("50")
    expect(value(page, "pod-name")).to_have_value("")


def test_values_of_an_alert_are_not_kept_in_the_browser(open_page: OpenPage, ada: User, pods: Runbook):
    page = open_page(ada, LINK)
    expect(page.locator("[data-values-count]")).to_contain_text("from the alert")
    value(page, "lines").fill("50")
    assert "shop" not in str(kept(page)) and "50" in str(kept(page))
    value(page, "namespace").fill("pier")
    assert "pier" in str(kept(page))
    expect(page.locator("[data-values-count]")).to_have_text("4 of 4 set, 2 from the alert")


def test_an_emptied_value_gives_the_place_what_was_written_there(open_page: OpenPage, ada: User, pods: Runbook):
    page = open_page(ada, LINK)
    value(page, "pod-name").fill("")
    assert places(page, "pod-name") == {"<pod-name>"}
    expect(page.locator('var[data-var="pod-name"]').first).to_have_attribute("data-empty", "")
    page.get_by_role("button", name="Forget").click()
    assert places(page, "namespace") == {"$NAMESPACE", "{{ namespace }}"}


def test_the_values_can_be_taken_out(open_page: OpenPage, ada: User, pods: Runbook):
    page = open_page(ada, LINK)
    page.get_by_role("link", name="Take the values out").click()
    page.wait_for_url(f"**{PAGE}")
    assert places(page, "pod-name") == {"<pod-name>"}
    assert page.get_by_text("From the alert").count() == 0


def test_without_javascript_the_commands_are_filled_in_too(open_page: OpenPage, ada: User, pods: Runbook):
    page = open_page(ada, LINK, java_script_enabled=False)
    expect(page.locator("#alert-kubepodcrashlooping ~ .cmd code").first).to_have_text(
        "kubectl -n shop logs web-1 --previous --tail=[lines]\n"
    )
    expect(page.get_by_text("From the alert:")).to_be_visible()


def test_a_value_with_shell_in_it_never_reaches_a_command(open_page: OpenPage, ada: User, pods: Runbook):
    page = open_page(ada, "/r/KubePodCrashLooping?namespace=shop&pod=web-1;reboot")
    expect(page.get_by_text("Not filled in: pod.")).to_be_visible()
    assert copy(page, "Copy command: Somewhere else") == "kubectl -n shop delete pod [pod]"


def test_a_choice_keeps_the_labels(open_page: OpenPage, ada: User, pods: Runbook):
    make_published("Pods", text=TEXT, service=make_service("Second cluster"))
    page = open_page(ada, LINK)
    page.get_by_role("link", name="Second cluster: Pods, Alert: KubePodCrashLooping").click()
    page.wait_for_url("**/runbooks/second-cluster/pods/?namespace=shop&pod=web-1#alert-kubepodcrashlooping")
    assert places(page, "pod-name") == {"web-1"}


def test_an_unknown_alert_leads_to_the_start_of_a_runbook(open_page: OpenPage, ben: User, pods: Runbook, watch: Watch):
    watch.expect(404)
    page = open_page(ben, "/r/cluster/KubePodCrashLoping?pod=web-1")
    page.get_by_role("link", name="Start a runbook for it").click()
    page.wait_for_url("**/runbooks/new/**")
    expect(page.locator("#id_title")).to_have_value("KubePodCrashLoping")
    expect(page.locator('[name="template"][value="alert"]')).to_be_checked()


def test_a_renamed_service_keeps_its_links(open_page: OpenPage, ada: User, pods: Runbook):
    Service.objects.filter(slug="cluster").update(slug="shore-cluster")
    page = open_page(ada, f"{PAGE}?pod=web-1#somewhere-else")
    assert page.url.endswith("/runbooks/shore-cluster/pods/?pod=web-1#somewhere-else")
    assert places(page, "pod-name") == {"web-1"}


@pytest.mark.parametrize("width", [1360, 390])
def test_the_pages_are_accessible_and_fit(open_page: OpenPage, ada: User, pods: Runbook, watch: Watch, width: int):
    watch.expect(404)
    make_published("Second pods", text=TEXT.replace("KubePod", "Kube/Pod"), service=Service.objects.get())
    make_published("Third pods", text=TEXT.replace("KubePod", "Kube/Pod"), service=Service.objects.get())
    page = open_page(ada, viewport={"width": width, "height": 844})
    for path in (
        f"{LINK}&severity=critical&x=a;b",
        "/r/Kube/PodCrashLooping",
        "/r/KubePodCrashLoping",
        f"/r/{'x' * 300}",
    ):
        page.goto(path)
        assert find_by_day_and_night(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
