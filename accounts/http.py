"""The request as our views get it: somebody is logged in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    """For annotations: strangers are sent away before any view that takes it (`portal.middleware`)."""

    user: User
    htmx: HtmxDetails
