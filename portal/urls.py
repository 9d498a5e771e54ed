"""The site map."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, register_converter

from incidents.views.change_hook import take_change
from incidents.views.hooks import take_alerts
from oncall.views.calendars import show_calendar
from portal.api import api
from runbooks.converters import Anything
from runbooks.views.alerts import open_alert
from runbooks.views.flags import list_flags, show_flag
from runbooks.views.images import upload_image
from runbooks.views.preview import preview_markdown

register_converter(Anything, "anything")

urlpatterns = [
    # What is asked for most comes first: patterns are tried one after the other, a hundred of them in half a millisecond.
    path("runbooks/", include("runbooks.urls")),
    path("handoffs/", include("handoffs.urls")),
    path("", include("portal.pages.urls")),
    path("", include("incidents.urls")),
    path("", include("oncall.urls")),
    path("reviews/", include("runbooks.urls.reviews")),
    path("routine/", include("runbooks.urls.routine")),
    path("coverage/", include("runbooks.urls.coverage")),
    path("calendars/<str:secret>.ics", show_calendar, name="calendar"),
    path("flags/", list_flags, name="flags"),
    path("flags/<int:pk>/", show_flag, name="flag"),
    path("hooks/alertmanager/", take_alerts, name="hook_alertmanager"),
    path("r/", open_alert, name="no_alert"),
    path("r/<anything:name>", open_alert, name="alert"),
    # markdownx's own addresses, with the portal's reader, permissions and store of images behind them
    path("markdownx/markdownify/", preview_markdown, name="markdownx_markdownify"),
    path("markdownx/upload/", upload_image, name="markdownx_upload"),
    path("hooks/changes/", take_change, name="hook_changes"),
    path("api/v1/", api.urls),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("accounts.login_urls")),
    path("admin/", admin.site.urls),
]
if settings.PORTAL_BENCHMARK:
    urlpatterns.append(path("benchmark/", include("portal.benchmark.urls")))
