"""What every template may use."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static

THEMES = {"light", "dark"}
ASSETS = {
    "favicon": "favicon.svg",
    "stylesheet": "portal.css",
    "oncall_stylesheet": "oncall.css",
    "incidents_stylesheet": "incidents.css",
    "handoffs_stylesheet": "handoffs.css",
    "reviews_stylesheet": "reviews.css",
    "routine_stylesheet": "routine.css",
    "coverage_stylesheet": "coverage.css",
    "portal_js": "js/portal.js",
    "palette_js": "js/palette.js",
    "runbook_js": "js/runbook.js",
    "edit_js": "js/edit.js",
    "rota_js": "js/rota.js",
    "autosave_js": "js/autosave.js",
    "insert_js": "js/insert.js",
    "calendars_js": "js/calendars.js",
    "live_js": "js/live.js",
    "run_js": "js/run.js",
    "clock_js": "js/clock.js",
    "incident_form_js": "js/incident_form.js",
    "postmortem_js": "js/postmortem.js",
    "update_js": "js/update.js",
    "handoff_js": "js/handoff.js",
    "answer_js": "js/answer.js",
    "admin_stylesheet": "admin.css",
    "admin_js": "js/admin.js",
}


def look(request: HttpRequest) -> dict[str, Any]:
    """The portal's name, the theme chosen in this browser ("" follows the system), and the addresses of static files."""
    theme = request.COOKIES.get("theme", "")
    return {
        "portal_name": settings.PORTAL_NAME,
        "theme": theme if theme in THEMES else "",
        "icons": _address("icons.svg"),
        "assets": _assets(),
    }


@cache
def _assets() -> dict[str, str]:
    return {name: _address(path) for name, path in ASSETS.items()}


@cache
def _address(path: str) -> str:
    """Looked up once: in a process the names of static files stay as they are, and every page needs several."""
    return static(path)
