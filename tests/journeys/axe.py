"""What axe-core finds on a page, in lines that say where."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SEVERE = {"serious", "critical"}
_AXE = Axe()
_OPEN_DETAILS = "for (const el of document.querySelectorAll('details:not(.menu)')) el.open = true"


def find_violations(page: Page, *, only: tuple[str, ...] = ()) -> list[str]:
    """One line per serious or critical violation of an element, with everything folded opened first.

    `only`: names of axe's rules, where the others were asked about the same markup already.
    """
    page.evaluate(_OPEN_DETAILS)
    options: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
    if only:
        options["runOnly"] = {"type": "rule", "values": list(only)}
    violations = _AXE.run(page, options=options).response["violations"]
    return [
        f"{page.url}: {violation['id']} ({violation['impact']}) at {node['html'][:200]}"
        for violation in violations
        if violation["impact"] in SEVERE
        for node in violation["nodes"]
    ]
