from django.urls import URLPattern, path

from oncall.views import calendars

# The feed itself stands in portal/urls.py, without a namespace: strangers may open it.
urlpatterns: list[URLPattern] = [
    path("me/calendars/", calendars.list_calendars, name="calendars"),
    path("me/calendars/<int:pk>/revoke/", calendars.revoke_calendar, name="revoke_calendar"),
]
