"""Links out of a message into the portal."""

from django.conf import settings

from oncall.models import Notification


def find_link(notification: Notification) -> str:
    """The whole address of the page to open; "" when there is none."""
    return settings.PORTAL_URL + notification.url if notification.url else ""
