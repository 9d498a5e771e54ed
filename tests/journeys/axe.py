"""What axe-core finds on a page, in lines that say where."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SEVERE = {"serious", "critical"}
_AXE = Axe()
_HAS_AXE = "'axe' in window"
# Colours that are on their way to those of the other theme, as links in the admin are, have come there.
_SETTLE = """async () => {
  const moving = document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime));
  await Promise.allSettled(moving.map((one) => one.finished));
}"""
_OPEN_DETAILS = "for (const el of document.querySelectorAll('details:not(.menu)')) el.open = true"


# By night nothing but the colours is different: the rules that look at them.
COLOURS = ("color-contrast", "link-in-text-block")


def find_by_day_and_night(page: Page) -> list[str]:
    """Violations in the light theme, and then what is left to ask of the dark one; the page is light again afterwards."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = find_violations(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(_SETTLE)
    found += find_violations(page, only=COLOURS)
    page.emulate_media(color_scheme="light")
    page.evaluate(_SETTLE)
    return found


def find_violations(page: Page, *, only: tuple[str, ...] = ()) -> list[str]:
    """One line per serious or critical violation of an element, with everything folded opened first.

    `only`: names of axe's rules, where the others were asked about the same markup already.
    """
    page.evaluate(_OPEN_DETAILS)
    options: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
    if only:
        options["runOnly"] = {"type": "rule", "values": list(only)}
    if not page.evaluate(_HAS_AXE):
        page.evaluate(_AXE.axe_script)
    violations = page.evaluate("(options) => axe.run(options).then((found) => found.violations)", options)
    return [
        f"{page.url}: {violation['id']} ({violation['impact']}) at {node['html'][:200]}"
        for violation in violations
        if violation["impact"] in SEVERE
        for node in violation["nodes"]
    ]
