"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

THEMES = {"light", "dark"}


def look(request: HttpRequest) -> dict[str, str]:
    """The portal's name, and the theme the reader chose in this browser ("" follows the system)."""
    theme = request.COOKIES.get("theme", "")
    return {"portal_name": settings.PORTAL_NAME, "theme": theme if theme in THEMES else ""}
